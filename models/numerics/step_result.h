// SPDX-License-Identifier: Apache-2.0
// From the aligned sum of one step to its result: shared by the reference and the fast path.
// Not modelled: the sign of a zero that comes from cutting a negative sum (open; it is +0 here).
#pragma once

#include <bit>
#include <cstdint>

#include "models/numerics/contract.h"
#include "models/numerics/convert.h"

namespace vr {

inline constexpr std::uint32_t kNanFp32 = 0x7fffffff;
inline constexpr std::uint32_t kNanFp16 = 0x7fff;

/// sum * 2^unit_exponent cut toward zero to fp32. Overflow is infinity although the rounding is
/// toward zero.
[[nodiscard]] inline std::uint32_t cut_to_fp32(std::int64_t sum, int unit_exponent) {
    if (sum == 0) {
        return 0;
    }
    const std::uint32_t sign = sum < 0 ? 0x80000000U : 0;
    const std::uint64_t magnitude =
        sum < 0 ? 0 - static_cast<std::uint64_t>(sum) : static_cast<std::uint64_t>(sum);
    const int top = 63 - std::countl_zero(magnitude);
    const int exponent = top + unit_exponent;
    if (exponent > 127) {
        return sign | 0x7f800000U;
    }
    if (exponent >= -126) {
        const auto significand = static_cast<std::uint32_t>(top >= 23 ? magnitude >> (top - 23)
                                                                      : magnitude << (23 - top));
        return sign | ((static_cast<std::uint32_t>(exponent + 126) << 23) + significand);
    }
    const int shift = -149 - unit_exponent;  // subnormal: count units of 2^-149
    const std::uint64_t units =
        shift >= 64 ? 0 : (shift >= 0 ? magnitude >> shift : magnitude << -shift);
    return units == 0 ? 0 : sign | static_cast<std::uint32_t>(units);
}

/// The result of a step whose terms add up to sum * 2^unit_exponent.
[[nodiscard]] inline std::uint32_t step_result(OutputRule output, std::int64_t sum,
                                               int unit_exponent) {
    if (output == OutputRule::kFp16NearestEven || output == OutputRule::kFp32NearestEven) {
        const bool half = output == OutputRule::kFp16NearestEven;
        const ExactValue value{sum < 0, static_cast<std::uint64_t>(sum < 0 ? -sum : sum),
                               unit_exponent};
        const auto code =
            static_cast<std::uint32_t>(encode(half ? NumberFormat::kFp16 : NumberFormat::kFp32,
                                              value, Rounding::kNearestEven, Overflow::kSpecial));
        return (code & (half ? 0x7fffU : 0x7fffffffU)) == 0 ? 0 : code;
    }
    std::uint32_t code = cut_to_fp32(sum, unit_exponent);
    if (output == OutputRule::kE8m13TowardZero) {
        code &= ~0x3ffU;
        code = (code & 0x7fffffffU) == 0 ? 0 : code;
    }
    return code;
}

}  // namespace vr
