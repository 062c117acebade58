// SPDX-License-Identifier: Apache-2.0
// Classes of operand values: what is special about a code of a number format, and codes of a class.
// Not modelled: payloads of NaN as classes of their own.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "models/base/random.h"
#include "models/numerics/number_format.h"

namespace vr::testing {

enum class OperandClass : std::uint8_t {
    kZero,
    kMinusZero,
    kSubnormal,
    kNormal,
    kLargest,  ///< the largest magnitude
    kInfinity,
    kNan,
};
inline constexpr std::array kOperandClasses{
    OperandClass::kZero,   OperandClass::kMinusZero, OperandClass::kSubnormal,
    OperandClass::kNormal, OperandClass::kLargest,   OperandClass::kInfinity,
    OperandClass::kNan,
};

[[nodiscard]] std::string_view class_name(OperandClass kind);
/// Whether numbers of a class are finite and not zero: only those take part in an alignment.
[[nodiscard]] bool is_aligned(OperandClass kind);

/// What a code is; bits that the format ignores do not count.
[[nodiscard]] OperandClass class_of(NumberFormat format, std::uint32_t code);
/// A random code of a class, or nothing when the format has none.
[[nodiscard]] std::optional<std::uint32_t> code_of(NumberFormat format, OperandClass kind,
                                                   SplitMix64& random);

/// Exponents of a class's numbers, as decode() gives them.
struct ExponentRange {
    int lowest = 0;
    int highest = 0;
};
[[nodiscard]] ExponentRange exponents(NumberFormat format, OperandClass kind);
/// Of all numbers of a format that are finite and not zero.
[[nodiscard]] ExponentRange exponents(NumberFormat format);
/// A random normal number (of the smallest exponent perhaps a subnormal one) with this exponent.
[[nodiscard]] std::uint32_t code_with_exponent(NumberFormat format, int exponent,
                                               SplitMix64& random);

}  // namespace vr::testing
