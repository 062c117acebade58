// SPDX-License-Identifier: Apache-2.0
// What custom kernels share: the arguments of an operator, refusals, whole tensors as accesses.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/gpu/kernels/kernels.h"
#include "models/gpu/kernels/thread_kernel.h"

namespace vr {

inline constexpr std::int64_t kMostThreads = 1024;  ///< of a block, by CUDA
inline constexpr std::int64_t kMostCount = std::int64_t{1} << 40;
inline constexpr std::int64_t kMostInstructions = 1'000'000;

/// Throws InputError that names the operator and its line.
[[noreturn]] void refuse_operator(const OperatorSpec& spec, const std::string& what,
                                  std::string allowed);

/// An empty program for an operator whose tensors have no contents. `inputs` are allowed (0: any
/// number).
[[nodiscard]] TileProgram timing_program(const Workload& workload, OperatorIndex index,
                                         std::size_t inputs);

/// A whole tensor as what threads load or store.
[[nodiscard]] ThreadAccess whole_access(const char* name, TensorIndex tensor,
                                        const std::vector<TensorPlace>& places);

/// The whole arguments of a custom operator by name, with defaults; names that are not asked for
/// are refused.
class KernelArguments {
  public:
    explicit KernelArguments(const OperatorSpec& spec) : spec_(spec) {}
    /// Throws InputError when the value is not from `least` to `most`.
    [[nodiscard]] std::int64_t get(const char* name, std::int64_t fallback, std::int64_t least,
                                   std::int64_t most);
    /// Throws InputError for an argument that nobody asked for.
    void finish() const;

  private:
    const OperatorSpec& spec_;
    std::vector<std::string> known_;
};

}  // namespace vr
