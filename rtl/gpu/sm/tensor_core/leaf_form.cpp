// SPDX-License-Identifier: Apache-2.0
#include "rtl/gpu/sm/tensor_core/leaf_form.h"

#include <algorithm>
#include <optional>

#include "models/base/error.h"

namespace vr {

namespace {

constexpr int kWindow = 40;          // fp_dot_pkg.sv: fraction bits of its adder
constexpr int kLowestFloor = -1024;  // and what its exponents hold
constexpr int kHighestFloor = 1023;

std::optional<LeafFormat> leaf_format(NumberFormat format) {
    switch (format) {
        case NumberFormat::kE2m1:
            return LeafFormat::kE2m1;
        case NumberFormat::kE2m3:
            return LeafFormat::kE2m3;
        case NumberFormat::kE3m2:
            return LeafFormat::kE3m2;
        case NumberFormat::kE4m3:
            return LeafFormat::kE4m3;
        case NumberFormat::kE5m2:
            return LeafFormat::kE5m2;
        case NumberFormat::kFp16:
            return LeafFormat::kFp16;
        case NumberFormat::kBf16:
            return LeafFormat::kBf16;
        case NumberFormat::kTf32:
            return LeafFormat::kTf32;
        case NumberFormat::kInt8:
            return LeafFormat::kInt8;
        case NumberFormat::kUint8:
            return LeafFormat::kUint8;
        case NumberFormat::kTi16:
            return LeafFormat::kTi16;
        default:
            return std::nullopt;
    }
}

std::optional<LeafScale> leaf_scale(const std::optional<NumberFormat>& scale) {
    if (!scale) {
        return LeafScale::kNone;
    }
    switch (*scale) {
        case NumberFormat::kUe4m3:
            return LeafScale::kUe4m3;
        case NumberFormat::kUe8m0:
            return LeafScale::kUe8m0;
        case NumberFormat::kUe5m3:
            return LeafScale::kUe5m3;
        default:
            return std::nullopt;
    }
}

LeafOutput leaf_output(OutputRule rule) {
    switch (rule) {
        case OutputRule::kFp32TowardZero:
            return LeafOutput::kFp32Cut;
        case OutputRule::kE8m13TowardZero:
            return LeafOutput::kE8m13Cut;
        case OutputRule::kFp32NearestEven:
            return LeafOutput::kFp32Nearest;
        case OutputRule::kFp16NearestEven:
            break;
    }
    return LeafOutput::kFp16Nearest;
}

bool in_groups(const DotContract& contract) {
    return contract.rule.group > 1;
}

// Bits that an element takes in a leaf's operand.
int leaf_bits(const DotContract& contract, NumberFormat format) {
    return in_groups(contract) ? 4 : std::max(packed_bits(format), 8);
}

}  // namespace

int packed_bits(NumberFormat format) {
    const int bits = properties(format).bits;
    return bits == 6 ? 8 : bits;
}

bool leaf_supports(const DotContract& contract) {
    const AccumulationRule& rule = contract.rule;
    const bool grouped = in_groups(contract);
    const bool formats = grouped ? contract.a == NumberFormat::kE2m1 &&
                                       contract.b == NumberFormat::kE2m1 && rule.group == 16 &&
                                       contract.scale.has_value()
                                 : !contract.scale || *contract.scale == NumberFormat::kUe8m0;
    const int bits = leaf_bits(contract, contract.a);
    const int group = grouped ? 16 : static_cast<int>(kLeafBytes / kLeafGroups);
    const auto x = leaf_format(contract.a);
    const auto y = leaf_format(contract.b);
    return formats && x && y && *x < LeafFormat::kInt8 && *y < LeafFormat::kInt8 &&
           leaf_scale(contract.scale) && bits == leaf_bits(contract, contract.b) &&
           rule.products_per_step * bits <= static_cast<int>(kLeafBytes) * 8 &&
           (!contract.scale || contract.block % group == 0) && !rule.renormalise_products &&
           rule.fraction_bits <= kWindow && rule.zero_floor >= kLowestFloor &&
           rule.zero_floor <= kHighestFloor;
}

LeafStep leaf_form(const DotContract& contract, std::int64_t count) {
    ensure(leaf_supports(contract), "no leaf computes {}", contract.name);
    const AccumulationRule& rule = contract.rule;
    LeafStep step;
    step.valid = true;
    step.kind = in_groups(contract) ? LeafKind::kGroups : LeafKind::kProducts;
    step.a_format = *leaf_format(contract.a);
    step.b_format = *leaf_format(contract.b);
    step.scale = *leaf_scale(contract.scale);
    step.count = static_cast<std::uint8_t>(count);
    step.output = leaf_output(rule.output);
    step.fraction_bits = static_cast<std::uint8_t>(rule.fraction_bits);
    step.zero_floor = static_cast<std::int16_t>(rule.zero_floor);
    step.zero_group_takes_part = rule.zero_group_takes_part;
    step.added_after = rule.accumulator == AccumulatorRule::kAddedAfter;
    return step;
}

LeafStep leaf_form(NumberFormat a, NumberFormat b, IntegerOverflow overflow, std::int64_t count) {
    const auto x = leaf_format(a);
    const auto y = leaf_format(b);
    ensure(x && y && *x >= LeafFormat::kInt8 && *y >= LeafFormat::kInt8,
           "{} x {} is no product of integers", properties(a).name, properties(b).name);
    LeafStep step;
    step.valid = true;
    step.a_format = *x;
    step.b_format = *y;
    step.count = static_cast<std::uint8_t>(count);
    step.output =
        overflow == IntegerOverflow::kWrap ? LeafOutput::kInt32Wrap : LeafOutput::kInt32Clamp;
    return step;
}

std::vector<LeafRow> leaf_rows(const DotContract& contract, NumberFormat format,
                               const OperandView& view) {
    const auto bits = static_cast<std::size_t>(leaf_bits(contract, format));
    const std::int64_t group = in_groups(contract) ? 16 : kLeafBytes / kLeafGroups;
    std::vector<LeafRow> rows(static_cast<std::size_t>(view.rows));
    for (std::int64_t i = 0; i < view.rows; ++i) {
        LeafRow& row = rows[static_cast<std::size_t>(i)];
        for (std::int64_t k = 0; k < view.k; ++k) {
            const std::uint32_t code = packed_code(view, format, i, k);
            const std::size_t first = static_cast<std::size_t>(k) * bits;
            for (std::size_t bit = 0; bit < bits; bit += 8) {
                row.bytes[(first + bit) / 8] |= static_cast<std::uint8_t>(code >> bit << first % 8);
            }
        }
        for (std::int64_t k = 0; contract.scale && k < view.k; k += group) {
            row.scales[static_cast<std::size_t>(k / group)] =
                view.scales[i * view.scale_row_bytes + k / contract.block];
        }
    }
    return rows;
}

}  // namespace vr
