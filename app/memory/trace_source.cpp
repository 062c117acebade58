// SPDX-License-Identifier: Apache-2.0
#include "app/memory/trace_source.h"

#include <fmt/format.h>

#include <vector>

#include "models/base/error.h"
#include "models/base/quantity_text.h"

namespace vr {

namespace {

__extension__ using Wide = __int128;

constexpr std::size_t kMostProblems = 20;

void refuse(std::vector<Diagnostic>& problems) {
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
}

}  // namespace

void retime(MemoryTrace& trace, const std::string& file, Frequency trace_clock,
            const Hbm4Config& memory) {
    const Wide latest = static_cast<Wide>(kLatestArrival.value) * memory.clock.value;
    std::vector<Diagnostic> problems;
    Wide now = 0;
    for (std::size_t i = 0; i < trace.accesses.size() && problems.empty(); ++i) {
        MemoryAccess& access = trace.accesses[i];
        const Wide scaled = static_cast<Wide>(access.arrival) * memory.clock.value;
        const Wide ticks = (scaled + trace_clock.value - 1) / trace_clock.value;
        now = access.relative ? now + ticks : ticks;
        if (now * kFemtosecondsPerSecond > latest) {
            problems.push_back(
                {file, trace.places[i].line, 0,
                 fmt::format("cycle {} of {} comes too late", access.arrival, to_text(trace_clock)),
                 fmt::format("up to {} of simulated time", to_text(kLatestArrival)),
                 "give the clock of the trace with --trace-clock"});
        } else {
            access.arrival = static_cast<std::int64_t>(ticks);
        }
    }
    refuse(problems);
}

void fit(MemoryTrace& trace, const std::string& file, const Hbm4Config& memory,
         const std::string& more) {
    const auto capacity = static_cast<std::uint64_t>(memory.capacity().value);
    const auto column = static_cast<std::uint64_t>(memory.access_bytes.value);
    const auto block = static_cast<std::uint64_t>(memory.interleave.value);
    std::vector<Diagnostic> problems;
    for (std::size_t i = 0; i < trace.accesses.size() && problems.size() < kMostProblems; ++i) {
        MemoryAccess& access = trace.accesses[i];
        const MemoryTrace::Place at = trace.places[i];
        if (access.address >= capacity || access.bytes > capacity - access.address) {
            problems.push_back(
                {file, at.line, at.column,
                 fmt::format("{} B at {:#x} lie beyond the memory", access.bytes, access.address),
                 fmt::format("up to {:#x}, the last of {} B", capacity - 1, capacity), more});
            continue;
        }
        const std::uint64_t begin = access.address - access.address % column;
        const std::uint64_t end = (access.address + access.bytes + column - 1) / column * column;
        if (begin / block != (end - 1) / block) {
            problems.push_back(
                {file, at.line, at.column,
                 fmt::format("{} B at {:#x} do not lie in one block", access.bytes, access.address),
                 fmt::format("what lies in one interleaving block of {} B", block),
                 "split the access, or --set hbm4.interleave"});
            continue;
        }
        access.address = begin;
        access.bytes = static_cast<std::uint32_t>(end - begin);
    }
    refuse(problems);
}

}  // namespace vr
