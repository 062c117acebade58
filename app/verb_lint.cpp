// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "app/console.h"
#include "app/platform/platform.h"
#include "app/simulate.h"
#include "app/verbs.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr {

namespace {

std::string lint_platform(const std::string& path) {
    CommonOptions common;
    common.platform = path;
    Configuration configuration = load_platform(common);
    (void)bind_platform(configuration);
    return fmt::format("{}: a platform with {} parameters, no problem\n", path,
                       configuration.ledger().size());
}

std::string lint_trace(const std::string& path) {
    const Workload workload = read_workload(path).workload;
    return fmt::format("{}: a workload of {} operators on {} tensors, no problem\n", path,
                       workload.operators.size(), workload.tensors.size());
}

}  // namespace

ExitCode verb_lint(const CommandLine& line) {
    std::vector<Diagnostic> problems;
    for (const std::string& path : line.names) {
        try {
            Console::document(path.ends_with(".toml") ? lint_platform(path) : lint_trace(path));
        } catch (const InputError& error) {
            problems.insert(problems.end(), error.diagnostics().begin(),
                            error.diagnostics().end());
        }
    }
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
    return ExitCode::kComplete;
}

}  // namespace vr
