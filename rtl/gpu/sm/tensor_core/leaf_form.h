// SPDX-License-Identifier: Apache-2.0
// What an instruction is to a dot-product leaf: settings of its pins, operands as it takes them.
// Not modelled: FP64, which is no leaf's (fp64_fma.sv).
#pragma once

#include <cstdint>
#include <vector>

#include "models/numerics/decoded_operand.h"
#include "models/numerics/exact_dot.h"
#include "rtl/gpu/sm/tensor_core/dot_leaf.h"

namespace vr {

/// Whether a leaf with the pins of fp_dot_step.sv computes this contract: every rule but those that
/// renormalise products, whose steps have at most 64 bytes an operand.
[[nodiscard]] bool leaf_supports(const DotContract& contract);

/// Bits from one element to the next in memory: 6-bit elements lie in a byte each.
[[nodiscard]] int packed_bits(NumberFormat format);

/// A step of `count` products by a contract that leaf_supports(); operands and c are missing.
[[nodiscard]] LeafStep leaf_form(const DotContract& contract, std::int64_t count);
/// The same of integers: int8 and uint8, or ti16.
[[nodiscard]] LeafStep leaf_form(NumberFormat a, NumberFormat b, IntegerOverflow overflow,
                                 std::int64_t count);

/// One row of an operand in one step.
struct LeafRow {
    std::array<std::uint8_t, kLeafBytes> bytes{};
    std::array<std::uint8_t, kLeafGroups> scales{};
};
/// Rows of one step: `view.k` is at most the contract's products.
[[nodiscard]] std::vector<LeafRow> leaf_rows(const DotContract& contract, NumberFormat format,
                                             const OperandView& view);

}  // namespace vr
