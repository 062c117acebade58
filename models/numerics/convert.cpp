// SPDX-License-Identifier: Apache-2.0
// Rounding and conversion in integers only.
// Not modelled: see convert.h.
#include "models/numerics/convert.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "models/base/error.h"

namespace vr {
namespace {

/// Largest finite code without sign and ignored bits.
std::uint64_t largest_code(const FormatProperties& p) {
    const std::uint64_t all = (std::uint64_t{1} << (p.exponent_bits + p.mantissa_bits)) - 1;
    switch (p.specials) {
        case SpecialCodes::kNone:
            return all;
        case SpecialCodes::kNanOnly:
            return all - 1;
        case SpecialCodes::kIeee:
            return all - (std::uint64_t{1} << p.mantissa_bits);
    }
    return all;
}

std::uint64_t with_sign(const FormatProperties& p, std::uint64_t code, bool negative) {
    if (negative && p.has_sign) {
        code |= std::uint64_t{1} << (p.exponent_bits + p.mantissa_bits);
    }
    return code << p.ignored_bits;
}

bool rounds_up(Rounding rounding, bool negative, bool odd, bool half, bool below_half) {
    switch (rounding) {
        case Rounding::kNearestEven:
            return half && (below_half || odd);
        case Rounding::kNearestAway:
            return half;
        case Rounding::kTowardZero:
            return false;
        case Rounding::kDown:
            return negative && (half || below_half);
        case Rounding::kUp:
            return !negative && (half || below_half);
    }
    return false;
}

/// Rounding that keeps an overflowing value finite.
bool stays_finite(Rounding rounding, bool negative) {
    return rounding == Rounding::kTowardZero || (rounding == Rounding::kDown && !negative) ||
           (rounding == Rounding::kUp && negative);
}

/// Largest magnitude of an integer format on one side of zero.
std::uint64_t integer_limit(NumberFormat format, bool negative) {
    const FormatProperties& p = properties(format);
    const std::uint64_t largest = (std::uint64_t{1} << p.magnitude_bits) - 1;
    return format == NumberFormat::kInt8 && negative ? largest + 1 : largest;
}

std::uint64_t integer_code(NumberFormat format, bool negative, std::uint64_t magnitude) {
    const FormatProperties& p = properties(format);
    if (!negative || magnitude == 0) {
        return magnitude;
    }
    const std::uint64_t codes = std::uint64_t{1} << p.bits;
    return p.layout == CodeLayout::kTwosComplement ? codes - magnitude : codes / 2 + magnitude;
}

std::uint64_t overflowed(NumberFormat format, bool negative, bool infinite, Rounding rounding,
                         Overflow overflow) {
    const FormatProperties& p = properties(format);
    if (p.layout != CodeLayout::kFloat) {
        return integer_code(format, negative, integer_limit(format, negative));
    }
    if (overflow == Overflow::kSaturate || p.specials == SpecialCodes::kNone ||
        (!infinite && stays_finite(rounding, negative))) {
        return with_sign(p, largest_code(p), negative);
    }
    // One above the largest finite code is infinity, or NaN where there is none.
    return with_sign(p, largest_code(p) + 1, negative);
}

}  // namespace

std::uint64_t canonical_nan(NumberFormat format) {
    const FormatProperties& p = properties(format);
    const int bits = p.exponent_bits + p.mantissa_bits + p.ignored_bits;
    return p.layout == CodeLayout::kFloat ? (std::uint64_t{1} << bits) - 1 : 0;
}

namespace {

/// An exact value in units of 2^unit_exponent, rounded. Below 2^64 when the value is below
/// 2^(unit_exponent + 63).
std::uint64_t rounded(const ExactValue& value, int unit_exponent, Rounding rounding) {
    const int shift = unit_exponent - value.exponent;  // bits to discard
    if (shift <= 0) {
        ensure(!value.sticky, "a sticky value with too few bits");
        return value.magnitude << -shift;
    }
    std::uint64_t kept = 0;
    bool half = false;
    bool below_half = value.sticky;
    if (shift <= 64) {
        const std::uint64_t half_bit = std::uint64_t{1} << (shift - 1);
        kept = shift == 64 ? 0 : value.magnitude >> shift;
        half = (value.magnitude & half_bit) != 0;
        below_half = below_half || (value.magnitude & (half_bit - 1)) != 0;
    } else {
        below_half = true;
    }
    return kept + (rounds_up(rounding, value.negative, (kept & 1U) != 0, half, below_half) ? 1 : 0);
}

}  // namespace

std::uint64_t encode(NumberFormat format, const ExactValue& value, Rounding rounding,
                     Overflow overflow) {
    const FormatProperties& p = properties(format);
    ensure(format != NumberFormat::kUe8m0, "encode() does not take ue8m0");
    if (value.magnitude == 0 && !value.sticky) {
        return p.layout == CodeLayout::kFloat ? with_sign(p, 0, value.negative) : 0;
    }
    if (value.negative && !p.has_sign) {
        return 0;
    }
    const int top = static_cast<int>(std::bit_width(value.magnitude)) - 1 + value.exponent;
    if (p.layout != CodeLayout::kFloat) {
        const std::uint64_t limit = integer_limit(format, value.negative);
        const std::uint64_t units =
            top > p.magnitude_bits ? limit : rounded(value, -p.mantissa_bits, rounding);
        return integer_code(format, value.negative, std::min(units, limit));
    }
    const int exponent = std::max(top, p.minimum_exponent());
    const std::uint64_t kept = rounded(value, exponent - p.mantissa_bits, rounding);
    // Adding the exponent field lets a carry out of the significand move on to the next binade by
    // itself.
    const std::uint64_t hidden = std::uint64_t{1} << p.mantissa_bits;
    const std::uint64_t field = static_cast<std::uint64_t>(exponent - p.minimum_exponent());
    const std::uint64_t code = kept < hidden ? kept : kept + (field << p.mantissa_bits);
    if (field >= (std::uint64_t{1} << p.exponent_bits) || code > largest_code(p)) {
        return overflowed(format, value.negative, false, rounding, overflow);
    }
    return with_sign(p, code, value.negative);
}

std::uint64_t convert(NumberFormat from, std::uint64_t code, NumberFormat to, Rounding rounding,
                      Overflow overflow) {
    const Decoded d = decode(from, code);
    if (d.kind == NumberClass::kNan) {
        return canonical_nan(to);
    }
    if (d.kind == NumberClass::kInfinity) {
        return overflowed(to, d.negative && properties(to).has_sign, true, rounding, overflow);
    }
    return encode(to, {d.negative, d.significand, d.exponent - properties(from).mantissa_bits},
                  rounding, overflow);
}

std::uint8_t convert_to_ue8m0(NumberFormat from, std::uint64_t code, Rounding rounding,
                              Overflow overflow) {
    ensure(rounding == Rounding::kTowardZero || rounding == Rounding::kUp,
           "ue8m0 rounds toward zero or up only");
    const std::uint8_t largest = overflow == Overflow::kSaturate ? 0xfe : 0xff;
    const Decoded d = decode(from, code);
    switch (d.kind) {
        case NumberClass::kNan:
            return 0xff;
        case NumberClass::kInfinity:
            return largest;
        case NumberClass::kZero:
            return 0;
        case NumberClass::kFinite:
            break;
    }
    int exponent = static_cast<int>(std::bit_width(d.significand)) - 1 + d.exponent -
                   properties(from).mantissa_bits;
    if (rounding == Rounding::kUp && !std::has_single_bit(d.significand)) {
        ++exponent;
    }
    if (exponent > 127) {  // as in IEEE 754, rounding toward zero does not reach infinity
        return rounding == Rounding::kTowardZero ? std::uint8_t{0xfe} : largest;
    }
    return static_cast<std::uint8_t>(std::max(exponent, -127) + 127);
}

std::uint64_t convert_stochastic(NumberFormat from, std::uint64_t code, NumberFormat to,
                                 std::uint32_t random, int random_bits, Overflow overflow) {
    const FormatProperties& p = properties(to);
    ensure(random_bits >= 1 && random_bits <= 32 && std::uint64_t{random} >> random_bits == 0,
           "{:x} is no number of {} random bits", random, random_bits);
    ensure(p.layout == CodeLayout::kFloat && p.mantissa_bits < 31, "no stochastic rounding to {}",
           p.name);
    const Decoded d = decode(from, code);
    if (d.kind == NumberClass::kNan || d.kind == NumberClass::kInfinity) {
        return convert(from, code, to, Rounding::kNearestEven, overflow);
    }
    // In units of 2^-random_bits of the last place that is kept; what is below decides nothing.
    const int unit = d.exponent - properties(from).mantissa_bits;
    const int top = static_cast<int>(std::bit_width(d.significand)) - 1 + unit;
    const int last = std::max(top, p.minimum_exponent()) - p.mantissa_bits;
    if (d.significand == 0 || top < last - random_bits) {
        return with_sign(p, 0, d.negative);
    }
    const int shift = unit - (last - random_bits);
    const std::uint64_t fine = shift >= 0 ? d.significand << shift : d.significand >> -shift;
    const std::uint64_t kept = (fine + random) >> random_bits;
    // A carry into the next binade leaves a power of two, so nothing is rounded here.
    return encode(to, {d.negative, kept, last}, Rounding::kNearestEven, overflow);
}

std::uint32_t to_fp32(NumberFormat format, std::uint64_t code) {
    return static_cast<std::uint32_t>(
        convert(format, code, NumberFormat::kFp32, Rounding::kNearestEven, Overflow::kSpecial));
}

std::uint32_t from_fp32(NumberFormat format, std::uint32_t fp32) {
    const bool wide = properties(format).bits >= 16;
    return static_cast<std::uint32_t>(convert(NumberFormat::kFp32, fp32, format,
                                              Rounding::kNearestEven,
                                              wide ? Overflow::kSpecial : Overflow::kSaturate));
}

std::uint32_t add_fp32(std::uint32_t a, std::uint32_t b) {
    Decoded x = decode(NumberFormat::kFp32, a);
    Decoded y = decode(NumberFormat::kFp32, b);
    constexpr std::uint32_t kNan = 0x7fffffff;
    const bool x_infinite = x.kind == NumberClass::kInfinity;
    const bool y_infinite = y.kind == NumberClass::kInfinity;
    if (x.kind == NumberClass::kNan || y.kind == NumberClass::kNan ||
        (x_infinite && y_infinite && x.negative != y.negative)) {
        return kNan;
    }
    if (x_infinite || y_infinite) {
        return x_infinite ? a : b;
    }
    if (x.significand == 0 && y.significand == 0) {
        return x.negative && y.negative ? 0x80000000U : 0;
    }
    if (x.significand == 0 || (y.significand != 0 && y.exponent > x.exponent)) {
        std::swap(x, y);
    }
    // The larger exponent keeps 32 bits below its significand; what falls below them of the other
    // is sticky.
    constexpr int kGuard = 32;
    const int distance = y.significand == 0 ? 0 : x.exponent - y.exponent;
    const std::uint64_t wide = x.significand << kGuard;
    const std::uint64_t other = y.significand << kGuard;
    const std::uint64_t moved = distance >= 64 ? 0 : other >> distance;
    const bool lost = distance >= 64 ? other != 0 : (moved << distance) != other;
    ExactValue sum{x.negative, 0, x.exponent - 23 - kGuard, lost};
    if (x.negative == y.negative) {
        sum.magnitude = wide + moved;
    } else if (wide >= moved) {
        sum.magnitude = wide - moved - (lost ? 1 : 0);
    } else {
        sum.magnitude = moved - wide;
        sum.negative = y.negative;
    }
    if (sum.magnitude == 0 && !sum.sticky) {
        return 0;
    }
    return static_cast<std::uint32_t>(
        encode(NumberFormat::kFp32, sum, Rounding::kNearestEven, Overflow::kSpecial));
}

}  // namespace vr
