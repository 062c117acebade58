// SPDX-License-Identifier: Apache-2.0
// Changes of the rules by which tensor cores accumulate, kind by kind: what is not published of
// Rubin, as parameters of a run. Not modelled: steps that do not divide the K of a slot (K = 96).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/numerics/contract.h"
#include "models/transport/workload.h"

namespace vr {

/// Texts of contract_switches.h, "" for no change.
struct AccumulationRuleConfig {
    std::string nvfp4;
    std::string fp8;
    std::string bf16;

    template <class Visitor>
    void parameters(Visitor& p) {
        p.optional("nvfp4", nvfp4, "", {}, "changes for NVFP4 products, as L=64,F=34");
        p.optional("fp8", fp8, "", {}, "changes for FP8 products");
        p.optional("bf16", bf16, "", {}, "changes for BF16 products");
    }
    /// Changes that the rules of an architecture cannot have: (key, what is wrong and allowed).
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> problems(
        const std::string& architecture) const;
};

/// The contract by which tensor cores of an architecture ("rubin") multiply operands of a type.
[[nodiscard]] DotContract tensor_contract(const std::string& architecture,
                                          const AccumulationRuleConfig& changes, TensorType type);

}  // namespace vr
