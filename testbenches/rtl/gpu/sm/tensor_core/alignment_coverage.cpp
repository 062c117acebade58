// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/gpu/sm/tensor_core/alignment_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace vr::testing {

namespace {

constexpr std::array<std::string_view, kDistanceBins> kBinNames{"none",  "0", "1",   "2..F-f",
                                                                "..F-1", "F", "F+1", "beyond"};

bool grouped(const DotContract& contract) {
    return contract.rule.group > 1;
}
bool added_after(const DotContract& contract) {
    return contract.rule.accumulator == AccumulatorRule::kAddedAfter;
}
OperandRole element_role(const DotContract& contract) {
    return grouped(contract) ? OperandRole::kGroupElement : OperandRole::kElement;
}

std::string row_name(OperandRole role, NumberFormat format) {
    constexpr std::array<std::string_view, 4> kRoles{"", " in groups", " scale", " accumulator"};
    return fmt::format("{}{}", properties(format).name, kRoles[static_cast<std::size_t>(role)]);
}

// A term before the alignment: of one product, or of a group.
struct CoverageTerm {
    bool zero = true;
    int exponent = 0;
};

CoverageTerm term_of(const DotContract& contract, const DotOperand& a, const DotOperand& b,
                     std::size_t first, std::size_t last) {
    CoverageTerm term;
    std::int64_t sum = 0;
    for (std::size_t i = first; i < last; ++i) {
        const Decoded x = decode(contract.a, a.codes[i]);
        const Decoded y = decode(contract.b, b.codes[i]);
        const auto product = static_cast<std::int64_t>(x.significand * y.significand);
        if (grouped(contract)) {  // E2M1 has exponents from 0 on
            sum += (x.negative != y.negative ? -product : product) << (x.exponent + y.exponent);
        } else {
            sum = product;
            term.exponent = x.exponent + y.exponent;
        }
    }
    if (contract.scale) {
        const auto block = static_cast<std::size_t>(contract.block);
        const Decoded x = decode(*contract.scale, a.scales[first / block]);
        const Decoded y = decode(*contract.scale, b.scales[first / block]);
        sum *= static_cast<std::int64_t>(x.significand * y.significand);
        term.exponent += x.exponent + y.exponent;
    }
    term.zero = sum == 0;
    return term;
}

ExponentRange sum_of(const ExponentRange& x, const ExponentRange& y) {
    return {x.lowest + y.lowest, x.highest + y.highest};
}

// `scale`: of the product of two scales.
ExponentRange term_exponents(const DotContract& contract, const ExponentRange& a,
                             const ExponentRange& b, const ExponentRange& scale) {
    const int elements = grouped(contract) ? 0 : 1;
    return {elements * (a.lowest + b.lowest) + scale.lowest,
            elements * (a.highest + b.highest) + scale.highest};
}

}  // namespace

int product_fraction(const DotContract& contract) {
    return properties(contract.a).mantissa_bits + properties(contract.b).mantissa_bits +
           (grouped(contract) ? 2 * properties(*contract.scale).mantissa_bits : 0);
}

DistanceBin bin_of(const DotContract& contract, int distance) {
    for (const DistanceBin bin : {DistanceBin::kZero, DistanceBin::kOne, DistanceBin::kWhole,
                                  DistanceBin::kCut, DistanceBin::kLast, DistanceBin::kCarry}) {
        const auto [lowest, highest] = distances(contract, bin);
        if (distance >= lowest && distance <= highest) {
            return bin;
        }
    }
    return DistanceBin::kBeyond;
}

std::pair<int, int> distances(const DotContract& contract, DistanceBin bin) {
    const int most = contract.rule.fraction_bits;
    const int whole = std::max(most - product_fraction(contract), 1);
    switch (bin) {
        case DistanceBin::kNone:
        case DistanceBin::kZero:
            return {0, 0};
        case DistanceBin::kOne:
            return {1, 1};
        case DistanceBin::kWhole:
            return {2, whole};
        case DistanceBin::kCut:
            return {whole + 1, most - 1};
        case DistanceBin::kLast:
            return {most, most};
        case DistanceBin::kCarry:
            return {most + 1, most + 1};
        case DistanceBin::kBeyond:
            break;
    }
    return {most + 2, 10'000};
}

std::set<CoverageCell> reachable_cells(const DotContract& contract) {
    std::set<CoverageCell> out;
    const NumberFormat accumulator = contract.accumulator_format();
    const ExponentRange c = exponents(accumulator);
    const ExponentRange a = exponents(contract.a);
    const ExponentRange b = exponents(contract.b);
    const ExponentRange one = contract.scale ? exponents(*contract.scale) : ExponentRange{};
    const ExponentRange terms = term_exponents(contract, a, b, sum_of(one, one));
    const int top = added_after(contract) ? terms.highest : std::max(terms.highest, c.highest);
    // `nearest` and `farthest`: the distances that there are; `idle`: it may take no part.
    const auto add = [&](OperandRole role, NumberFormat format, OperandClass kind, bool idle,
                         int nearest, int farthest) {
        SplitMix64 random(1);
        if (!code_of(format, kind, random)) {
            return;
        }
        if (idle || !is_aligned(kind)) {
            out.insert({role, format, kind, DistanceBin::kNone});
        }
        for (std::size_t i = 1; i < kDistanceBins && is_aligned(kind); ++i) {
            const auto bin = static_cast<DistanceBin>(i);
            const auto [from, to] = distances(contract, bin);
            if (std::max(from, nearest) <= std::min(to, farthest)) {
                out.insert({role, format, kind, bin});
            }
        }
    };
    const int floor = contract.rule.zero_floor;
    const auto add_term = [&](OperandRole role, NumberFormat format, OperandClass kind,
                              const ExponentRange& range) {
        add(role, format, kind, true, std::max(0, floor - range.highest), top - range.lowest);
    };
    for (const OperandClass kind : kOperandClasses) {
        add_term(element_role(contract), contract.a, kind,
                 term_exponents(contract, exponents(contract.a, kind), b, sum_of(one, one)));
        add_term(element_role(contract), contract.b, kind,
                 term_exponents(contract, a, exponents(contract.b, kind), sum_of(one, one)));
        if (contract.scale) {
            const ExponentRange scale = exponents(*contract.scale, kind);
            add_term(OperandRole::kScale, *contract.scale, kind,
                     term_exponents(contract, a, b, sum_of(scale, one)));
        }
        if (!added_after(contract)) {
            // Beside the accumulator lies nothing, or a term: of groups also where it is zero.
            const ExponentRange range = exponents(accumulator, kind);
            const int lowest = std::max(floor, terms.lowest);
            add(OperandRole::kAccumulator, accumulator, kind, false,
                std::max(0, lowest - range.highest), std::max(floor, terms.highest) - range.lowest);
            if (!grouped(contract) && is_aligned(kind) && range.highest >= floor) {
                out.insert({OperandRole::kAccumulator, accumulator, kind, DistanceBin::kZero});
            }
        }
    }
    return out;
}

void AlignmentCoverage::add(const DotContract& contract, const DotOperand& a, const DotOperand& b,
                            std::uint32_t c) {
    const std::size_t group = static_cast<std::size_t>(contract.rule.group);
    const NumberFormat accumulator = contract.accumulator_format();
    const OperandClass c_kind = class_of(accumulator, c);
    const bool c_aligned = is_aligned(c_kind) && !added_after(contract);
    std::vector<CoverageTerm> terms;
    int largest = contract.rule.zero_floor;
    bool special = !is_aligned(c_kind) && decode(accumulator, c).kind != NumberClass::kZero;
    const auto notice = [&](NumberFormat format, std::uint32_t code) {
        const NumberClass kind = decode(format, code).kind;
        special = special || kind == NumberClass::kInfinity || kind == NumberClass::kNan;
    };
    for (std::size_t i = 0; i < a.codes.size(); ++i) {
        notice(contract.a, a.codes[i]);
        notice(contract.b, b.codes[i]);
    }
    for (std::size_t i = 0; i < a.scales.size(); ++i) {
        notice(*contract.scale, a.scales[i]);
        notice(*contract.scale, b.scales[i]);
    }
    for (std::size_t i = 0; i < a.codes.size(); i += group) {
        terms.push_back(term_of(contract, a, b, i, std::min(i + group, a.codes.size())));
        if (!terms.back().zero || (group > 1 && contract.rule.zero_group_takes_part)) {
            largest = std::max(largest, terms.back().exponent);
        }
    }
    const int c_exponent = decode(accumulator, c).exponent;
    if (c_aligned) {
        largest = std::max(largest, c_exponent);
    }
    // A special value decides the result: nothing is aligned beside it.
    const auto bin = [&](OperandClass kind, bool zero, int exponent) {
        return special || zero || !is_aligned(kind) ? DistanceBin::kNone
                                                    : bin_of(contract, largest - exponent);
    };
    const auto note = [&](OperandRole role, NumberFormat format, std::uint32_t code,
                          const CoverageTerm& term) {
        const OperandClass kind = class_of(format, code);
        ++counts_[{role, format, kind, bin(kind, term.zero, term.exponent)}];
    };
    for (std::size_t i = 0; i < a.codes.size(); ++i) {
        note(element_role(contract), contract.a, a.codes[i], terms[i / group]);
        note(element_role(contract), contract.b, b.codes[i], terms[i / group]);
        if (contract.scale) {
            const std::size_t at = i / static_cast<std::size_t>(contract.block);
            note(OperandRole::kScale, *contract.scale, a.scales[at], terms[i / group]);
            note(OperandRole::kScale, *contract.scale, b.scales[at], terms[i / group]);
        }
    }
    if (!added_after(contract)) {
        note(OperandRole::kAccumulator, accumulator, c, {!c_aligned, c_exponent});
    }
}

std::uint64_t AlignmentCoverage::count(const CoverageCell& cell) const {
    const auto found = counts_.find(cell);
    return found == counts_.end() ? 0 : found->second;
}

std::vector<CoverageCell> AlignmentCoverage::missing(const std::set<CoverageCell>& cells) const {
    std::vector<CoverageCell> out;
    std::copy_if(cells.begin(), cells.end(), std::back_inserter(out),
                 [&](const CoverageCell& cell) { return count(cell) == 0; });
    return out;
}

std::string AlignmentCoverage::table(const std::set<CoverageCell>& reachable) const {
    std::string out = fmt::format("{:<17}{:<12}", "format", "value");
    for (const std::string_view name : kBinNames) {
        out += fmt::format("{:>9}", name);
    }
    out += '\n';
    std::optional<std::pair<OperandRole, NumberFormat>> last;
    for (const CoverageCell& cell : reachable) {
        if (cell.bin != DistanceBin::kNone &&
            reachable.contains({cell.role, cell.format, cell.kind, DistanceBin::kNone})) {
            continue;  // a row is printed at its first cell
        }
        if (cell.bin > DistanceBin::kZero) {
            continue;
        }
        const std::pair row{cell.role, cell.format};
        out += fmt::format("{:<17}{:<12}", row == last ? "" : row_name(cell.role, cell.format),
                           class_name(cell.kind));
        last = row;
        for (std::size_t i = 0; i < kDistanceBins; ++i) {
            const CoverageCell at{cell.role, cell.format, cell.kind, static_cast<DistanceBin>(i)};
            out += reachable.contains(at) ? fmt::format("{:>9}", count(at))
                                          : fmt::format("{:>9}", "-");
        }
        out += '\n';
    }
    return out;
}

std::string cell_text(const CoverageCell& cell) {
    return fmt::format("{}, {}, distance {}", row_name(cell.role, cell.format),
                       class_name(cell.kind), kBinNames[static_cast<std::size_t>(cell.bin)]);
}

}  // namespace vr::testing
