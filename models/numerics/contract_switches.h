// SPDX-License-Identifier: Apache-2.0
// Changing the rule of a contract: what is not published of Rubin (and of K = 96 on Blackwell
// Ultra) are parameters. Not modelled: rules that no switch names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "models/numerics/contract.h"

namespace vr {

/// What is to change; what is not set stays.
struct RuleSwitches {
    std::optional<int> instruction_k;      ///< K: products of the widest instruction
    std::optional<int> products_per_step;  ///< L: products aligned together; K is a multiple
    std::optional<int> fraction_bits;      ///< F
    std::optional<int> zero_floor;         ///< smallest alignment exponent
    std::optional<bool> zero_group_takes_part;
    std::optional<bool> round_to_nearest;  ///< fp32 results to nearest even, else toward zero

    [[nodiscard]] bool empty() const;
};

/// Switches from a text: words NAME=VALUE with commas between, where NAME is K, L, F, floor,
/// zero_group (in or out) or result (nearest or cut): "K=96,L=96,F=34". "" changes nothing. Throws
/// UsageError with what is allowed.
[[nodiscard]] RuleSwitches parse_rule_switches(std::string_view text);

/// The contract with its rule changed; its name says how. Throws UsageError with what is allowed
/// when the rule cannot have such a value: L is 4, 8, 16, 32 or 64, of FP4 16, 32, 48, 64, 96 or
/// 128 and whole scale blocks; F is what the fast path takes (tile_multiply.h), and at least the
/// fraction bits of a product.
[[nodiscard]] DotContract with_switches(DotContract contract, const RuleSwitches& switches);

}  // namespace vr
