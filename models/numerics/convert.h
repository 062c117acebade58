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
    kSpecial,  ///< infinity as IEEE 754 says, or NaN where the format has no infinity; formats with
               ///< neither saturate
};

/// magnitude * 2^exponent, plus something below one unit of the magnitude when `sticky`.
struct ExactValue {
    bool negative = false;
    std::uint64_t magnitude = 0;
    int exponent = 0;
    bool sticky = false;
};

/// The code nearest to an exact value. Formats without a sign take negative values as 0; integers
/// saturate, MXINT8 at +-127 (code 80 stays unused, as OCP MX allows), and have one zero. Not for
/// UE8M0. A sticky value must have at least one bit more than the target's significand, or be below
/// its range.
[[nodiscard]] std::uint64_t encode(NumberFormat format, const ExactValue& value, Rounding rounding,
                                   Overflow overflow);

/// The code of NaN that conversions give: all ones without the sign; floats without NaN give
/// +largest, integers 0 (PTX cvt).
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

/// Stochastic rounding (PTX cvt.rs) of any code to any float but UE8M0 and FP64: the fraction that
/// would be discarded and `random` / 2^random_bits are added, and a carry rounds the magnitude up.
/// Bits of the fraction beyond the first `random_bits` cannot change the carry. `random_bits` is 1
/// to 32, and `random` below 2^random_bits.
[[nodiscard]] std::uint64_t convert_stochastic(NumberFormat from, std::uint64_t code,
                                               NumberFormat to, std::uint32_t random,
                                               int random_bits,
                                               Overflow overflow = Overflow::kSaturate);

/// The fp32 code of the same value (exact for every format but fp64, which rounds to nearest even).
[[nodiscard]] std::uint32_t to_fp32(NumberFormat format, std::uint64_t code);
/// Nearest even, saturating but for bf16, which overflows to infinity as IEEE 754 says.
[[nodiscard]] std::uint32_t from_fp32(NumberFormat format, std::uint32_t fp32);

/// a + b of fp32 codes, nearest even; every NaN is 7fffffff.
[[nodiscard]] std::uint32_t add_fp32(std::uint32_t a, std::uint32_t b);

}  // namespace vr
