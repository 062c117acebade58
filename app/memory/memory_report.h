// SPDX-License-Identifier: Apache-2.0
// The report of `vrsim mem`, for people and as JSON (docs/report-schema.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/memory/memory_source.h"
#include "app/report/run_result.h"
#include "models/hbm4/driver/memory_driver.h"

namespace vr {

struct MemoryRun {
    MemoryResult result;
    Hbm4Config memory;
    bool roofline = false;  ///< by formula: no latencies, rows, refresh or shares to report
    std::string input;
    std::string input_digest;
    std::string target;
    std::string revision;
    std::int64_t total = 0;  ///< accesses of the input
    MemoryDrive drive;
    std::int64_t cpu_microseconds = 0;
    std::string fidelity;                   ///< of the command schedulers; "" for the model's
    std::int64_t rtl_clocks = 0;            ///< of all twins together
    std::vector<MemoryFaultResult> faults;  ///< none or one
    RunResult embedded;                     ///< carries platform, profile and configuration only
};

/// Energy of one kind of command.
struct CommandEnergy {
    const char* command;  ///< "ACT", "PRE", ...
    std::int64_t count = 0;
    Energy each;  ///< 0: no figure
    std::string status;
    std::string source;
};

[[nodiscard]] std::string memory_text(const MemoryRun& run);
[[nodiscard]] std::string memory_json(const MemoryRun& run);

// Parts of both.
/// The kinds of commands that the run's refresh mode has, with what the configuration says of them.
[[nodiscard]] std::vector<CommandEnergy> command_energy(const MemoryRun& run);
/// Their sum, of those with a figure.
[[nodiscard]] Energy total_energy(const std::vector<CommandEnergy>& kinds);
/// What a reader of the figures should know is missing in them.
[[nodiscard]] const std::vector<std::string>& memory_not_modelled();
/// Lines "  name         text" on the device, its address map and its controller.
[[nodiscard]] std::string device_text(const Hbm4Config& memory);
/// "all hits of open rows first, ...": how the controller chooses.
[[nodiscard]] std::string scheduler_text(const Hbm4Config& memory);

}  // namespace vr
