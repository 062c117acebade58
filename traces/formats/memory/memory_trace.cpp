// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/memory/memory_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include "models/base/error.h"
#include "models/base/random.h"
#include "traces/formats/memory/trace_line.h"

namespace vr {

namespace {

using memory_trace::ParseLine;
using memory_trace::TraceLine;

constexpr std::size_t kMostProblems = 20;

struct Format {
    ParseLine parse;
    bool cycles;    // a line says when its access comes
    bool relative;  // counted from the access before
    bool comments;
    const char* form;
};

const Format& details(MemoryTraceFormat format) {
    static constexpr std::array<Format, 4> kFormats = {{
        {memory_trace::parse_dramsim3, true, false, false, "ADDRESS READ|WRITE CYCLE"},
        {memory_trace::parse_ramulator, false, false, false, "LD|ST ADDRESS"},
        {memory_trace::parse_dramsys, true, false, true, "CYCLE: read|write ADDRESS"},
        {memory_trace::parse_dramsys, true, true, true, "CYCLES: read|write ADDRESS"},
    }};
    return kFormats[static_cast<std::size_t>(format)];
}

// What the first line with words looks like. A comment can only be DRAMSys'.
MemoryTraceFormat format_of_content(std::istream& in) {
    std::string text;
    while (std::getline(in, text)) {
        std::vector<Diagnostic> none;
        const std::string no_file;
        TraceLine line(no_file, 0, text, none);
        const std::string_view first = line.next();
        if (first.empty() || first.starts_with('#')) {
            continue;
        }
        if (first.ends_with(':')) {
            return MemoryTraceFormat::kDramsysAbsolute;
        }
        const bool word = first == "LD" || first == "ST" || first == "R" || first == "W";
        return word ? MemoryTraceFormat::kRamulator : MemoryTraceFormat::kDramsim3;
    }
    return MemoryTraceFormat::kDramsim3;
}

std::string whole_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        throw InputError(Diagnostic{path, 0, 0, "the trace cannot be opened", "a readable file",
                                    "check the path"});
    }
    constexpr std::size_t kPiece = 1 << 16;
    std::string text;
    std::vector<char> piece(kPiece);
    while (in.read(piece.data(), kPiece) || in.gcount() > 0) {
        text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    }
    if (in.bad()) {
        throw InputError(Diagnostic{path, 0, 0, "the trace cannot be read", "a readable file",
                                    "a folder is none"});
    }
    return text;
}

// No line of a memory trace begins so, and a guessed format would blame the line.
void refuse_json(const std::string& text, const std::string& path) {
    constexpr const char* kBlank = " \t\r\n";
    std::size_t begin = text.find_first_not_of(kBlank);
    while (begin != std::string::npos && text[begin] == '#') {
        begin = text.find_first_not_of(kBlank, std::min(text.find('\n', begin), text.size()));
    }
    if (begin != std::string::npos && (text[begin] == '{' || text[begin] == '[')) {
        throw InputError(
            Diagnostic{path, 0, 0, "this is JSON, no memory trace",
                       fmt::format("a memory trace: {}", fmt::join(memory_trace_formats(), ", ")),
                       "vrsim run takes workload traces, vrsim convert profiles"});
    }
}

}  // namespace

const std::vector<std::string>& memory_trace_formats() {
    static const std::vector<std::string> names = {"dramsim3", "ramulator", "stl", "rstl"};
    return names;
}

std::optional<MemoryTraceFormat> memory_trace_format(std::string_view name) {
    const std::vector<std::string>& names = memory_trace_formats();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) {
            return static_cast<MemoryTraceFormat>(i);
        }
    }
    return std::nullopt;
}

bool has_cycles(MemoryTraceFormat format) {
    return details(format).cycles;
}

MemoryTrace read_memory_trace(std::istream& in, const std::string& file, MemoryTraceFormat format,
                              Bytes access) {
    const Format& f = details(format);
    MemoryTrace trace;
    trace.format = format;
    std::vector<Diagnostic> problems;
    std::string text;
    std::int64_t last_cycle = 0;
    for (std::uint32_t number = 1; problems.size() < kMostProblems && std::getline(in, text);
         ++number) {
        TraceLine line(file, number, text, problems);
        const std::string_view first = line.next();
        if (first.empty() || (f.comments && first.starts_with('#'))) {
            continue;
        }
        MemoryAccess read;
        read.bytes = static_cast<std::uint32_t>(access.value);
        read.relative = f.relative;
        MemoryTrace::Place place;
        if (!f.parse(line, first, read, place)) {
            continue;
        }
        if (!f.relative && read.arrival < last_cycle) {
            problems.push_back(
                {file, number, line.cycle_place().column,
                 fmt::format("cycle {} comes after cycle {}", read.arrival, last_cycle),
                 "cycles that do not fall from line to line", "sort the lines by cycle"});
            continue;
        }
        last_cycle = read.arrival;
        trace.accesses.push_back(read);
        trace.places.push_back(place);
    }
    if (in.bad()) {
        problems.push_back(
            {file, 0, 0, "the trace cannot be read", "a readable file", "a folder is none"});
    } else if (problems.empty() && trace.accesses.empty()) {
        problems.push_back({file, 0, 0, "the trace has no accesses",
                            fmt::format("at least one line '{}'", f.form),
                            "check that this is the right file, and --format"});
    }
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
    return trace;
}

MemoryTrace read_memory_trace_file(const std::string& path, std::optional<MemoryTraceFormat> format,
                                   Bytes access) {
    const std::string text = whole_text(path);
    std::istringstream in(text);
    const char* guess = "";
    if (!format) {
        refuse_json(text, path);
        guess = "as its suffix says";
        if (path.ends_with(".rstl")) {
            format = MemoryTraceFormat::kDramsysRelative;
        } else if (path.ends_with(".stl")) {
            format = MemoryTraceFormat::kDramsysAbsolute;
        } else {
            guess = "as its first line looks";
            format = format_of_content(in);
            in.clear();
            in.seekg(0);
        }
    }
    try {
        MemoryTrace trace = read_memory_trace(in, path, *format, access);
        trace.digest = hash_text(text);
        return trace;
    } catch (const InputError& error) {
        if (*guess == '\0') {
            throw;
        }
        std::vector<Diagnostic> problems = error.diagnostics();
        std::string& hint = problems.front().hint;
        hint += fmt::format("{}read as {}, {}; vrsim mem --format gives another: {}",
                            hint.empty() ? "" : "; ",
                            memory_trace_formats().at(static_cast<std::size_t>(*format)), guess,
                            fmt::join(memory_trace_formats(), ", "));
        throw InputError(std::move(problems));
    }
}

}  // namespace vr
