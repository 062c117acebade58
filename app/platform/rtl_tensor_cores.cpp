// SPDX-License-Identifier: Apache-2.0
#include "app/platform/rtl_tensor_cores.h"

#include <algorithm>

#include "models/base/error.h"
#include "rtl/gpu/sm/tensor_core/leaf_registry.h"

namespace vr {

namespace {

void check_leaf(const std::string& leaf) {
    const std::vector<std::string> known = dot_leaves();
    if (std::find(known.begin(), known.end(), leaf) == known.end()) {
        throw InputError(
            Diagnostic{"", 0, 0, fmt::format("gpu.sm.tensor_core.rtl_leaf: no RTL leaf '{}'", leaf),
                       fmt::format("{}", fmt::join(known, ", ")),
                       "a leaf is built by vrsim_add_rtl() and named by register_dot_leaf()"});
    }
}

// Checks the operators with matrix products that carry data; whether there is one.
bool check_operators(const Workload& workload, const GpuConfig& config, const Gpu& gpu) {
    std::vector<Diagnostic> problems;
    bool found = false;
    for (std::size_t i = 0; i < workload.operators.size(); ++i) {
        const OperatorSpec& op = workload.operators[i];
        const TileProgram& program = gpu.programs()[i];
        if (program.products.empty() || !program.carries_data) {
            continue;
        }
        found = true;
        const DotContract contract =
            tensor_contract(config.accumulation, config.accumulation_rule,
                            workload.tensors[op.inputs.front().value].type);
        if (!leaf_supports(contract)) {
            problems.push_back(
                {"", 0, 0,
                 fmt::format("operator '{}' (line {}) carries data by the contract {}, which no "
                             "RTL leaf computes",
                             op.id, op.line, contract.name),
                 fmt::format("steps of at most {} bytes an operand", kLeafBytes),
                 "run it with gpu.sm.tensor_core.impl=model"});
        }
    }
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
    return found;
}

void check_waves(const std::string& waves, bool twins, bool work) {
    if (waves.empty()) {
        return;
    }
    if (!twins) {
        throw UsageError(fmt::format(
            "--waves {}: this run has no RTL: add --set gpu.sm.tensor_core.impl=rtl (or both)",
            waves));
    }
    if (!work) {
        throw UsageError(
            fmt::format("--waves {}: the RTL has nothing to do: no gemm of the trace carries data; "
                        "give its tensors \"data\": \"seeded\"",
                        waves));
    }
}

}  // namespace

RtlTensorCores::RtlTensorCores(const PlatformConfig& config, const RunRequest& request,
                               const std::vector<std::unique_ptr<Gpu>>& gpus)
    : impl_(config.gpu.sm.tensor_core.impl) {
    const bool twins = impl_ != "model";
    bool work = false;
    if (twins) {
        check_leaf(config.gpu.sm.tensor_core.rtl_leaf);
        for (const auto& gpu : gpus) {
            work = check_operators(request.workload, config.gpu, *gpu) || work;
        }
    }
    check_waves(request.waves, twins, work);
    if (!work) {
        return;
    }
    context_ = std::make_unique<RtlContext>(request.waves);
    const LeafUse use = impl_ == "both" ? LeafUse::kLockStep : LeafUse::kAlone;
    for (std::size_t g = 0; g < gpus.size(); ++g) {
        const std::string gpu = gpus.size() == 1 ? "gpu" : fmt::format("gpu{}", g);
        std::vector<TileMultiplier*> by_sm;
        for (std::int64_t sm = 0; sm < config.gpu.sms; ++sm) {
            const std::string name = fmt::format("{}.sm{}.tensor_core", gpu, sm);
            multipliers_.push_back(std::make_unique<LeafMultiplier>(
                name, make_dot_leaf(config.gpu.sm.tensor_core.rtl_leaf, *context_, name), use));
            by_sm.push_back(multipliers_.back().get());
        }
        gpus[g]->data_path().multiply_with(std::move(by_sm));
    }
}

std::string RtlTensorCores::fidelity() const {
    if (impl_ == "both") {
        return "exact (RTL-checked)";
    }
    return impl_ == "rtl" ? "exact (RTL)" : "exact (reference)";
}

std::int64_t RtlTensorCores::steps() const {
    std::int64_t sum = 0;
    for (const auto& multiplier : multipliers_) {
        sum += multiplier->steps();
    }
    return sum;
}

std::int64_t RtlTensorCores::clocks() const {
    return context_ ? context_->clocks() : 0;
}

void RtlTensorCores::state_hashes(std::vector<StateHash>& out) const {
    for (const auto& multiplier : multipliers_) {
        add_state_hash(out, multiplier->name() + ".rtl", [&](StateHasher& to) {
            to(multiplier->leaf().digest(), multiplier->steps());
        });
    }
}

}  // namespace vr
