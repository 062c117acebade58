// SPDX-License-Identifier: Apache-2.0
// Dot products of the kinds that do not align: FP64 as a chain of fused multiply-adds, integers
// exactly; and which architecture has which. Not modelled: sparsity; rates.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "models/numerics/contract.h"
#include "models/numerics/convert.h"

namespace vr {

enum class ExactKind : std::uint8_t {
    kFp64,
    kInt8,  ///< int8 and uint8 in any mixture, into 32 bits
    kTi16,  ///< S1Z4M11 integers into 32 bits, always wrapping (for FP64 made of integers)
};

/// What an architecture does with an exact kind.
struct ExactRule {
    Architecture architecture{};
    ExactKind kind{};
    int instruction_k = 0;  ///< products of the widest instruction
    Corners assumptions;    ///< open corners that every use touches
    std::string_view source;
};

/// Every exact rule known.
[[nodiscard]] std::span<const ExactRule> exact_rules();
/// The rule for an architecture and kind, or null.
[[nodiscard]] const ExactRule* find_exact_rule(Architecture architecture, ExactKind kind);

inline constexpr std::uint64_t kNanFp64 = 0x7ff8000000000000;

/// a * b + c of FP64 codes with one rounding, in integers: the same on every host. Every NaN is
/// kNanFp64; an exact zero from cancelling is +0, or -0 when rounding down (IEEE 754).
[[nodiscard]] std::uint64_t fused_multiply_add(std::uint64_t a, std::uint64_t b, std::uint64_t c,
                                               Rounding rounding = Rounding::kNearestEven);

/// c, then one fused multiply-add per element in ascending k.
[[nodiscard]] std::uint64_t dot_fp64(std::span<const std::uint64_t> a,
                                     std::span<const std::uint64_t> b, std::uint64_t c,
                                     Rounding rounding = Rounding::kNearestEven);

/// What a sum beyond 32 bits becomes at the end of an instruction.
enum class IntegerOverflow : std::uint8_t {
    kWrap,   ///< modulo 2^32
    kClamp,  ///< PTX .satfinite: the nearest number of 32 bits
};

/// One instruction: c plus the exact sum of products, then one wrap or clamp. `a` and `b` are int8,
/// uint8 or ti16; `c` and the result are codes of a signed number of 32 bits.
[[nodiscard]] std::uint32_t dot_integer(NumberFormat a, std::span<const std::uint32_t> a_codes,
                                        NumberFormat b, std::span<const std::uint32_t> b_codes,
                                        std::uint32_t c, IntegerOverflow overflow);

}  // namespace vr
