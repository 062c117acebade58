// SPDX-License-Identifier: Apache-2.0
// The accumulation model, element by element.
// Not modelled: see dot_product.h.
#include "models/numerics/dot_product.h"

#include <algorithm>
#include <array>
#include <vector>

#include "models/base/error.h"
#include "models/numerics/step_result.h"

namespace vr {
namespace {

__extension__ using Wide = unsigned __int128;

/// With more fraction bits the sum of 64 products below 4, or of 8 groups below 2^11, would not fit
/// 63 bits.
constexpr int most_fraction_bits_of_sum(int group) {
    return group == 1 ? 54 : 48;
}

/// One addend before the alignment: (-1)^negative * magnitude * 2^(exponent - fraction_bits).
struct Term {
    bool negative = false;
    std::uint64_t magnitude = 0;
    int exponent = 0;
    int fraction_bits = 0;
};

/// The term in units of 2^(largest - kept_bits), cut toward zero.
std::int64_t aligned(const Term& term, int largest, int kept_bits) {
    if (term.magnitude == 0) {  // its exponent may lie above the largest
        return 0;
    }
    const int shift = term.fraction_bits + largest - term.exponent;
    const auto cut = static_cast<std::int64_t>(
        shift >= 128 ? 0 : (static_cast<Wide>(term.magnitude) << kept_bits) >> shift);
    return term.negative ? -cut : cut;
}

/// What infinities and NaNs make of a step.
struct Specials {
    bool nan = false;
    bool plus_infinity = false;
    bool minus_infinity = false;

    void add(const Decoded& value) {
        nan = nan || value.kind == NumberClass::kNan;
        if (value.kind == NumberClass::kInfinity) {
            (value.negative ? minus_infinity : plus_infinity) = true;
        }
    }
    void add_product(const Decoded& a, const Decoded& b) {
        const bool a_infinite = a.kind == NumberClass::kInfinity;
        const bool b_infinite = b.kind == NumberClass::kInfinity;
        if (a.kind == NumberClass::kNan || b.kind == NumberClass::kNan ||
            (a_infinite && b.kind == NumberClass::kZero) ||
            (b_infinite && a.kind == NumberClass::kZero)) {
            nan = true;
        } else if (a_infinite || b_infinite) {
            (a.negative != b.negative ? minus_infinity : plus_infinity) = true;
        }
    }
};

/// The terms of a step, one per product or per group.
std::vector<Term> terms_of(const DotContract& contract, const DecodedDotOperand& a,
                           const DecodedDotOperand& b) {
    const FormatProperties& fa = properties(contract.a);
    const FormatProperties& fb = properties(contract.b);
    const auto group = static_cast<std::size_t>(contract.rule.group);
    const std::size_t block = contract.scale ? static_cast<std::size_t>(contract.block) : 0;
    std::vector<Term> terms;
    for (std::size_t i = 0; i < a.elements.size(); i += group) {
        Term term;
        if (group == 1) {
            const Decoded& x = a.elements[i];
            const Decoded& y = b.elements[i];
            term = {x.negative != y.negative, x.significand * y.significand,
                    x.exponent + y.exponent, fa.mantissa_bits + fb.mantissa_bits};
            if (contract.rule.renormalise_products && term.magnitude >> term.fraction_bits > 1) {
                ++term.exponent;
                ++term.fraction_bits;
            }
        } else {  // an exact sum of fixed-point products; the exponent is that of the scales alone
            std::int64_t sum = 0;
            for (std::size_t j = i; j < std::min(i + group, a.elements.size()); ++j) {
                const Decoded& x = a.elements[j];
                const Decoded& y = b.elements[j];
                const auto product = static_cast<std::int64_t>(
                    (x.significand << (x.exponent - fa.minimum_exponent())) *
                    (y.significand << (y.exponent - fb.minimum_exponent())));
                sum += x.negative != y.negative ? -product : product;
            }
            term = {sum < 0, static_cast<std::uint64_t>(sum < 0 ? -sum : sum),
                    fa.minimum_exponent() + fb.minimum_exponent(),
                    fa.mantissa_bits + fb.mantissa_bits};
        }
        if (block != 0) {
            const Decoded& x = a.scales[i / block];
            const Decoded& y = b.scales[i / block];
            term.magnitude *= x.significand * y.significand;
            term.exponent += x.exponent + y.exponent;
            term.fraction_bits += 2 * properties(*contract.scale).mantissa_bits;
        }
        terms.push_back(term);
    }
    return terms;
}

/// Largest exponent of the non-zero elements of one operand, and whether it has zeros.
struct ElementSummary {
    int largest = -100'000;
    bool has_zero = false;
};
ElementSummary summary_of(std::span<const Decoded> elements) {
    ElementSummary out;
    for (const Decoded& e : elements) {
        if (e.significand == 0) {
            out.has_zero = true;
        } else {
            out.largest = std::max(out.largest, e.exponent);
        }
    }
    return out;
}

}  // namespace

std::uint32_t dot_step_decoded(const DotContract& contract, const DecodedDotOperand& a,
                               const DecodedDotOperand& b, std::uint32_t c, Corners& corners) {
    const AccumulationRule& rule = contract.rule;
    corners.add(rule.assumptions);
    const NumberFormat accumulator = contract.accumulator_format();
    const std::uint32_t nan = accumulator == NumberFormat::kFp16 ? kNanFp16 : kNanFp32;
    const std::uint32_t infinity = accumulator == NumberFormat::kFp16 ? 0x7c00U : 0x7f800000U;
    const std::uint32_t sign = accumulator == NumberFormat::kFp16 ? 0x8000U : 0x80000000U;
    const bool added_after = rule.accumulator == AccumulatorRule::kAddedAfter;
    const Decoded addend = decode(accumulator, added_after ? 0 : c);
    const auto finish = [&](std::uint32_t result) {
        return added_after ? add_fp32(result, c) : result;
    };

    Specials specials;
    for (std::size_t i = 0; i < a.elements.size(); ++i) {
        specials.add_product(a.elements[i], b.elements[i]);
    }
    for (const std::span<const Decoded> scales : {a.scales, b.scales}) {
        for (const Decoded& scale : scales) {
            specials.nan = specials.nan || scale.kind == NumberClass::kNan;
        }
    }
    specials.add(addend);
    if (rule.group > 1 && addend.kind == NumberClass::kInfinity) {
        corners.add(Corner::kInfiniteFp4Accumulator);
    }
    if (specials.nan || (specials.plus_infinity && specials.minus_infinity)) {
        return finish(nan);
    }
    if (specials.plus_infinity || specials.minus_infinity) {
        return finish(specials.minus_infinity ? sign | infinity : infinity);
    }

    // The largest exponent: of the terms that are not zero, of c if it is not zero, and of groups
    // that are.
    const std::vector<Term> terms = terms_of(contract, a, b);
    constexpr int kNone = -100'000;
    int products = kNone;
    int zero_groups = kNone;
    for (const Term& term : terms) {
        int& largest = term.magnitude != 0 ? products : zero_groups;
        largest = std::max(largest, term.exponent);
    }
    const bool c_is_zero = addend.kind == NumberClass::kZero;
    int largest = std::max(rule.zero_floor, products);
    if (!c_is_zero) {
        largest = std::max(largest, addend.exponent);
    }
    const bool something = products != kNone || !c_is_zero;
    if (rule.group > 1 && zero_groups > largest && something) {
        corners.add(Corner::kZeroGroup);
    }
    if (c_is_zero && products != kNone && products < properties(accumulator).minimum_exponent()) {
        corners.add(Corner::kZeroAccumulatorFloor);
    }
    if (rule.group > 1 && rule.zero_group_takes_part) {
        largest = std::max(largest, zero_groups);
    }
    if (properties(contract.a).exponent_bits == 8 && something) {
        const ElementSummary x = summary_of(a.elements);
        const ElementSummary y = summary_of(b.elements);
        const int smallest = properties(contract.a).minimum_exponent();
        if ((x.has_zero && smallest + y.largest > largest) ||
            (y.has_zero && smallest + x.largest > largest)) {
            corners.add(Corner::kZeroElement);
        }
    }

    ensure(rule.fraction_bits <= most_fraction_bits_of_sum(rule.group),
           "{}: {} fraction bits do not fit", contract.name, rule.fraction_bits);
    std::int64_t sum = 0;
    for (const Term& term : terms) {
        sum += aligned(term, largest, rule.fraction_bits);
    }
    sum += aligned({addend.negative, addend.significand, addend.exponent,
                    properties(accumulator).mantissa_bits},
                   largest, rule.fraction_bits);
    const std::uint32_t result = step_result(rule.output, sum, largest - rule.fraction_bits);
    if (result == 0 && (sum < 0 || (!something && addend.negative))) {
        corners.add(Corner::kZeroSign);
    }
    return finish(result);
}

std::uint32_t dot_step(const DotContract& contract, const DotOperand& a, const DotOperand& b,
                       std::uint32_t c, Corners& corners) {
    const std::size_t k = a.codes.size();
    const std::size_t blocks = contract.scale ? (k + static_cast<std::size_t>(contract.block) - 1) /
                                                    static_cast<std::size_t>(contract.block)
                                              : 0;
    ensure(k <= static_cast<std::size_t>(contract.rule.products_per_step) && b.codes.size() == k &&
               a.scales.size() == blocks && b.scales.size() == blocks,
           "a step of {} got {} and {} elements, {} and {} scales", contract.name, k,
           b.codes.size(), a.scales.size(), b.scales.size());
    std::vector<Decoded> x;
    std::vector<Decoded> y;
    for (std::size_t i = 0; i < k; ++i) {
        x.push_back(decode(contract.a, a.codes[i]));
        y.push_back(decode(contract.b, b.codes[i]));
        if (contract.a == NumberFormat::kTf32) {
            for (const std::uint32_t code : {a.codes[i], b.codes[i]}) {
                if ((code & 0x7fffe000U) == 0x7f800000U && (code & 0x1fffU) != 0) {
                    corners.add(Corner::kTf32Payload);
                }
            }
        }
    }
    std::vector<Decoded> x_scales;
    std::vector<Decoded> y_scales;
    for (std::size_t i = 0; i < blocks; ++i) {
        x_scales.push_back(decode(*contract.scale, a.scales[i]));
        y_scales.push_back(decode(*contract.scale, b.scales[i]));
    }
    return dot_step_decoded(contract, {x, x_scales}, {y, y_scales}, c, corners);
}

std::uint32_t dot(const DotContract& contract, const DotOperand& a, const DotOperand& b,
                  std::uint32_t c, Corners& corners) {
    const std::size_t k = a.codes.size();
    const auto length = static_cast<std::size_t>(contract.rule.products_per_step);
    const auto block = static_cast<std::size_t>(contract.scale ? contract.block : 1);
    ensure(!contract.scale || length % block == 0, "{}: a scale spans two steps", contract.name);
    ensure(b.codes.size() == k, "operands of {} and {} elements", k, b.codes.size());
    for (std::size_t begin = 0; begin < k; begin += length) {
        const std::size_t count = std::min(length, k - begin);
        const auto part = [&](const DotOperand& operand) {
            DotOperand out{operand.codes.subspan(begin, count), {}};
            if (contract.scale) {
                out.scales = operand.scales.subspan(begin / block, (count + block - 1) / block);
            }
            return out;
        };
        c = dot_step(contract, part(a), part(b), c, corners);
    }
    return c;
}

}  // namespace vr
