// SPDX-License-Identifier: Apache-2.0
// The Hadamard rotation.
// Not modelled: see hadamard.h.
#include "models/numerics/quantise/hadamard.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "models/numerics/convert.h"

namespace vr {
namespace {

float to_bf16(float x) {
    const std::uint32_t code = from_fp32(NumberFormat::kBf16, std::bit_cast<std::uint32_t>(x));
    return std::bit_cast<float>(to_fp32(NumberFormat::kBf16, code));
}

}  // namespace

void rotate_hadamard(std::span<const float, kHadamardPoints> in,
                     std::span<float, kHadamardPoints> out) {
    std::array<float, kHadamardPoints> x{};
    for (std::size_t i = 0; i < kHadamardPoints; ++i) {
        x[i] = in[i] * kHadamardSigns[i];
    }
    for (std::size_t distance = 1; distance < kHadamardPoints; distance *= 2) {
        for (std::size_t i = 0; i < kHadamardPoints; ++i) {
            if ((i & distance) == 0) {
                const float a = x[i];
                const float b = x[i + distance];
                x[i] = a + b;
                x[i + distance] = a - b;
            }
        }
    }
    for (std::size_t i = 0; i < kHadamardPoints; ++i) {
        out[i] = x[i] * 0.25F;
    }
}

void rotate_hadamard_bf16(std::span<const float, kHadamardPoints> in,
                          std::span<float, kHadamardPoints> out) {
    std::array<float, kHadamardPoints> sums{};
    for (std::size_t j = 0; j < kHadamardPoints; ++j) {
        for (std::size_t i = 0; i < kHadamardPoints; ++i) {
            const float entry = (std::popcount(i & j) % 2 == 0 ? 0.25F : -0.25F);
            sums[j] = to_bf16(sums[j] + in[i] * kHadamardSigns[i] * entry);
        }
    }
    std::copy(sums.begin(), sums.end(), out.begin());
}

}  // namespace vr
