// SPDX-License-Identifier: Apache-2.0
// Clocks that device code reads.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace vr::kit {

/// Cycles of this SM.
__device__ __forceinline__ std::uint64_t sm_cycles() {
    std::uint64_t cycles = 0;
    asm volatile("mov.u64 %0, %%clock64;" : "=l"(cycles)::"memory");
    return cycles;
}

/// Nanoseconds of the GPU's timer, which advances in steps of up to about a microsecond.
__device__ __forceinline__ std::uint64_t timer_nanoseconds() {
    std::uint64_t time = 0;
    asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(time)::"memory");
    return time;
}

/// Cycles and time of a stretch, for the clock's frequency.
struct ClockSpan {
    std::uint64_t cycles = 0;
    std::uint64_t nanoseconds = 0;

    [[nodiscard]] double megahertz() const {
        return nanoseconds == 0
                   ? 0
                   : static_cast<double>(cycles) * 1e3 / static_cast<double>(nanoseconds);
    }
};

}  // namespace vr::kit
