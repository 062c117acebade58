// SPDX-License-Identifier: Apache-2.0
// Kernels that stream arrays of doubles: every thread moves one element of each array and goes, as
// many blocks at a time on an SM as shared memory lets in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "testbenches/validation/cuda/device/machine.h"
#include "testbenches/validation/cuda/device/timing.h"

namespace vr::kit {

enum class StreamKind { kRead, kInit, kScale, kTriad, kStencil };

/// Arrays that a kind reads and writes once, as its bytes are counted.
constexpr std::int64_t stream_arrays(StreamKind kind) {
    switch (kind) {
        case StreamKind::kRead:
        case StreamKind::kInit:
            return 1;
        case StreamKind::kTriad:
            return 4;
        default:
            return 2;
    }
}

/// Arrays of a stream: a is written, the others are read. Each has an element before its first and
/// one behind its last.
struct StreamArrays {
    double* a;
    const double* b;
    const double* c;
    const double* d;
};

/// Block i moves tile i modulo `tiles`, of an element per thread.
template <StreamKind kKind>
__global__ void stream(StreamArrays arrays, std::uint32_t tiles) {
    const std::size_t i = std::size_t{blockIdx.x % tiles} * blockDim.x + threadIdx.x;
    if constexpr (kKind == StreamKind::kRead) {
        if (arrays.b[i] == -1) {  // never: the arrays hold zeros; keeps the load
            arrays.a[i] = 1;
        }
    } else if constexpr (kKind == StreamKind::kInit) {
        arrays.a[i] = 0.25;
    } else if constexpr (kKind == StreamKind::kScale) {
        arrays.a[i] = arrays.b[i] * 0.25;
    } else if constexpr (kKind == StreamKind::kTriad) {
        arrays.a[i] = arrays.b[i] + arrays.c[i] * arrays.d[i];
    } else {
        arrays.a[i] = arrays.b[i - 1] + arrays.b[i] + arrays.b[i + 1];
    }
}

/// The kernel of a kind, for the runtime's functions.
using StreamKernel = void (*)(StreamArrays, std::uint32_t);
inline StreamKernel stream_kernel(StreamKind kind) {
    switch (kind) {
        case StreamKind::kRead:
            return stream<StreamKind::kRead>;
        case StreamKind::kInit:
            return stream<StreamKind::kInit>;
        case StreamKind::kScale:
            return stream<StreamKind::kScale>;
        case StreamKind::kTriad:
            return stream<StreamKind::kTriad>;
        default:
            return stream<StreamKind::kStencil>;
    }
}

/// Four arrays of zeros for streams of up to `elements` elements each.
class StreamMemory {
  public:
    explicit StreamMemory(std::size_t elements) {
        for (int i = 0; i < 4; ++i) {
            arrays_.emplace_back(elements + 2 * kPad);
            arrays_.back().fill(0);
        }
    }
    [[nodiscard]] StreamArrays arrays() const {
        return {arrays_[0].data() + kPad, arrays_[1].data() + kPad, arrays_[2].data() + kPad,
                arrays_[3].data() + kPad};
    }

  private:
    static constexpr std::size_t kPad = 16;  // a line
    std::vector<Buffer<double>> arrays_;
};

/// A kernel with blocks of `threads` threads, held to `blocks` blocks on an SM.
struct StreamLaunch {
    StreamKernel kernel;
    int threads;
    std::size_t shared;
    int blocks;  ///< that fit on an SM in fact
};
inline StreamLaunch held_to(const Machine& machine, StreamKind kind, int threads,
                            std::int64_t blocks) {
    StreamLaunch launch{stream_kernel(kind), threads,
                        static_cast<std::size_t>(shared_bytes_for(machine.shared(), blocks)), 0};
    const auto* kernel = reinterpret_cast<const void*>(launch.kernel);
    KIT_CUDA(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                  static_cast<int>(launch.shared)));
    KIT_CUDA(cudaFuncSetAttribute(kernel, cudaFuncAttributePreferredSharedMemoryCarveout,
                                  cudaSharedmemCarveoutMaxShared));
    KIT_CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&launch.blocks, kernel, threads,
                                                           launch.shared));
    if (launch.blocks < 1 || launch.blocks > blocks) {
        throw Error(kFailed, "blocks of " + std::to_string(threads) +
                                 " threads: " + std::to_string(launch.blocks) +
                                 " fit on an SM instead of " + std::to_string(blocks));
    }
    return launch;
}

}  // namespace vr::kit
