// SPDX-License-Identifier: Apache-2.0
// The verbs of the vrsim command: one table, one function each. Each function's file is
// verb_NAME.cpp.
#pragma once

#include <string>
#include <vector>

#include "app/options.h"
#include "models/base/error.h"

namespace vr {

/// One verb. `run` returns the exit code; errors are thrown.
struct Verb {
    const char* name;
    const char* group;     ///< heading in the overview
    const char* synopsis;  ///< what follows the name
    const char* summary;   ///< one line
    const char* example;   ///< a command that works
    ExitCode (*run)(const CommandLine&);
};

/// All verbs in the order of the overview.
[[nodiscard]] const std::vector<Verb>& verbs();

ExitCode verb_run(const CommandLine& line);
ExitCode verb_convert(const CommandLine& line);
ExitCode verb_step(const CommandLine& line);
ExitCode verb_sweep(const CommandLine& line);
ExitCode verb_fw(const CommandLine& line);
ExitCode verb_mem(const CommandLine& line);
ExitCode verb_numerics(const CommandLine& line);
ExitCode verb_validate(const CommandLine& line);
ExitCode verb_params(const CommandLine& line);
ExitCode verb_lint(const CommandLine& line);
ExitCode verb_doctor(const CommandLine& line);
ExitCode verb_bench(const CommandLine& line);
ExitCode verb_demo(const CommandLine& line);
ExitCode verb_help(const CommandLine& line);
ExitCode verb_new(const CommandLine& line);
ExitCode verb_workload(const CommandLine& line);
ExitCode verb_version(const CommandLine& line);

}  // namespace vr
