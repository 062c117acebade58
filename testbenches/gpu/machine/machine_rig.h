// SPDX-License-Identifier: Apache-2.0
// A whole machine under test: built from a preset and the text of a trace, its tensors and the
// answers they should have. A test that looks into its units includes app/platform/machine.h.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/platform/platform_config.h"
#include "app/platform/simulation.h"
#include "models/gpu/tensor_contents.h"
#include "testbenches/gpu/support/load_gpu.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr {
class Gpu;
class Machine;
}  // namespace vr

namespace vr::testing {

using Sets = std::vector<std::string>;

PlatformConfig platform_of(const std::string& platform, Sets sets = {});

/// A trace of one GEMM whose operands carry seeded contents.
std::string gemm_trace(std::int64_t m, std::int64_t n, std::int64_t k, const std::string& type,
                       const std::string& out, bool data = true);

RunRequest request_of(const std::string& trace, std::uint64_t seed = 1);

/// A machine and what it was built from.
class MachineRig {
  public:
    explicit MachineRig(const std::string& trace, const std::string& platform = "tiny",
                        Sets sets = {}, std::uint64_t seed = 1);
    ~MachineRig();
    [[nodiscard]] Gpu& gpu(std::size_t number = 0);
    [[nodiscard]] const TensorSpec& tensor(std::size_t i) const {
        return request.workload.tensors[i];
    }
    [[nodiscard]] const TensorPlace& place(std::size_t i);
    /// Elements (and scales) of a tensor as they lie in memory now.
    [[nodiscard]] TensorBytes bytes(std::size_t i);
    void run();
    /// D = A x B of the first GEMM by the reference, from the contents in memory now.
    [[nodiscard]] std::vector<std::uint32_t> reference();
    [[nodiscard]] std::vector<std::uint32_t> reference_of(const TensorBytes& a,
                                                          const TensorBytes& b);
    /// Codes of the elements of a BF16 or FP32 tensor.
    [[nodiscard]] std::vector<std::uint32_t> codes(std::size_t i);

    PlatformConfig config;
    RunRequest request;
    std::unique_ptr<Machine> machine;
};

/// A run as the command makes it, checked against its laws.
RunResult run_of(const RunRequest& request, const std::string& platform = "tiny", Sets sets = {});

/// The report without what may differ between equal runs.
std::string report_of(RunResult result);

}  // namespace vr::testing
