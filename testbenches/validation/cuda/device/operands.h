// SPDX-License-Identifier: Apache-2.0
// Operands of products: random numbers of moderate size, because power and with it the clock
// depend on the bits.
#pragma once

#include <cstdint>

#include "models/base/random.h"
#include "testbenches/validation/cuda/device/check.h"

namespace vr::kit {

/// Fills 4 bytes a thread. 16-bit elements get magnitudes in [2^-3, 2) as FP16 and in [2^-31, 2) as
/// BF16; 8-bit ones are E4M3 codes below 1; 4-bit ones any E2M1 code.
static __global__ void fill_words(std::uint32_t* words, std::size_t count, std::int64_t bits,
                                  std::uint64_t seed) {
    const std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
    if (i >= count) {
        return;
    }
    auto random = static_cast<std::uint32_t>(mix64(i + (seed << 40) + 1));
    if (bits == 16) {
        random = (random & 0x8fff8fffU) | 0x30003000U;
    } else if (bits == 8) {
        random = random & 0xb7b7b7b7U;
    }
    words[i] = random;
}

/// Fills an operand of elements of so many bits.
inline void fill_operand(void* data, std::size_t bytes, std::int64_t bits, std::uint64_t seed) {
    const std::size_t words = bytes / 4;
    fill_words<<<static_cast<unsigned>((words + 255) / 256), 256>>>(
        static_cast<std::uint32_t*>(data), words, bits, seed);
    KIT_CUDA(cudaGetLastError());
}

}  // namespace vr::kit
