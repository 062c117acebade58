// SPDX-License-Identifier: Apache-2.0
// What `run` and `demo` share: load platform and trace, simulate, check the laws, report.
#pragma once

#include <optional>
#include <string>

#include "app/events/event_writer.h"
#include "app/options.h"
#include "app/platform/platform.h"
#include "app/platform/simulation.h"
#include "models/base/configuration.h"
#include "models/base/error.h"
#include "models/hbm4/hbm4_config.h"

namespace vr {

/// Loads the platform of the common options, with the presets of this tree. Not bound yet.
[[nodiscard]] Configuration load_platform(const CommonOptions& common);

/// Throws UsageError where a run by formula is to have faults in its memory.
void refuse_faults_in_formulas(const Hbm4Config& memory);

/// Refuses a `--waves` that cannot be a waveform file of this run; throws UsageError.
void check_waves(const CommonOptions& common);

/// Copies what the report embeds of the ledger.
void embed_configuration(const Configuration& configuration, RunResult& result);

/// A trace and its platform, read, bound and checked against each other.
struct LoadedRun {
    std::optional<Configuration> configuration;
    PlatformPeaks peaks;
    std::uint64_t trace_digest = 0;
    RunRequest request;  ///< workload, seed, max_sim_time, fold, compose
};

/// Loads what a run needs; all problems of trace and platform come in one InputError.
[[nodiscard]] LoadedRun load_run(const CommonOptions& common, const std::string& trace);

/// Fills what a result says of its input: seed, revision, roofline bounds.
void complete_result(RunResult& result, const CommonOptions& common, const RunRequest& request,
                     const PlatformPeaks& peaks);

/// Titles for what is recorded of a run.
[[nodiscard]] EventNames event_names(const CommonOptions& common, const Workload& workload);

/// Runs a trace as the command line says and writes what it asks for. `command` is how to repeat
/// it.
/// With `firmware` the work is launched by it; its verdict is then part of the exit code.
ExitCode simulate(const CommandLine& line, const std::string& trace, const std::string& command,
                  const ElfImage* firmware = nullptr);

/// The options of a command line that are not at their defaults, as text to repeat it.
[[nodiscard]] std::string repeat_options(const CommonOptions& common);

}  // namespace vr
