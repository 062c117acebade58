// SPDX-License-Identifier: Apache-2.0
// Conversions of two or four elements into one register, as the packed forms of PTX cvt lay them
// out. Not modelled: the .relu, .scaled and .pzo forms, unpacking.
#pragma once

#include <cstdint>
#include <span>

#include "models/numerics/convert.h"

namespace vr {

/// Bits that one element takes in a packed register: 4 for e2m1, 8 for the other formats up to 8
/// bits (6-bit codes stand in the low bits), 16 for fp16 and bf16.
[[nodiscard]] int packed_bits(NumberFormat format);

/// Two or four codes in one register, the first in the uppermost place.
[[nodiscard]] std::uint32_t pack(NumberFormat format, std::span<const std::uint64_t> codes);

/// cvt of two elements to one register: the first operand goes to the upper half.
[[nodiscard]] std::uint32_t convert_packed(NumberFormat from, std::span<const std::uint64_t> codes,
                                           NumberFormat to,
                                           Rounding rounding = Rounding::kNearestEven,
                                           Overflow overflow = Overflow::kSaturate);

/// Random bits of one element in cvt.rs: 16, but 13 for fp16 and 8 for e2m1.
[[nodiscard]] int stochastic_bits(NumberFormat to);
/// What element `index` (0 is the first operand) gets of the 32 random bits. Two elements: the
/// first takes the upper half. Four elements a, b, e, f: a and b share the upper half, e and f the
/// lower; e2m1 takes bytes, a and b the high bytes of the upper and the lower half, e and f the low
/// ones (estimated: which half belongs to which of a pair is not said).
[[nodiscard]] std::uint32_t stochastic_share(NumberFormat to, std::uint32_t random_bits,
                                             std::size_t index);
/// cvt.rs of fp32 codes: two to bf16 or fp16, four to a narrower float.
[[nodiscard]] std::uint32_t convert_packed_stochastic(std::span<const std::uint64_t> fp32,
                                                      NumberFormat to, std::uint32_t random_bits,
                                                      Overflow overflow = Overflow::kSaturate);

}  // namespace vr
