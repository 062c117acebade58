// SPDX-License-Identifier: Apache-2.0
// Codes of number formats put together from sign, exponent and fraction, for the inputs of probes.
// Taking apart: models/numerics/number_format.h.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "models/numerics/number_format.h"
#include "testbenches/validation/cuda/host/error.h"

namespace vr::kit {

/// The largest exponent of finite numbers.
constexpr int largest_exponent(NumberFormat format) {
    const FormatProperties& p = properties(format);
    const int fields = 1 << p.exponent_bits;
    // A format without fraction bits has its NaN alone in the largest field.
    const bool lost = p.specials == SpecialCodes::kIeee ||
                      (p.specials == SpecialCodes::kNanOnly && p.mantissa_bits == 0);
    return fields - 1 - (lost ? 1 : 0) - p.bias;
}

/// The finite number nearest to 2^exponent * (1 + fraction / 2^mantissa_bits) that the format has:
/// below the smallest normal number a subnormal with the low bits cut, beyond the largest the
/// largest. Bits of `fraction` beyond the format's are ignored.
inline std::uint32_t float_code(NumberFormat format, bool negative, int exponent,
                                std::uint32_t fraction) {
    const FormatProperties& p = properties(format);
    const std::uint32_t one = std::uint32_t{1} << p.mantissa_bits;
    fraction &= one - 1;
    std::uint32_t code = 0;
    if (exponent < p.minimum_exponent()) {
        const int shift = p.minimum_exponent() - exponent;
        // UE8M0 has no subnormals: code 0 is 2^-127.
        code = p.mantissa_bits == 0 || shift > p.mantissa_bits ? 0 : (one | fraction) >> shift;
    } else {
        const int most = largest_exponent(format);
        if (exponent > most) {
            exponent = most;
            fraction = one - 1;
        }
        if (p.specials == SpecialCodes::kNanOnly && exponent == most && p.mantissa_bits > 0 &&
            fraction == one - 1) {
            --fraction;  // all ones is NaN
        }
        code = static_cast<std::uint32_t>(exponent + p.bias) << p.mantissa_bits | fraction;
    }
    if (negative && p.has_sign) {
        code |= std::uint32_t{1} << (p.exponent_bits + p.mantissa_bits);
    }
    return code << p.ignored_bits;
}

/// The code of a value that the format holds exactly. Throws Error for another value.
inline std::uint32_t exact_code(NumberFormat format, double value) {
    std::uint32_t code = 0;
    if (value != 0) {
        int exponent = 0;
        const double part = std::frexp(std::fabs(value), &exponent) * 2;  // 1 <= part < 2
        const double fraction = std::ldexp(part - 1, properties(format).mantissa_bits);
        code = float_code(format, value < 0, exponent - 1, static_cast<std::uint32_t>(fraction));
    }
    if (to_double(format, code) != value) {
        throw Error(kFailed, std::to_string(value) + " is no number of " +
                                 std::string(properties(format).name));
    }
    return code;
}

/// Positive infinity; of formats that have one.
constexpr std::uint32_t infinity_code(NumberFormat format) {
    const FormatProperties& p = properties(format);
    return ((std::uint32_t{1} << p.exponent_bits) - 1) << p.mantissa_bits << p.ignored_bits;
}
/// A NaN; of formats that have one.
constexpr std::uint32_t nan_code(NumberFormat format) {
    const FormatProperties& p = properties(format);
    return ((std::uint32_t{1} << (p.exponent_bits + p.mantissa_bits)) - 1) << p.ignored_bits;
}

}  // namespace vr::kit
