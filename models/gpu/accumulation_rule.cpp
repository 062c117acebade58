// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/accumulation_rule.h"

#include <array>
#include <bit>

#include "models/base/error.h"
#include "models/numerics/contract_switches.h"

namespace vr {

namespace {

struct Kind {
    const char* key;     // of the parameter
    const char* format;  // in the names of contracts
    TensorType type;
    std::string AccumulationRuleConfig::*text;
};
constexpr std::array<Kind, 3> kKinds{{
    {"nvfp4", "nvfp4", TensorType::kNvfp4, &AccumulationRuleConfig::nvfp4},
    {"fp8", "e4m3", TensorType::kFp8E4m3, &AccumulationRuleConfig::fp8},
    {"bf16", "bf16", TensorType::kBf16, &AccumulationRuleConfig::bf16},
}};

DotContract changed(const std::string& architecture, const Kind& kind,
                    const AccumulationRuleConfig& changes) {
    const std::string name = fmt::format("{}.{}", architecture, kind.format);
    std::optional<DotContract> contract = named_contract(name);
    ensure(contract.has_value(), "no accumulation contract '{}'", name);
    return with_switches(*std::move(contract), parse_rule_switches(changes.*kind.text));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> AccumulationRuleConfig::problems(
    const std::string& architecture) const {
    std::vector<std::pair<std::string, std::string>> found;
    for (const Kind& kind : kKinds) {
        if ((this->*kind.text).empty()) {
            continue;
        }
        if (!named_contract(fmt::format("{}.{}", architecture, kind.format))) {
            found.emplace_back(
                kind.key, fmt::format("'{}' has no products of {}", architecture, kind.format));
            continue;
        }
        try {
            const int length = changed(architecture, kind, *this).rule.products_per_step;
            if (!std::has_single_bit(static_cast<unsigned>(length))) {
                found.emplace_back(
                    kind.key, fmt::format("L={} does not divide the K of a slot; allowed in a run: "
                                          "powers of two",
                                          length));
            }
        } catch (const UsageError& error) {
            found.emplace_back(kind.key, error.what());
        }
    }
    return found;
}

DotContract tensor_contract(const std::string& architecture, const AccumulationRuleConfig& changes,
                            TensorType type) {
    for (const Kind& kind : kKinds) {
        if (kind.type == type) {
            return changed(architecture, kind, changes);
        }
    }
    throw InternalError("tensor cores multiply NVFP4, FP8 and BF16 alone");
}

}  // namespace vr
