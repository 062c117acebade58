// SPDX-License-Identifier: Apache-2.0
// What `run` and `demo` share: load platform and trace, simulate, check the laws, report.
#pragma once

#include <string>

#include "app/options.h"
#include "models/base/configuration.h"
#include "models/base/error.h"

namespace vr {

/// Loads the platform of the common options, with the presets of this tree. Not bound yet.
[[nodiscard]] Configuration load_platform(const CommonOptions& common);

/// Copies what the report embeds of the ledger.
void embed_configuration(const Configuration& configuration, RunResult& result);

/// Runs a trace as the command line says and writes what it asks for. `command` is how to repeat
/// it.
/// With `firmware` the work is launched by it; its verdict is then part of the exit code.
ExitCode simulate(const CommandLine& line, const std::string& trace, const std::string& command,
                  const ElfImage* firmware = nullptr);

/// The options of a command line that are not at their defaults, as text to repeat it.
[[nodiscard]] std::string repeat_options(const CommonOptions& common);

}  // namespace vr
