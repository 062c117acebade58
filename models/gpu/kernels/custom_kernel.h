// SPDX-License-Identifier: Apache-2.0
// Kernels that users bring: a tile program as a new operator, found by name, as in the trace line
// {"op": "custom", "kernel": "NAME", "id": ..., "inputs": [...], "output": ...}.
// Not modelled: contents of operators that are no function of the elements at one place.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/registry.h"
#include "models/gpu/kernels/kernels.h"

namespace vr {

/// What an operator of this name is. One object per program that is built.
class CustomKernel {
  public:
    CustomKernel() = default;
    virtual ~CustomKernel() = default;
    CustomKernel(const CustomKernel&) = delete;
    CustomKernel& operator=(const CustomKernel&) = delete;
    /// The program of the operator. Throws InputError when it does not take the operator's tensors.
    [[nodiscard]] virtual TileProgram program(const Workload& workload, OperatorIndex index,
                                              const std::vector<TensorPlace>& places,
                                              const KernelTarget& target) const = 0;
    /// Floating-point operations, by definition.
    [[nodiscard]] virtual std::int64_t flops(const Workload& workload,
                                             const OperatorSpec& spec) const = 0;
};

[[nodiscard]] Registry<CustomKernel>& custom_kernels();

/// The program of a custom operator, checked: the name is registered, and where the operator
/// carries data the kernel says what becomes of them.
[[nodiscard]] TileProgram custom_program(const Workload& workload, OperatorIndex index,
                                         const std::vector<TensorPlace>& places,
                                         const KernelTarget& target);

}  // namespace vr
