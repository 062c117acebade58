// SPDX-License-Identifier: Apache-2.0
// Decoding of operands for the fast path.
// Not modelled: see decoded_operand.h.
#include "models/numerics/decoded_operand.h"

#include <algorithm>
#include <array>

#include "models/base/error.h"

namespace vr {
namespace {

/// Signed significand and exponent of one element, with the special exponents of DecodedOperand.
struct Pair {
    std::int16_t significand;
    std::int16_t exponent;
};

Pair pair_of(NumberFormat format, std::uint32_t code) {
    const Decoded d = decode(format, code);
    const int sign = d.negative ? -1 : 1;
    switch (d.kind) {
        case NumberClass::kZero:
            return {0, DecodedOperand::kZeroExponent};
        case NumberClass::kFinite:
            return {static_cast<std::int16_t>(sign * static_cast<int>(d.significand)),
                    static_cast<std::int16_t>(d.exponent)};
        case NumberClass::kInfinity:
            return {static_cast<std::int16_t>(sign), DecodedOperand::kInfinityExponent};
        case NumberClass::kNan:
            break;
    }
    return {1, DecodedOperand::kNanExponent};
}

bool is_finite(const Pair& pair) {
    return pair.exponent < DecodedOperand::kInfinityExponent;
}

}  // namespace

std::uint32_t packed_code(const OperandView& view, NumberFormat format, std::int64_t row,
                          std::int64_t k) {
    const std::uint8_t* bytes = view.elements + row * view.row_bytes;
    switch (properties(format).bits) {
        case 4:
            return bytes[k / 2] >> (k % 2 * 4) & 0xfU;
        case 6:
            return bytes[k] & 0x3fU;
        case 8:
            return bytes[k];
        case 16:
            return static_cast<std::uint32_t>(bytes[2 * k] | bytes[2 * k + 1] << 8);
        case 32:
            return static_cast<std::uint32_t>(bytes[4 * k]) |
                   static_cast<std::uint32_t>(bytes[4 * k + 1]) << 8 |
                   static_cast<std::uint32_t>(bytes[4 * k + 2]) << 16 |
                   static_cast<std::uint32_t>(bytes[4 * k + 3]) << 24;
        default:
            throw InternalError(fmt::format("{} has no packed layout", properties(format).name));
    }
}

DecodedOperand::DecodedOperand(const DotContract& contract, OperandSide side,
                               const OperandView& view)
    : rows_(view.rows),
      k_(view.k),
      step_length_(contract.rule.products_per_step),
      steps_((view.k + step_length_ - 1) / step_length_),
      groups_(contract.rule.terms()),
      significands_(static_cast<std::size_t>(rows_ * steps_ * step_length_), 0),
      summaries_(static_cast<std::size_t>(rows_ * steps_)) {
    ensure(view.rows >= 0 && view.k >= 0 && (view.elements != nullptr || view.rows * view.k == 0),
           "operand of {} rows, {} elements without data", view.rows, view.k);
    ensure(contract.scale.has_value() == (view.scales != nullptr) || view.rows * view.k == 0,
           "{}: block scales missing or too many", contract.name);
    const NumberFormat format = side == OperandSide::kA ? contract.a : contract.b;
    if (contract.rule.group > 1) {
        decode_grouped(contract, format, view);
    } else {
        decode_plain(contract, format, view);
    }
}

void DecodedOperand::decode_plain(const DotContract& contract, NumberFormat format,
                                  const OperandView& view) {
    exponents_.assign(significands_.size(), kZeroExponent);
    std::vector<Pair> table;  // of all codes of narrow formats
    if (properties(format).bits <= 8) {
        for (std::uint32_t code = 0; code < 1U << properties(format).bits; ++code) {
            table.push_back(pair_of(format, code));
        }
    }
    for (std::int64_t row = 0; row < rows_; ++row) {
        for (std::int64_t i = 0; i < k_; ++i) {
            const std::uint32_t code = packed_code(view, format, row, i);
            Pair pair = table.empty() ? pair_of(format, code) : table[code];
            if (contract.scale) {
                const Decoded scale = decode(
                    *contract.scale, view.scales[row * view.scale_row_bytes + i / contract.block]);
                if (scale.kind == NumberClass::kNan) {
                    pair = {1, kNanExponent};
                } else if (is_finite(pair) && pair.significand != 0) {
                    pair.exponent = static_cast<std::int16_t>(pair.exponent + scale.exponent);
                }
            }
            if (format == NumberFormat::kTf32 && (code & 0x7fffe000U) == 0x7f800000U &&
                (code & 0x1fffU) != 0) {
                corners_.add(Corner::kTf32Payload);
            }
            const std::int64_t at = (row * steps_) * step_length_ + i;
            significands_[static_cast<std::size_t>(at)] = pair.significand;
            exponents_[static_cast<std::size_t>(at)] = pair.exponent;
            StepSummary& summary =
                summaries_[static_cast<std::size_t>(row * steps_ + i / step_length_)];
            if (i % step_length_ == 0) {
                summary.largest_exponent = kZeroExponent;
            }
            summary.special = summary.special || !is_finite(pair);
            summary.has_zero = summary.has_zero || pair.significand == 0;
            summary.largest_exponent = std::max(summary.largest_exponent, pair.exponent);
        }
    }
}

void DecodedOperand::decode_grouped(const DotContract& contract, NumberFormat format,
                                    const OperandView& view) {
    const int smallest = properties(format).minimum_exponent();
    std::array<std::int16_t, 16> table{};
    ensure(properties(format).bits == 4, "groups of {} are not supported", properties(format).name);
    for (std::uint32_t code = 0; code < 16; ++code) {
        const Decoded d = decode(format, code);
        const int value = static_cast<int>(d.significand) << (d.exponent - smallest);
        table[code] = static_cast<std::int16_t>(d.negative ? -value : value);
    }
    // Groups beyond K: significand 0 with an exponent that is never the largest.
    scale_significands_.assign(static_cast<std::size_t>(rows_ * steps_ * groups_), 0);
    scale_exponents_.assign(scale_significands_.size(), kZeroExponent);
    for (std::int64_t row = 0; row < rows_; ++row) {
        std::int16_t* const out = significands_.data() + row * steps_ * step_length_;
        for (std::int64_t i = 0; i < k_; ++i) {
            out[i] = table[packed_code(view, format, row, i)];
        }
        for (std::int64_t i = 0; i < k_; i += contract.rule.group) {
            const Decoded scale = decode(
                *contract.scale, view.scales[row * view.scale_row_bytes + i / contract.block]);
            const std::int64_t at = row * steps_ * groups_ + i / contract.rule.group;
            scale_significands_[static_cast<std::size_t>(at)] =
                static_cast<std::int16_t>(scale.significand);
            scale_exponents_[static_cast<std::size_t>(at)] =
                static_cast<std::int16_t>(scale.exponent);
            if (scale.kind == NumberClass::kNan) {
                summaries_[static_cast<std::size_t>(row * steps_ + i / step_length_)].special =
                    true;
            }
        }
    }
}

}  // namespace vr
