// SPDX-License-Identifier: Apache-2.0
// Rounding of exact values to number formats, and conversion between formats: the rules of PTX cvt
// and of the CUDA header functions. Not modelled: packing of several elements, the .relu and
// .scaled forms.
#pragma once

#include <cstdint>

#include "models/numerics/number_format.h"

namespace vr {

enum class Rounding : std::uint8_t {
    kNearestEven,
    kNearestAway,  ///< halves away from zero
    kTowardZero,
    kDown,  ///< toward minus infinity
    kUp,    ///< toward plus infinity
};

/// What a result beyond the largest finite number becomes.
enum class Overflow : std::uint8_t {
    kSaturate,  ///< the largest finite number with its sign (infinities too)
    kSpecial,   ///< infinity as IEEE 754 says, or NaN where the format has no infinity
};

/// magnitude * 2^exponent, plus something below one unit of the magnitude when `sticky`.
struct ExactValue {
    bool negative = false;
    std::uint64_t magnitude = 0;
    int exponent = 0;
    bool sticky = false;
};

/// The code nearest to an exact value. Formats without a sign take negative values as 0. Not for
/// UE8M0. A sticky value must have at least one bit more than the target's significand, or be below
/// its range.
[[nodiscard]] std::uint64_t encode(NumberFormat format, const ExactValue& value, Rounding rounding,
                                   Overflow overflow);

/// The code of NaN that conversions give: all ones without the sign; formats without NaN give
/// +largest.
[[nodiscard]] std::uint64_t canonical_nan(NumberFormat format);

/// Converts a code of any format to any format but UE8M0.
[[nodiscard]] std::uint64_t convert(NumberFormat from, std::uint64_t code, NumberFormat to,
                                    Rounding rounding = Rounding::kNearestEven,
                                    Overflow overflow = Overflow::kSaturate);

/// Power of two of the absolute value; `rounding` is kTowardZero or kUp. Zero and values below
/// 2^-127 give code 00, NaN gives ff, values beyond 2^127 give fe (saturate) or ff; toward zero,
/// only infinity gives ff.
[[nodiscard]] std::uint8_t convert_to_ue8m0(NumberFormat from, std::uint64_t code,
                                            Rounding rounding, Overflow overflow);

/// fp32 to e2m1 with stochastic rounding: 8 random bits against the discarded fraction, saturating.
/// The software form of cvt.rs; whether the hardware looks at more than 8 discarded bits is not
/// published.
[[nodiscard]] std::uint8_t e2m1_from_fp32_stochastic(std::uint32_t fp32, std::uint8_t random);

/// The fp32 code of the same value (exact for every format but fp64, which rounds to nearest even).
[[nodiscard]] std::uint32_t to_fp32(NumberFormat format, std::uint64_t code);
/// Nearest even, saturating but for bf16, which overflows to infinity as IEEE 754 says.
[[nodiscard]] std::uint32_t from_fp32(NumberFormat format, std::uint32_t fp32);

/// a + b of fp32 codes, nearest even; every NaN is 7fffffff.
[[nodiscard]] std::uint32_t add_fp32(std::uint32_t a, std::uint32_t b);

}  // namespace vr
