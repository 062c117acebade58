// SPDX-License-Identifier: Apache-2.0
// OCP Microscaling (MX) quantisation: a block of 32 elements shares a power of two (E8M0). Source:
// OCP Microscaling Formats (MX) Specification v1.0; arithmetic is exact, in integers. Not modelled:
// other block lengths than the caller's.
#pragma once

#include <cstdint>
#include <span>

#include "models/numerics/number_format.h"

namespace vr {

inline constexpr std::int64_t kMxBlock = 32;  ///< elements along K that share a scale

enum class MxScaleRule : std::uint8_t {
    kFloor,  ///< OCP: 2^(floor(log2 of the largest) - largest exponent of the format); may saturate
    kUp,  ///< NVIDIA's quantisers: largest / largest of the format in FP32, rounded up to a power
          ///< of two, so that nothing saturates
};

/// Scale (an E8M0 code) and codes of one block. `element` is E4M3, E5M2, E3M2, E2M3, E2M1 or
/// MXINT8; elements are value / scale to nearest even, clamped with their sign. A block of zeros
/// has the smallest scale, 00; one with a NaN or an infinity has scale ff (all its values are NaN)
/// and codes 0.
[[nodiscard]] std::uint8_t quantise_mx(std::span<const float> block, NumberFormat element,
                                       MxScaleRule rule, std::span<std::uint8_t> codes);

/// The value of an element as FP32, rounded to nearest even where it lies below the normal range;
/// NaN under scale ff.
[[nodiscard]] float mx_value(NumberFormat element, std::uint8_t code, std::uint8_t scale);

}  // namespace vr
