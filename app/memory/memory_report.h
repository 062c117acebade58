// SPDX-License-Identifier: Apache-2.0
// The report of `vrsim mem`, for people and as JSON (docs/report-schema.md).
#pragma once

#include <cstdint>
#include <string>

#include "app/report/run_result.h"
#include "models/hbm4/driver/memory_driver.h"

namespace vr {

struct MemoryRun {
    MemoryResult result;
    bool roofline = false;  ///< by formula: no latencies, rows, refresh or shares to report
    std::string input;
    std::string input_digest;
    std::string target;
    std::string revision;
    std::int64_t total = 0;  ///< accesses of the input
    std::int64_t cpu_microseconds = 0;
    RunResult embedded;  ///< carries platform, profile and configuration only
};

[[nodiscard]] std::string memory_text(const MemoryRun& run);
[[nodiscard]] std::string memory_json(const MemoryRun& run);

}  // namespace vr
