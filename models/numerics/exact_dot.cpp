// SPDX-License-Identifier: Apache-2.0
// FP64 and integer dot products.
// Not modelled: see exact_dot.h.
#include "models/numerics/exact_dot.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "models/base/error.h"

namespace vr {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::string_view kPtx = "PTX ISA 9.1: mma, wgmma, tcgen05.mma";
constexpr std::string_view kNotes = "notes on PTX ISA 9.4; no public study";

constexpr Corners rubin_corners() {
    Corners out;
    out.add(Corner::kRubinExactKinds);
    return out;
}

using A = Architecture;
using K = ExactKind;
constexpr auto kRules = std::to_array<ExactRule>({
    {A::kAmpere, K::kFp64, 4, {}, kPtx},
    {A::kHopper, K::kFp64, 16, {}, kPtx},
    {A::kBlackwell, K::kFp64, 16, {}, kPtx},
    {A::kRubin, K::kFp64, 16, rubin_corners(), kNotes},
    {A::kTuring, K::kInt8, 16, {}, kPtx},
    {A::kAmpere, K::kInt8, 32, {}, kPtx},
    {A::kAda, K::kInt8, 32, {}, kPtx},
    {A::kHopper, K::kInt8, 32, {}, kPtx},
    {A::kBlackwell, K::kInt8, 32, {}, kPtx},
    {A::kRubin, K::kInt8, 32, rubin_corners(), kNotes},
    {A::kRubin, K::kTi16, 16, rubin_corners(), kNotes},
});

constexpr NumberFormat kFp64 = NumberFormat::kFp64;
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
constexpr std::uint64_t kInfinity = 0x7ff0000000000000;
constexpr int kMantissa = 52;

int width_of(Wide x) {
    const auto high = static_cast<std::uint64_t>(x >> 64);
    return high != 0 ? 64 + static_cast<int>(std::bit_width(high))
                     : static_cast<int>(std::bit_width(static_cast<std::uint64_t>(x)));
}

/// (-1)^negative * magnitude * 2^exponent.
struct WideValue {
    bool negative = false;
    Wide magnitude = 0;
    int exponent = 0;

    /// With its top bit at bit 125: two bits are free for a carry.
    void normalise() {
        const int shift = 126 - width_of(magnitude);
        magnitude <<= shift;
        exponent -= shift;
    }
};

/// The value in 64 bits; what is cut off is sticky.
ExactValue narrowed(const WideValue& value, bool sticky) {
    const int shift = std::max(width_of(value.magnitude) - 64, 0);
    const auto kept = static_cast<std::uint64_t>(value.magnitude >> shift);
    return {value.negative, kept, value.exponent + shift,
            sticky || (Wide{kept} << shift) != value.magnitude};
}

/// The exact sum of two values that are not zero.
ExactValue sum_of(WideValue x, WideValue y) {
    x.normalise();
    y.normalise();
    if (y.exponent > x.exponent || (y.exponent == x.exponent && y.magnitude > x.magnitude)) {
        std::swap(x, y);
    }
    const int distance = x.exponent - y.exponent;
    const Wide moved = distance >= 128 ? 0 : y.magnitude >> distance;
    const bool lost = distance >= 128 || (moved << distance) != y.magnitude;
    // A difference that loses bits is at least 2^124 of its units: borrowing one unit and calling
    // the rest sticky keeps it exact for the rounding.
    x.magnitude =
        x.negative == y.negative ? x.magnitude + moved : x.magnitude - moved - (lost ? 1 : 0);
    return narrowed(x, lost);
}

std::int64_t integer_value(NumberFormat format, std::uint32_t code) {
    const Decoded d = decode(format, code);
    const auto magnitude = static_cast<std::int64_t>(d.significand);
    return d.negative ? -magnitude : magnitude;
}

}  // namespace

std::span<const ExactRule> exact_rules() {
    return kRules;
}

const ExactRule* find_exact_rule(Architecture architecture, ExactKind kind) {
    const auto found = std::find_if(kRules.begin(), kRules.end(), [&](const ExactRule& rule) {
        return rule.architecture == architecture && rule.kind == kind;
    });
    return found == kRules.end() ? nullptr : &*found;
}

std::uint64_t fused_multiply_add(std::uint64_t a, std::uint64_t b, std::uint64_t c,
                                 Rounding rounding) {
    const Decoded x = decode(kFp64, a);
    const Decoded y = decode(kFp64, b);
    const Decoded z = decode(kFp64, c);
    const bool negative = x.negative != y.negative;
    const auto is = [](const Decoded& d, NumberClass kind) { return d.kind == kind; };
    const bool infinite = is(x, NumberClass::kInfinity) || is(y, NumberClass::kInfinity);
    const bool c_infinite = is(z, NumberClass::kInfinity);
    if (is(x, NumberClass::kNan) || is(y, NumberClass::kNan) || is(z, NumberClass::kNan) ||
        (infinite && (is(x, NumberClass::kZero) || is(y, NumberClass::kZero))) ||
        (infinite && c_infinite && negative != z.negative)) {
        return kNanFp64;
    }
    if (infinite || c_infinite) {
        return kInfinity | ((infinite ? negative : z.negative) ? kSign : 0);
    }
    const WideValue product{negative, Wide{x.significand} * y.significand,
                            x.exponent + y.exponent - 2 * kMantissa};
    const WideValue addend{z.negative, z.significand, z.exponent - kMantissa};
    ExactValue sum;
    if (product.magnitude == 0 || addend.magnitude == 0) {
        if (product.magnitude == 0 && addend.magnitude == 0 && negative != z.negative) {
            return rounding == Rounding::kDown ? kSign : 0;
        }
        sum = narrowed(product.magnitude == 0 ? addend : product, false);
    } else {
        sum = sum_of(product, addend);
        if (sum.magnitude == 0) {
            return rounding == Rounding::kDown ? kSign : 0;
        }
    }
    return encode(kFp64, sum, rounding, Overflow::kSpecial);
}

std::uint64_t dot_fp64(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b,
                       std::uint64_t c, Rounding rounding) {
    ensure(a.size() == b.size(), "operands of {} and {} elements", a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        c = fused_multiply_add(a[i], b[i], c, rounding);
    }
    return c;
}

std::uint32_t dot_integer(NumberFormat a, std::span<const std::uint32_t> a_codes, NumberFormat b,
                          std::span<const std::uint32_t> b_codes, std::uint32_t c,
                          IntegerOverflow overflow) {
    ensure(a_codes.size() == b_codes.size(), "operands of {} and {} elements", a_codes.size(),
           b_codes.size());
    for (const NumberFormat format : {a, b}) {
        ensure(properties(format).layout != CodeLayout::kFloat && format != NumberFormat::kMxInt8,
               "{} is no operand of an integer instruction", properties(format).name);
    }
    std::int64_t sum = static_cast<std::int32_t>(c);
    for (std::size_t i = 0; i < a_codes.size(); ++i) {
        sum += integer_value(a, a_codes[i]) * integer_value(b, b_codes[i]);
    }
    if (overflow == IntegerOverflow::kClamp) {
        sum = std::clamp<std::int64_t>(sum, std::numeric_limits<std::int32_t>::min(),
                                       std::numeric_limits<std::int32_t>::max());
    }
    return static_cast<std::uint32_t>(sum);
}

}  // namespace vr
