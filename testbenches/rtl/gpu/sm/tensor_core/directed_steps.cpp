// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/gpu/sm/tensor_core/directed_steps.h"

#include <algorithm>

namespace vr::testing {

namespace {

constexpr int kTries = 200;
constexpr int kFarther = 12;  // how far beyond the window
constexpr std::size_t kNowhere = ~std::size_t{0};

}  // namespace

DirectedSteps::DirectedSteps(const DotContract& contract, std::uint64_t seed)
    : contract_(contract),
      random_(mix64(seed) ^ hash_text(contract.name)),
      unit_(static_cast<std::size_t>(contract.rule.group)) {
    if (contract.scale) {
        scales_ = exponents(*contract.scale);
    }
    if (unit_ == 1) {
        const ExponentRange a = exponents(contract.a);
        const ExponentRange b = exponents(contract.b);
        terms_ = {a.lowest + b.lowest, a.highest + b.highest};
    }
}

std::uint32_t DirectedSteps::below(std::uint32_t limit) {
    return static_cast<std::uint32_t>(random_.next() >> 16) % limit;
}

int DirectedSteps::between(int lowest, int highest) {
    return lowest + static_cast<int>(below(static_cast<std::uint32_t>(highest - lowest + 1)));
}

std::size_t DirectedSteps::unit_end(std::size_t unit) const {
    return std::min(unit_begin(unit) + unit_, step_.a.size());
}

std::size_t DirectedSteps::block_of(std::size_t unit) const {
    return contract_.scale ? unit_begin(unit) / static_cast<std::size_t>(contract_.block) : 0;
}

int DirectedSteps::scale_exponent(std::size_t unit) const {
    if (!contract_.scale) {
        return 0;
    }
    const std::size_t block = block_of(unit);
    return decode(*contract_.scale, step_.a_scales[block]).exponent +
           decode(*contract_.scale, step_.b_scales[block]).exponent;
}

int DirectedSteps::exponent_of(std::size_t unit) const {
    if (unit_ > 1) {
        return scale_exponent(unit);
    }
    return decode(contract_.a, step_.a[unit]).exponent +
           decode(contract_.b, step_.b[unit]).exponent + scale_exponent(unit);
}

bool DirectedSteps::is_zero(std::size_t unit) const {
    std::int64_t sum = 0;
    for (std::size_t i = unit_begin(unit); i < unit_end(unit); ++i) {
        const Decoded x = decode(contract_.a, step_.a[i]);
        const Decoded y = decode(contract_.b, step_.b[i]);
        const auto product = static_cast<std::int64_t>(x.significand * y.significand);
        const int shift = unit_ > 1 ? x.exponent + y.exponent : 0;
        sum += (x.negative != y.negative ? -product : product) << shift;
    }
    if (contract_.scale) {
        const std::size_t block = block_of(unit);
        sum *=
            static_cast<std::int64_t>(decode(*contract_.scale, step_.a_scales[block]).significand *
                                      decode(*contract_.scale, step_.b_scales[block]).significand);
    }
    return sum == 0;
}

/// Two exponents in their ranges with this sum.
std::optional<std::pair<int, int>> DirectedSteps::split(int sum, const ExponentRange& x,
                                                        const ExponentRange& y) {
    const int lowest = std::max(x.lowest, sum - y.highest);
    const int highest = std::min(x.highest, sum - y.lowest);
    if (lowest > highest) {
        return std::nullopt;
    }
    const int first = between(lowest, highest);
    return std::pair{first, sum - first};
}

/// Mostly normal numbers; now and then what is special but finite.
std::uint32_t DirectedSteps::any_element(NumberFormat format) {
    constexpr std::array kRare{OperandClass::kZero, OperandClass::kMinusZero,
                               OperandClass::kSubnormal, OperandClass::kLargest};
    const std::uint32_t draw = below(16);
    if (draw < kRare.size()) {
        if (const auto code = code_of(format, kRare[draw], random_)) {
            return *code;
        }
    }
    return *code_of(format, OperandClass::kNormal, random_);
}

void DirectedSteps::fill() {
    const auto length = static_cast<std::uint32_t>(contract_.rule.products_per_step);
    std::size_t count = length;
    if (coin() && unit_ == 1) {  // two terms at least
        count = 2 + below(length - 1);
    } else if (coin() && length > 32) {
        count = 32 + 1 + below(length - 32);
    }
    step_ = {};
    for (std::size_t i = 0; i < count; ++i) {
        step_.a.push_back(any_element(contract_.a));
        step_.b.push_back(any_element(contract_.b));
    }
    for (std::size_t i = 0; contract_.scale && i < count;
         i += static_cast<std::size_t>(contract_.block)) {
        for (auto* scales : {&step_.a_scales, &step_.b_scales}) {
            std::uint32_t code = *code_of(*contract_.scale, OperandClass::kNormal, random_);
            if (contract_.scale == NumberFormat::kUe4m3 && coin()) {
                code |= 0x80U;  // is ignored
            }
            scales->push_back(code);
        }
    }
}

/// Puts a code of the cell's class into a unit.
bool DirectedSteps::place(const CoverageCell& cell, std::size_t unit) {
    if (cell.role == OperandRole::kAccumulator) {
        step_.c = *code_of(cell.format, cell.kind, random_);
        return true;
    }
    const std::uint32_t code = *code_of(cell.format, cell.kind, random_);
    const std::size_t at =
        unit_begin(unit) + below(static_cast<std::uint32_t>(unit_end(unit) - unit_begin(unit)));
    const bool on_a = cell.role == OperandRole::kScale || contract_.a == contract_.b
                          ? coin()
                          : cell.format == contract_.a;
    if (cell.role == OperandRole::kScale) {
        (on_a ? step_.a_scales : step_.b_scales)[block_of(unit)] = code;
    } else {
        (on_a ? step_.a : step_.b)[at] = code;
    }
    if (cell.bin == DistanceBin::kNone && is_aligned(cell.kind)) {
        for (std::size_t i = unit_begin(unit); i < unit_end(unit); ++i) {
            (on_a ? step_.b : step_.a)[i] =
                *code_of(on_a ? contract_.b : contract_.a, OperandClass::kZero, random_);
        }
    }
    return true;
}

/// Makes a unit a term with this exponent without touching one block's scales.
bool DirectedSteps::set_exponent(std::size_t unit, int exponent, std::size_t kept_block) {
    int rest = exponent;
    if (contract_.scale && block_of(unit) != kept_block) {
        const int products = unit_ > 1 ? 0 : between(terms_.lowest, terms_.highest);
        const auto pair = split(exponent - products, scales_, scales_);
        if (!pair) {
            return false;
        }
        const std::size_t block = block_of(unit);
        step_.a_scales[block] = code_with_exponent(*contract_.scale, pair->first, random_);
        step_.b_scales[block] = code_with_exponent(*contract_.scale, pair->second, random_);
        rest = products;
    } else {
        rest -= scale_exponent(unit);
    }
    if (unit_ > 1) {
        return rest == 0;
    }
    const auto pair = split(rest, exponents(contract_.a), exponents(contract_.b));
    if (pair) {
        step_.a[unit] = code_with_exponent(contract_.a, pair->first, random_);
        step_.b[unit] = code_with_exponent(contract_.b, pair->second, random_);
    }
    return pair.has_value();
}

/// Brings every unit but two to at most this exponent.
bool DirectedSteps::lower_others(int exponent, std::size_t kept, std::size_t anchor) {
    const std::size_t units = (step_.a.size() + unit_ - 1) / unit_;
    for (std::size_t unit = 0; unit < units; ++unit) {
        if (unit == kept || unit == anchor || exponent_of(unit) <= exponent) {
            continue;
        }
        if (unit_ == 1) {
            const auto kind = coin() ? OperandClass::kZero : OperandClass::kMinusZero;
            step_.a[unit] = *code_of(contract_.a, kind, random_);
            continue;
        }
        const std::size_t block = block_of(unit);
        if ((kept != kNowhere && block == block_of(kept)) ||
            (anchor != kNowhere && block == block_of(anchor))) {
            return false;
        }
        if (!contract_.rule.zero_group_takes_part && coin()) {  // zero, and above the others
            for (std::size_t i = unit_begin(unit); i < unit_end(unit); ++i) {
                step_.a[i] = 0;
            }
            continue;
        }
        for (auto* scales : {&step_.a_scales, &step_.b_scales}) {
            (*scales)[block] = code_with_exponent(*contract_.scale, scales_.lowest, random_);
        }
    }
    return true;
}

/// An accumulator that does not lie above an exponent.
void DirectedSteps::choose_accumulator(int exponent) {
    const NumberFormat format = contract_.accumulator_format();
    const ExponentRange range = exponents(format);
    const int highest = std::min(range.highest, exponent);
    if (highest < range.lowest || below(4) == 0) {
        step_.c =
            *code_of(format, coin() ? OperandClass::kZero : OperandClass::kMinusZero, random_);
    } else {
        const int lowest = std::max(range.lowest, highest - 45);
        step_.c = code_with_exponent(format, between(lowest, highest), random_);
    }
}

std::optional<DotStimulus> DirectedSteps::attempt(const CoverageCell& cell) {
    fill();
    const auto units = static_cast<std::uint32_t>((step_.a.size() + unit_ - 1) / unit_);
    const std::size_t unit = below(units);
    const std::size_t other = units == 1 ? unit : (unit + 1 + below(units - 1)) % units;
    const bool accumulator = cell.role == OperandRole::kAccumulator;
    const NumberFormat format = contract_.accumulator_format();
    if (!accumulator) {
        choose_accumulator(exponents(format).highest);
    }
    if (!place(cell, unit)) {
        return std::nullopt;
    }
    if (cell.bin == DistanceBin::kNone) {
        // Two special values together, now and then.
        constexpr std::array kPartners{OperandClass::kInfinity, OperandClass::kZero,
                                       OperandClass::kNan, OperandClass::kMinusZero};
        if (const auto code = code_of(contract_.a, kPartners[below(4)], random_); code && coin()) {
            step_.a[coin() ? unit_begin(unit) : unit_begin(other)] = *code;
        }
        if (const auto code = code_of(format, OperandClass::kInfinity, random_);
            !accumulator && code && below(8) == 0) {
            step_.c = *code;
        }
        return step_;
    }
    if (!accumulator && is_zero(unit)) {
        return std::nullopt;
    }
    const int exponent = accumulator ? decode(format, step_.c).exponent : exponent_of(unit);
    auto [nearest, farthest] = distances(contract_, cell.bin);
    nearest = std::max(nearest, contract_.rule.zero_floor - exponent);
    if (accumulator) {  // something must lie above it, or nothing at all
        nearest = std::max(nearest, terms_.lowest + 2 * scales_.lowest - exponent);
        farthest = std::min(
            farthest,
            std::max(terms_.highest + 2 * scales_.highest, contract_.rule.zero_floor) - exponent);
        if (nearest > farthest && cell.bin == DistanceBin::kZero) {
            nearest = farthest = 0;
        }
    }
    farthest = std::min(farthest, nearest + kFarther);
    if (nearest > farthest) {
        return std::nullopt;
    }
    const int distance = between(nearest, farthest);
    const int largest = exponent + distance;
    const bool added_after = contract_.rule.accumulator == AccumulatorRule::kAddedAfter;
    const ExponentRange c_range = exponents(format);
    const bool by_accumulator = !accumulator && !added_after && distance > 0 && coin() &&
                                largest >= c_range.lowest && largest <= c_range.highest;
    const std::size_t kept = accumulator ? kNowhere : unit;
    const std::size_t kept_block = accumulator || !contract_.scale ? kNowhere : block_of(unit);
    std::size_t anchor = kNowhere;
    if (by_accumulator) {
        step_.c = code_with_exponent(format, largest, random_);
    } else if (distance > 0 && largest != contract_.rule.zero_floor) {
        anchor = other;
        if ((anchor == unit && !accumulator) || !set_exponent(anchor, largest, kept_block)) {
            return std::nullopt;
        }
    }
    if (!by_accumulator && !accumulator) {
        choose_accumulator(largest);
    }
    if (!lower_others(largest, kept, anchor)) {
        return std::nullopt;
    }
    return step_;
}

std::optional<DotStimulus> DirectedSteps::towards(const CoverageCell& cell) {
    for (int i = 0; i < kTries; ++i) {
        if (auto step = attempt(cell)) {
            return step;
        }
    }
    return std::nullopt;
}

std::vector<DotStimulus> tie_steps(const DotContract& contract) {
    SplitMix64 random(3);
    std::vector<DotStimulus> out;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        DotStimulus step;
        for (int k = 0; k < 4; ++k) {
            step.a.push_back(*code_of(contract.a, OperandClass::kNormal, random));
            step.b.push_back(*code_of(contract.b, OperandClass::kNormal, random));
        }
        Corners corners;
        const std::uint32_t sum =
            dot_step(contract, step.a_operand(), step.b_operand(), 0, corners);
        const int exponent = decode(NumberFormat::kFp32, sum).exponent;
        // Half of the sum's last place, a little more or less.
        constexpr std::array<std::uint32_t, 6> kFractions{0, 1, 2, 0x7f, 0x7ffffe, 0x7fffff};
        const auto field = static_cast<std::uint32_t>(exponent + 127 - 24) - i / 6 % 2;
        step.c = (i / 12 % 2) << 31 | field << 23 | kFractions[i % 6];
        out.push_back(std::move(step));
    }
    return out;
}

}  // namespace vr::testing
