// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "app/console.h"
#include "app/convert/trace_files.h"
#include "app/memory/command_check.h"
#include "app/memory/trace_source.h"
#include "app/memory_device.h"
#include "app/paths.h"
#include "app/platform/platform.h"
#include "app/simulate.h"
#include "app/verbs.h"
#include "models/hbm4/standards/standard.h"
#include "traces/formats/memory/memory_trace.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr {

namespace {

// Whether a file describes a memory and nothing around it.
bool is_memory_device(const std::string& path) {
    ConfigurationRequest request;
    request.platform = path;
    request.preset_folders = {tree_path("models/platforms"), tree_path("models/hbm4/devices")};
    try {
        const Configuration configuration = Configuration::load(request);
        return configuration.has("gpu.hbm4") && !configuration.has("gpu.sm");
    } catch (const InputError&) {
        return false;  // read as a platform it is refused in a platform's words
    }
}

std::string lint_configuration(const std::string& path) {
    CommonOptions common;
    if (is_memory_device(path)) {
        return fmt::format("{}: a memory device with {} parameters, no problem\n", path,
                           load_memory(common, path).configuration.ledger().size());
    }
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

// A memory that is named is one that the accesses have to fit into.
std::string lint_memory_trace(const std::string& path, const CommandLine& line) {
    MemoryTrace trace = read_memory_trace_file(path, memory_trace_format(line.trace_format));
    std::string fits;
    if (!line.device.empty()) {
        fit(trace, path, load_memory(line.common, line.device).memory);
        fits = fmt::format(" that fit into {}", line.device);
    }
    return fmt::format("{}: a memory trace ({}) of {} accesses{}, no problem\n", path,
                       memory_trace_formats()[static_cast<std::size_t>(trace.format)],
                       trace.accesses.size(), fits);
}

// The commands of a memory, judged by its standard.
std::string lint_commands(const std::string& path, const CommandLine& line) {
    const Hbm4Config memory = load_memory(line.common, line.device).memory;
    const CommandCheck check = check_command_file(path, memory);
    return fmt::format(
        "{}: {} commands of {} pseudo-channels keep all rules of {} on {}, no problem\n", path,
        check.commands, check.pseudo_channels, hbm4::standard_named(memory.standard).name,
        line.device.empty() ? line.common.platform : line.device);
}

std::string lint(const std::string& path, const CommandLine& line) {
    if (path.ends_with(".toml")) {
        return lint_configuration(path);
    }
    if (path.ends_with(".csv")) {
        return lint_commands(path, line);
    }
    const bool memory = !line.trace_format.empty() || path.ends_with(".trace") ||
                        path.ends_with(".stl") || path.ends_with(".rstl");
    return memory ? lint_memory_trace(path, line) : lint_trace(path, line.mappings);
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
