// SPDX-License-Identifier: Apache-2.0
// MX quantisation.
// Not modelled: see mx.h.
#include "models/numerics/quantise/mx.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "models/base/error.h"
#include "models/numerics/convert.h"

namespace vr {
namespace {

constexpr std::uint8_t kNanScale = 0xff;
constexpr int kFp32Mantissa = 23;

/// The largest number of a format.
double largest_number(NumberFormat format) {
    constexpr std::uint32_t kHuge = 0x7f7fffff;
    return to_double(format, convert(NumberFormat::kFp32, kHuge, format));
}

std::uint8_t scale_of(float amax, NumberFormat element, MxScaleRule rule) {
    if (amax == 0) {
        return 0;
    }
    const double largest = largest_number(element);
    if (rule == MxScaleRule::kUp) {
        const float quotient = amax / static_cast<float>(largest);
        return convert_to_ue8m0(NumberFormat::kFp32, std::bit_cast<std::uint32_t>(quotient),
                                Rounding::kUp, Overflow::kSaturate);
    }
    // ilogb is exact; log2 in FP32 is wrong just below large powers of two.
    const int exponent = std::ilogb(amax) - std::ilogb(largest);
    const int bias = properties(NumberFormat::kUe8m0).bias;
    return static_cast<std::uint8_t>(std::clamp(exponent + bias, 0, 2 * bias));
}

}  // namespace

std::uint8_t quantise_mx(std::span<const float> block, NumberFormat element, MxScaleRule rule,
                         std::span<std::uint8_t> codes) {
    ensure(properties(element).bits <= 8 && properties(element).has_sign &&
               element != NumberFormat::kInt8,
           "MX has no elements of {}", properties(element).name);
    ensure(codes.size() == block.size(), "MX: {} values, room for {} codes", block.size(),
           codes.size());
    float amax = 0;
    bool finite = true;
    for (const float x : block) {
        finite = finite && std::isfinite(x);
        amax = std::max(amax, std::fabs(x));
    }
    if (!finite) {
        std::fill(codes.begin(), codes.end(), std::uint8_t{0});
        return kNanScale;
    }
    const std::uint8_t scale = scale_of(amax, element, rule);
    const int exponent = decode(NumberFormat::kUe8m0, scale).exponent;
    for (std::size_t i = 0; i < block.size(); ++i) {
        const Decoded d = decode(NumberFormat::kFp32, std::bit_cast<std::uint32_t>(block[i]));
        codes[i] = static_cast<std::uint8_t>(
            encode(element, {d.negative, d.significand, d.exponent - kFp32Mantissa - exponent},
                   Rounding::kNearestEven, Overflow::kSaturate));
    }
    return scale;
}

float mx_value(NumberFormat element, std::uint8_t code, std::uint8_t scale) {
    const Decoded x = decode(NumberFormat::kUe8m0, scale);
    const Decoded d = decode(element, code);
    if (x.kind == NumberClass::kNan || d.kind == NumberClass::kNan) {
        return std::numeric_limits<float>::quiet_NaN();
    }
    if (d.kind == NumberClass::kInfinity) {
        return d.negative ? -std::numeric_limits<float>::infinity()
                          : std::numeric_limits<float>::infinity();
    }
    const ExactValue value{d.negative, d.significand,
                           d.exponent - properties(element).mantissa_bits + x.exponent};
    return std::bit_cast<float>(static_cast<std::uint32_t>(
        encode(NumberFormat::kFp32, value, Rounding::kNearestEven, Overflow::kSpecial)));
}

}  // namespace vr
