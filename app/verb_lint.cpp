// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "app/console.h"
#include "app/convert/trace_files.h"
#include "app/memory/command_check.h"
#include "app/platform/platform.h"
#include "app/platform/platform_config.h"
#include "app/simulate.h"
#include "app/verbs.h"
#include "models/hbm4/standards/standard.h"
#include "traces/formats/memory/memory_trace.h"
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

std::string lint_trace(const std::string& path, const std::vector<std::string>& mappings) {
    const TraceFormat format = input_format(path);
    if (format == TraceFormat::kWorkload) {
        const Workload workload = read_workload(path).workload;
        return fmt::format("{}: a workload of {} operators on {} tensors, no problem\n", path,
                           workload.operators.size(), workload.tensors.size());
    }
    OperatorMapping mapping = load_mapping(mappings);
    const ImportNotes notes = read_trace(path, format, mapping).notes;
    std::string out = fmt::format(
        "{}: a {} of {} operators ({} communications, {} without a shape), no problem\n", path,
        format_name(format), notes.source.operators, notes.source.communications,
        notes.source.replayed);
    for (const std::string& warning : notes.warnings) {
        out += fmt::format("{}: note: {}\n", path, warning);
    }
    return out;
}

std::string lint_memory_trace(const std::string& path) {
    const MemoryTrace trace = read_memory_trace_file(path);
    return fmt::format("{}: a memory trace ({}) of {} accesses, no problem\n", path,
                       memory_trace_formats()[static_cast<std::size_t>(trace.format)],
                       trace.accesses.size());
}

// The commands of a memory, judged by the standard of the platform's.
std::string lint_commands(const std::string& path, const CommonOptions& common) {
    Configuration configuration = load_platform(common);
    const Hbm4Config memory = bind_platform_config(configuration).gpu.hbm4;
    const CommandCheck check = check_command_file(path, memory);
    return fmt::format(
        "{}: {} commands of {} pseudo-channels keep all rules of {} on {}, no problem\n", path,
        check.commands, check.pseudo_channels, hbm4::standard_named(memory.standard).name,
        common.platform);
}

std::string lint(const std::string& path, const CommandLine& line) {
    const std::vector<std::string>& mappings = line.mappings;
    if (path.ends_with(".toml")) {
        return lint_platform(path);
    }
    if (path.ends_with(".csv")) {
        return lint_commands(path, line.common);
    }
    const bool memory =
        path.ends_with(".trace") || path.ends_with(".stl") || path.ends_with(".rstl");
    return memory ? lint_memory_trace(path) : lint_trace(path, mappings);
}

}  // namespace

ExitCode verb_lint(const CommandLine& line) {
    std::vector<Diagnostic> problems;
    for (const std::string& path : line.names) {
        try {
            Console::document(lint(path, line));
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
