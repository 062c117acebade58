// SPDX-License-Identifier: Apache-2.0
// Switches of accumulation rules.
// Not modelled: see contract_switches.h.
#include "models/numerics/contract_switches.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "models/base/error.h"
#include "models/numerics/tile_multiply.h"

namespace vr {
namespace {

constexpr int kLargestK = 128;
constexpr int kLowestFloor = -1000;
constexpr int kHighestFloor = 127;
const std::vector<int> kPlainSteps{4, 8, 16, 32, 64};
const std::vector<int> kGroupedSteps{16, 32, 48, 64, 96, 128};

[[noreturn]] void refuse(std::string_view given, const std::string& allowed) {
    throw UsageError(fmt::format("accumulation rule: '{}'; allowed: {}", given, allowed));
}

int whole(std::string_view word, std::string_view value) {
    int out = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out);
    if (error != std::errc{} || end != value.data() + value.size()) {
        refuse(word, "a whole number after '='");
    }
    return out;
}

bool first_of(std::string_view word, std::string_view value, std::string_view yes,
              std::string_view no) {
    if (value != yes && value != no) {
        refuse(word, fmt::format("{} or {} after '='", yes, no));
    }
    return value == yes;
}

void set_word(RuleSwitches& out, std::string_view word) {
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string_view name = word.substr(0, equals);
    const std::string_view value = word.substr(std::min(equals + 1, word.size()));
    if (name == "K") {
        out.instruction_k = whole(word, value);
    } else if (name == "L") {
        out.products_per_step = whole(word, value);
    } else if (name == "F") {
        out.fraction_bits = whole(word, value);
    } else if (name == "floor") {
        out.zero_floor = whole(word, value);
    } else if (name == "zero_group") {
        out.zero_group_takes_part = first_of(word, value, "in", "out");
    } else if (name == "result") {
        out.round_to_nearest = first_of(word, value, "nearest", "cut");
    } else {
        refuse(word, "K=, L=, F=, floor=, zero_group=in|out, result=nearest|cut");
    }
}

void check_range(const char* name, int value, int lowest, int highest) {
    if (value < lowest || value > highest) {
        refuse(fmt::format("{}={}", name, value), fmt::format("{} to {}", lowest, highest));
    }
}

void check_lengths(const DotContract& contract) {
    const AccumulationRule& rule = contract.rule;
    std::vector<int> allowed = rule.group == 1 ? kPlainSteps : kGroupedSteps;
    std::erase_if(allowed, [&](int length) {
        return contract.scale && (length % contract.block != 0 || length % rule.group != 0);
    });
    if (std::find(allowed.begin(), allowed.end(), rule.products_per_step) == allowed.end()) {
        refuse(fmt::format("L={}", rule.products_per_step),
               fmt::format("{} for {}", fmt::join(allowed, ", "), contract.name));
    }
    if (rule.instruction_k % rule.products_per_step != 0 || rule.instruction_k <= 0 ||
        rule.instruction_k > kLargestK) {
        refuse(fmt::format("K={}", rule.instruction_k),
               fmt::format("a multiple of L = {}, up to {}", rule.products_per_step, kLargestK));
    }
}

int product_fraction_bits(const DotContract& contract) {
    return properties(contract.a).mantissa_bits + properties(contract.b).mantissa_bits +
           (contract.rule.group > 1 ? 2 * properties(*contract.scale).mantissa_bits : 0);
}

/// A changed rule is an assumption, and one of Rubin's may have become the other.
void name_assumptions(AccumulationRule& rule) {
    rule.assumptions.add(Corner::kRuleSwitched);
    if (rule.assumptions.has(Corner::kRubinFusedStep) ||
        rule.assumptions.has(Corner::kRubinTwoSteps)) {
        const bool fused = rule.products_per_step == rule.instruction_k;
        rule.assumptions.remove(fused ? Corner::kRubinTwoSteps : Corner::kRubinFusedStep);
        rule.assumptions.add(fused ? Corner::kRubinFusedStep : Corner::kRubinTwoSteps);
    }
}

}  // namespace

bool RuleSwitches::empty() const {
    return !instruction_k && !products_per_step && !fraction_bits && !zero_floor &&
           !zero_group_takes_part && !round_to_nearest;
}

RuleSwitches parse_rule_switches(std::string_view text) {
    RuleSwitches out;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        set_word(out, text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return out;
}

DotContract with_switches(DotContract contract, const RuleSwitches& switches) {
    AccumulationRule& rule = contract.rule;
    std::vector<std::string> changes;
    const std::string before = contract.name;
    if (switches.instruction_k || switches.products_per_step) {
        rule.instruction_k = switches.instruction_k.value_or(rule.instruction_k);
        rule.products_per_step = switches.products_per_step.value_or(rule.products_per_step);
        check_lengths(contract);
        changes.push_back(fmt::format("K={}", rule.instruction_k));
        changes.push_back(fmt::format("L={}", rule.products_per_step));
    }
    if (switches.fraction_bits) {
        check_range("F", *switches.fraction_bits, product_fraction_bits(contract),
                    most_fraction_bits(rule));
        rule.fraction_bits = *switches.fraction_bits;
        changes.push_back(fmt::format("F={}", rule.fraction_bits));
    }
    if (switches.zero_floor) {
        check_range("floor", *switches.zero_floor, kLowestFloor, kHighestFloor);
        rule.zero_floor = *switches.zero_floor;
        changes.push_back(fmt::format("floor={}", rule.zero_floor));
    }
    if (switches.zero_group_takes_part) {
        rule.zero_group_takes_part = *switches.zero_group_takes_part;
        changes.push_back(rule.zero_group_takes_part ? "zero_group=in" : "zero_group=out");
    }
    if (switches.round_to_nearest) {
        if (rule.output == OutputRule::kFp16NearestEven) {
            refuse("result=", fmt::format("no change of it for {}: fp16 results", before));
        }
        rule.output =
            *switches.round_to_nearest ? OutputRule::kFp32NearestEven : OutputRule::kFp32TowardZero;
        changes.push_back(*switches.round_to_nearest ? "result=nearest" : "result=cut");
    }
    if (!changes.empty()) {
        name_assumptions(rule);
        contract.name = fmt::format("{} ({})", before, fmt::join(changes, ","));
    }
    return contract;
}

}  // namespace vr
