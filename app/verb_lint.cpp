// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "app/console.h"
#include "app/platform/platform.h"
#include "app/simulate.h"
#include "app/verbs.h"
#include "traces/formats/memory/dramsim3.h"
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

std::string lint_memory_trace(const std::string& path) {
    return fmt::format("{}: a memory trace of {} accesses, no problem\n", path,
                       read_dramsim3_file(path).size());
}

std::string lint(const std::string& path) {
    if (path.ends_with(".toml")) {
        return lint_platform(path);
    }
    return path.ends_with(".trace") ? lint_memory_trace(path) : lint_trace(path);
}

}  // namespace

ExitCode verb_lint(const CommandLine& line) {
    std::vector<Diagnostic> problems;
    for (const std::string& path : line.names) {
        try {
            Console::document(lint(path));
        } catch (const InputError& error) {
            problems.insert(problems.end(), error.diagnostics().begin(), error.diagnostics().end());
        }
    }
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
    return ExitCode::kComplete;
}

}  // namespace vr
