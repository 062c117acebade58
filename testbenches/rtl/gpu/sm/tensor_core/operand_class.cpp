// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/gpu/sm/tensor_core/operand_class.h"

#include <algorithm>

namespace vr::testing {

namespace {

std::uint32_t largest_field(const FormatProperties& p) {
    return (1U << p.exponent_bits) - (p.specials == SpecialCodes::kIeee ? 2U : 1U);
}

std::uint32_t ones(int bits) {
    return (1U << bits) - 1U;
}

// The mantissa of the largest number.
std::uint32_t largest_mantissa(const FormatProperties& p) {
    return ones(p.mantissa_bits) - (p.specials == SpecialCodes::kNanOnly ? 1U : 0U);
}

std::uint32_t float_code(const FormatProperties& p, std::uint32_t field, std::uint32_t mantissa,
                         SplitMix64& random) {
    std::uint32_t code = (field << p.mantissa_bits | mantissa) << p.ignored_bits;
    const std::uint64_t bits = random.next();
    code |= static_cast<std::uint32_t>(bits) & ones(p.ignored_bits);
    if (p.has_sign && (bits >> 63) != 0) {
        code |= 1U << (p.bits - 1);
    }
    return code;
}

std::uint32_t below(SplitMix64& random, std::uint32_t limit) {
    return static_cast<std::uint32_t>(random.next() >> 16) % limit;
}

std::optional<std::uint32_t> integer_code(NumberFormat format, OperandClass kind,
                                          SplitMix64& random) {
    const FormatProperties& p = properties(format);
    const bool sign_magnitude = p.layout == CodeLayout::kSignMagnitude;
    const std::uint32_t sign = p.has_sign ? 1U << (p.bits - 1) : 0U;
    const std::uint32_t most = ones(p.magnitude_bits);
    switch (kind) {
        case OperandClass::kZero:
            return 0;
        case OperandClass::kMinusZero:
            return sign_magnitude ? std::optional(sign) : std::nullopt;
        case OperandClass::kNormal: {
            const std::uint32_t magnitude = 1 + below(random, most - 1);
            if (sign == 0 || below(random, 2) == 0) {
                return magnitude;
            }
            return sign_magnitude ? sign | magnitude : (0U - magnitude) & ones(p.bits);
        }
        case OperandClass::kLargest:
            return sign_magnitude ? most | (below(random, 2) == 0 ? sign : 0U)
                                  : (sign != 0 ? sign : most);
        default:
            return std::nullopt;
    }
}

}  // namespace

std::string_view class_name(OperandClass kind) {
    constexpr std::array<std::string_view, 7> kNames{"zero",    "minus zero", "subnormal", "normal",
                                                     "largest", "infinity",   "NaN"};
    return kNames[static_cast<std::size_t>(kind)];
}

bool is_aligned(OperandClass kind) {
    return kind == OperandClass::kSubnormal || kind == OperandClass::kNormal ||
           kind == OperandClass::kLargest;
}

OperandClass class_of(NumberFormat format, std::uint32_t code) {
    const FormatProperties& p = properties(format);
    const Decoded d = decode(format, code);
    switch (d.kind) {
        case NumberClass::kZero:
            return d.negative ? OperandClass::kMinusZero : OperandClass::kZero;
        case NumberClass::kInfinity:
            return OperandClass::kInfinity;
        case NumberClass::kNan:
            return OperandClass::kNan;
        case NumberClass::kFinite:
            break;
    }
    if (p.layout != CodeLayout::kFloat) {
        const std::uint64_t most = p.layout == CodeLayout::kTwosComplement
                                       ? std::uint64_t{ones(p.magnitude_bits)} + 1
                                       : ones(p.magnitude_bits);
        return d.significand == most ? OperandClass::kLargest : OperandClass::kNormal;
    }
    if (p.mantissa_bits > 0 && d.significand >> p.mantissa_bits == 0) {
        return OperandClass::kSubnormal;
    }
    const ExponentRange range = exponents(format);
    const std::uint64_t mantissa = d.significand & ones(p.mantissa_bits);
    const std::uint64_t most = p.mantissa_bits == 0 ? 0 : largest_mantissa(p);
    return d.exponent == range.highest && mantissa == most ? OperandClass::kLargest
                                                           : OperandClass::kNormal;
}

std::optional<std::uint32_t> code_of(NumberFormat format, OperandClass kind, SplitMix64& random) {
    const FormatProperties& p = properties(format);
    if (p.layout != CodeLayout::kFloat) {
        return integer_code(format, kind, random);
    }
    const ExponentRange range = exponents(format);
    const bool power = p.mantissa_bits == 0;  // UE8M0: powers of two, no zero, no subnormals
    switch (kind) {
        case OperandClass::kZero:
        case OperandClass::kMinusZero: {
            const bool minus = kind == OperandClass::kMinusZero;
            if (power || (minus && !p.has_sign)) {
                return std::nullopt;
            }
            const std::uint32_t ignored = ones(p.ignored_bits);
            return (minus ? 1U << (p.bits - 1) : 0U) |
                   (static_cast<std::uint32_t>(random.next()) & ignored);
        }
        case OperandClass::kSubnormal:
            if (power) {
                return std::nullopt;
            }
            return float_code(p, 0, 1 + below(random, ones(p.mantissa_bits)), random);
        case OperandClass::kNormal:
            while (true) {
                const int span = range.highest - range.lowest + 1;
                const int exponent =
                    range.lowest + static_cast<int>(below(random, static_cast<unsigned>(span)));
                const std::uint32_t code = code_with_exponent(format, exponent, random);
                if (class_of(format, code) == OperandClass::kNormal) {
                    return code;
                }
            }
        case OperandClass::kLargest:
            return power ? 0xfeU : float_code(p, largest_field(p), largest_mantissa(p), random);
        case OperandClass::kInfinity:
            if (p.specials != SpecialCodes::kIeee) {
                return std::nullopt;
            }
            // Ignored bits would make it a NaN that is taken as infinity: a corner, sometimes.
            return float_code(p, ones(p.exponent_bits), 0, random) &
                   (below(random, 4) == 0 ? ~0U : ~ones(p.ignored_bits));
        case OperandClass::kNan:
            if (p.specials == SpecialCodes::kNone) {
                return std::nullopt;
            }
            if (p.specials == SpecialCodes::kNanOnly) {
                return float_code(p, ones(p.exponent_bits), ones(p.mantissa_bits), random);
            }
            return float_code(p, ones(p.exponent_bits), 1 + below(random, ones(p.mantissa_bits)),
                              random);
    }
    return std::nullopt;
}

ExponentRange exponents(NumberFormat format) {
    const FormatProperties& p = properties(format);
    if (p.layout != CodeLayout::kFloat) {
        return {0, 0};
    }
    if (p.mantissa_bits == 0) {
        return {-p.bias, static_cast<int>(ones(p.exponent_bits)) - 1 - p.bias};
    }
    return {p.minimum_exponent(), static_cast<int>(largest_field(p)) - p.bias};
}

ExponentRange exponents(NumberFormat format, OperandClass kind) {
    const ExponentRange all = exponents(format);
    if (kind == OperandClass::kSubnormal) {
        return {all.lowest, all.lowest};
    }
    return kind == OperandClass::kLargest ? ExponentRange{all.highest, all.highest} : all;
}

std::uint32_t code_with_exponent(NumberFormat format, int exponent, SplitMix64& random) {
    const FormatProperties& p = properties(format);
    const auto field = static_cast<std::uint32_t>(exponent + p.bias);
    if (p.mantissa_bits == 0) {
        return field;
    }
    const std::uint32_t most =
        field == ones(p.exponent_bits) ? largest_mantissa(p) : ones(p.mantissa_bits);
    if (exponent == p.minimum_exponent() && below(random, 2) == 0) {
        return float_code(p, 0, 1 + below(random, ones(p.mantissa_bits)), random);
    }
    return float_code(p, field, below(random, most + 1), random);
}

}  // namespace vr::testing
