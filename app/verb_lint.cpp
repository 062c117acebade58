// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

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

std::string lint_platform(const std::string& path) {
    CommonOptions common;
    common.platform = path;
    Configuration configuration = load_platform(common);
    (void)bind_platform(configuration);
    return fmt::format("{}: a platform with {} parameters, no problem\n", path,
                       configuration.ledger().size());
}

std::string lint_device(const std::string& path) {
    return fmt::format("{}: a memory device with {} parameters, no problem\n", path,
                       load_memory({}, path).configuration.ledger().size());
}

// Whether a file that is wrong was meant to describe a memory and nothing around it.
bool looks_like_device(const std::string& path) {
    ConfigurationRequest request;
    request.platform = path;
    request.preset_folders = {tree_path("models/platforms"), tree_path("models/hbm4/devices")};
    try {
        const Configuration configuration = Configuration::load(request);
        return configuration.has("memory_system") ||
               (configuration.has("gpu.hbm4") && !configuration.has("gpu.reference_clock") &&
                !configuration.has("gpu.sm") && !configuration.has("gpu.l2"));
    } catch (const InputError&) {
        return false;
    }
}

// A file of parameters is a platform or, as `vrsim mem --device` and the doors take it, a memory.
std::string lint_configuration(const std::string& path) {
    try {
        return lint_platform(path);
    } catch (const InputError&) {
        try {
            return lint_device(path);
        } catch (const InputError&) {
            if (looks_like_device(path)) {
                throw;
            }
        }
        throw;
    }
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

// With --device its accesses have to fit into all channels of that memory.
std::string lint_memory_trace(const std::string& path, const CommandLine& line) {
    MemoryTrace trace = read_memory_trace_file(path, memory_trace_format(line.trace_format));
    std::string fits;
    if (!line.device.empty()) {
        fit(trace, path, load_memory(line.common, line.device).memory, "");
        fits = fmt::format(" that fit into the whole of {}", line.device);
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

enum class FileKind : std::uint8_t { kConfiguration, kCommands, kMemoryTrace, kWorkload };

// By the suffix; a file without a known one is a memory trace where --format is given.
FileKind kind_of(const std::string& path, const CommandLine& line) {
    const auto ends = [&](std::initializer_list<const char*> suffixes) {
        return std::any_of(suffixes.begin(), suffixes.end(),
                           [&](const char* suffix) { return path.ends_with(suffix); });
    };
    if (ends({".toml"})) {
        return FileKind::kConfiguration;
    }
    if (ends({".csv"})) {
        return FileKind::kCommands;
    }
    if (ends({".trace", ".stl", ".rstl"})) {
        return FileKind::kMemoryTrace;
    }
    const bool known = ends({".jsonl", ".et", ".json", ".json.gz"});
    return known || line.trace_format.empty() ? FileKind::kWorkload : FileKind::kMemoryTrace;
}

// An option that no file can use is a mistake.
void check_use(const CommandLine& line) {
    const auto any = [&](std::initializer_list<FileKind> kinds) {
        return std::any_of(line.names.begin(), line.names.end(), [&](const std::string& path) {
            return std::find(kinds.begin(), kinds.end(), kind_of(path, line)) != kinds.end();
        });
    };
    if (!line.trace_format.empty() && !any({FileKind::kMemoryTrace})) {
        throw UsageError("lint: --format goes with a memory trace");
    }
    if (!line.device.empty() && !any({FileKind::kMemoryTrace, FileKind::kCommands})) {
        throw UsageError("lint: --device goes with a memory trace or the commands of a memory");
    }
}

std::string lint(const std::string& path, const CommandLine& line) {
    switch (kind_of(path, line)) {
        case FileKind::kConfiguration:
            return lint_configuration(path);
        case FileKind::kCommands:
            return lint_commands(path, line);
        case FileKind::kMemoryTrace:
            return lint_memory_trace(path, line);
        case FileKind::kWorkload:
            return lint_trace(path, line.mappings);
    }
    return "";
}

}  // namespace

ExitCode verb_lint(const CommandLine& line) {
    check_use(line);
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
