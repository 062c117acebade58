// SPDX-License-Identifier: Apache-2.0
// The SystemVerilog twins of a run's tensor cores, one leaf an SM, behind the interface of the
// model. Neither SystemC nor Verilator in this header. Not modelled: twins of single SMs; all or
// none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/platform/platform_config.h"
#include "app/platform/simulation.h"
#include "models/gpu/gpu.h"
#include "rtl/gpu/sm/tensor_core/leaf_multiplier.h"
#include "rtl/runtime/rtl_context.h"

namespace vr {

class RtlTensorCores {
  public:
    /// Twins as `gpu.sm.tensor_core.impl` and `.rtl_leaf` say, put behind the data paths of `gpus`;
    /// none for impl = "model". Throws InputError for a leaf that does not exist and for operators
    /// that carry data of a kind that leaves do not compute, UsageError when `request.waves` would
    /// have nothing to show. The GPUs use the twins until this goes.
    RtlTensorCores(const PlatformConfig& config, const RunRequest& request,
                   const std::vector<std::unique_ptr<Gpu>>& gpus);

    /// What a report says of the results of a matrix product that carries data.
    [[nodiscard]] std::string fidelity() const;
    /// Steps through all leaves, and their clocks together.
    [[nodiscard]] std::int64_t steps() const;
    [[nodiscard]] std::int64_t clocks() const;
    /// Appends the state of each leaf as "PATH.rtl": all that the verilated object holds, and the
    /// steps that went through it.
    void state_hashes(std::vector<StateHash>& out) const;

  private:
    std::string impl_;
    std::unique_ptr<RtlContext> context_;  // before the leaves: they use it to their end
    std::vector<std::unique_ptr<LeafMultiplier>> multipliers_;
};

}  // namespace vr
