// SPDX-License-Identifier: Apache-2.0
// A memory trace made ready for a memory: its cycles in ticks of the memory's clock, its accesses
// in whole columns, and each checked against the memory's size.
#pragma once

#include "models/hbm4/hbm4_config.h"
#include "traces/formats/memory/memory_trace.h"

namespace vr {

/// No access may come later: times fit 64 bits of femtoseconds.
inline constexpr Time kLatestArrival{4'000'000'000'000'000'000};

/// Turns cycles of `trace_clock` into ticks of the memory's clock, rounded up.
void retime(MemoryTrace& trace, const std::string& file, Frequency trace_clock,
            const Hbm4Config& memory);

/// Widens accesses to the columns that they touch. One beyond the memory, or one that does not lie
/// in one interleaving block, is an InputError at its place (the first 20). `more`: what gives a
/// larger memory, for the user who lacks one.
void fit(MemoryTrace& trace, const std::string& file, const Hbm4Config& memory,
         const std::string& more);

}  // namespace vr
