// SPDX-License-Identifier: Apache-2.0
#include "app/memory/memory_source.h"

#include <fmt/format.h>

#include <filesystem>
#include <limits>

#include "app/memory/pattern_streams.h"
#include "app/memory/trace_source.h"
#include "app/report/text.h"
#include "models/base/error.h"
#include "models/base/quantity_text.h"

namespace vr {

namespace {

// Arrivals for a trace without cycles.
void pace(MemoryTrace& trace, const CommandLine& line) {
    if (has_cycles(trace.format)) {
        throw UsageError(
            "mem: --interval has no meaning here: the trace says itself when its accesses come");
    }
    __extension__ using Wide = __int128;
    const Ratio interval = parse_interval("mem: --interval ", line.interval);
    Wide due = 0;
    for (MemoryAccess& access : trace.accesses) {
        access.arrival = static_cast<std::int64_t>((due + interval.under - 1) / interval.under);
        due += interval.over;
    }
}

// The trace of the command line for this memory.
MemoryTrace load_trace(const CommandLine& line, const Hbm4Config& memory, MemoryDrive& drive) {
    if (line.access > memory.interleave) {
        throw UsageError(fmt::format("mem: --access {}: allowed: up to {}, an interleaving block",
                                     to_text(line.access), to_text(memory.interleave)));
    }
    drive.access = line.access.value > 0 ? line.access : kMemoryTraceAccess;
    MemoryTrace trace =
        read_memory_trace_file(line.trace, memory_trace_format(line.trace_format), drive.access);
    drive.format = memory_trace_formats().at(static_cast<std::size_t>(trace.format));
    const bool clocked = line.trace_clock.value > 0;
    if (clocked && !has_cycles(trace.format)) {
        throw UsageError("mem: --trace-clock has no meaning here: the trace has no cycles");
    }
    if (!line.interval.empty()) {
        pace(trace, line);
    }
    if (has_cycles(trace.format)) {
        drive.trace_clock = clocked ? line.trace_clock : memory.clock;
    }
    retime(trace, line.trace, clocked ? line.trace_clock : memory.clock, memory);
    fit(trace, line.trace, memory,
        line.target == "gpu" ? "" : "--target gpu or --channels give more");
    return trace;
}

}  // namespace

MemoryInput open_memory_input(const CommandLine& line, const Hbm4Config& memory) {
    MemoryInput input;
    input.drive.interval = line.interval;
    input.drive.rate = line.rate;
    if (line.patterns.empty()) {
        input.name = std::filesystem::path(line.trace).filename().string();
        MemoryTrace trace = load_trace(line, memory, input.drive);
        input.digest = hex_text(trace.digest);
        input.accesses = static_cast<std::int64_t>(trace.accesses.size());
        input.source = std::make_unique<AccessList>(std::move(trace.accesses));
        return input;
    }
    const std::vector<PatternSource::Shape> shapes = pattern_streams(line, memory);
    input.name = fmt::format("{}", fmt::join(line.patterns, " + "));
    const auto streams = static_cast<std::int64_t>(shapes.size());
    if (line.requests > std::numeric_limits<std::int64_t>::max() / streams) {
        throw UsageError(fmt::format("mem: --requests {} of {} patterns; allowed: 2^63 - 1 in all",
                                     line.requests, streams));
    }
    input.accesses = line.requests * streams;
    input.drive.seed = line.common.seed;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        input.drive.streams.push_back({line.patterns[i], shapes[i]});
    }
    input.source = std::make_unique<PatternStreams>(shapes);
    return input;
}

}  // namespace vr
