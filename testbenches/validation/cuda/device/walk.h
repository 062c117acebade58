// SPDX-License-Identifier: Apache-2.0
// A pointer chase of one warp: the links in device memory, and the walk by plain loads.
#pragma once

#include <cstdint>
#include <vector>

#include "testbenches/validation/cuda/device/machine.h"
#include "testbenches/validation/cuda/host/chase.h"

namespace vr::kit {

/// Writes into each line the address of the next one.
static __global__ void link_lines(unsigned char* lines, const std::uint32_t* next,
                                  std::uint32_t count) {
    const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) {
        *reinterpret_cast<std::uint64_t*>(lines + std::size_t{i} * kLineBytes) =
            reinterpret_cast<std::uint64_t>(lines + std::size_t{next[i]} * kLineBytes);
    }
}

/// How one launch walks: `warm` steps, then `repeat` timed stretches of `steps` steps each, all in
/// one kernel because L1 does not outlive one. Steps are multiples of kUnrolled.
struct Walk {
    std::uint64_t warm = 0;
    std::uint32_t repeat = 0;
    std::uint32_t steps = 0;
};
inline constexpr std::uint32_t kUnrolled = 16;

/// What a walk left: cycles of each stretch, the last address, the clock of the whole.
struct WalkResult {
    std::uint64_t* cycles;
    std::uint64_t* last;
    ClockSpan* span;
};

/// Plain loads, cached in L1: all lanes read the same line.
struct PlainLoad {
    __device__ explicit PlainLoad(void*) {}
    __device__ std::uint64_t operator()(std::uint64_t at) const {
        std::uint64_t next = 0;
        asm volatile("ld.global.ca.u64 %0, [%1];" : "=l"(next) : "l"(at) : "memory");
        return next;
    }
};

template <typename Load>
__global__ void walk_lines(const unsigned char* lines, Walk walk, WalkResult result) {
    extern __shared__ __align__(128) unsigned char scratch[];
    Load load(scratch);
    auto at = reinterpret_cast<std::uint64_t>(lines);
    const std::uint64_t begin = timer_nanoseconds();
    const std::uint64_t first = sm_cycles();
    for (std::uint64_t i = 0; i < walk.warm; i += kUnrolled) {
#pragma unroll
        for (std::uint32_t j = 0; j < kUnrolled; ++j) {
            at = load(at);
        }
    }
    for (std::uint32_t r = 0; r < walk.repeat; ++r) {
        const std::uint64_t start = sm_cycles();
        for (std::uint32_t i = 0; i < walk.steps; i += kUnrolled) {
#pragma unroll
            for (std::uint32_t j = 0; j < kUnrolled; ++j) {
                at = load(at);
            }
        }
        const std::uint64_t stop = sm_cycles();
        if (threadIdx.x == 0) {
            result.cycles[r] = stop - start;
        }
    }
    if (threadIdx.x == 0) {
        *result.last = at;
        *result.span = {sm_cycles() - first, timer_nanoseconds() - begin};
    }
}

/// Cycles per load and the SM's clock meanwhile.
struct WalkFigures {
    std::vector<double> cycles;
    double megahertz = 0;
};

/// Walks a buffer of `bytes` with one warp. Before the timed steps the buffer is walked twice, or
/// as far as twice the L2 where it is larger.
template <typename Load>
WalkFigures walk_buffer(const Machine& machine, std::int64_t bytes, std::int64_t repeat,
                        std::uint32_t steps) {
    const auto count = static_cast<std::uint32_t>(bytes / kLineBytes);
    const Buffer<unsigned char> lines(std::size_t{count} * kLineBytes);
    {
        const Buffer<std::uint32_t> next(chase_order(count));
        link_lines<<<(count + 255) / 256, 256>>>(lines.data(), next.data(), count);
        KIT_CUDA(cudaGetLastError());
        KIT_CUDA(cudaDeviceSynchronize());
    }
    const auto most = static_cast<std::uint64_t>(2 * machine.l2_bytes() / kLineBytes);
    Walk walk;
    walk.warm =
        std::min<std::uint64_t>(2 * std::uint64_t{count}, std::max(most, std::uint64_t{kUnrolled}));
    walk.warm = (walk.warm + kUnrolled - 1) / kUnrolled * kUnrolled;
    walk.repeat = static_cast<std::uint32_t>(repeat);
    walk.steps = steps;
    const Buffer<std::uint64_t> cycles(walk.repeat);
    const Buffer<std::uint64_t> last(1);
    const Buffer<ClockSpan> span(1);
    constexpr std::size_t kScratch = 256;
    walk_lines<Load>
        <<<1, 32, kScratch>>>(lines.data(), walk, {cycles.data(), last.data(), span.data()});
    KIT_CUDA(cudaGetLastError());
    WalkFigures figures;
    for (const std::uint64_t taken : cycles.host()) {
        figures.cycles.push_back(static_cast<double>(taken) / steps);
    }
    const std::uint64_t end = last.host().front();
    const auto base = reinterpret_cast<std::uint64_t>(lines.data());
    if (end < base || end >= base + lines.bytes()) {
        throw Error(kFailed, "the chase left its buffer: a load gave a wrong address");
    }
    figures.megahertz = span.host().front().megahertz();
    return figures;
}

}  // namespace vr::kit
