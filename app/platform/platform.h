// SPDX-License-Identifier: Apache-2.0
// The platform as the verbs see it: all of its parameters bound, and the peak rates that follow
// from them.
#pragma once

#include <cstdint>

#include "models/base/configuration.h"
#include "models/base/quantity.h"
#include "models/transport/workload.h"

namespace vr {

/// Peak rates of one GPU, per second, and the number of GPUs.
struct PlatformPeaks {
    std::int64_t gpus = 1;
    std::int64_t bf16_flops = 0;
    std::int64_t fp8_flops = 0;
    std::int64_t nvfp4_flops = 0;
    std::int64_t vector_flops = 0;
    Bandwidth hbm;
    Bandwidth to_gpu;   ///< payload from the host; 0 without a host
    Bandwidth to_host;  ///< payload to the host
    Time launch;        ///< from the end of one operator to the first work of the next

    /// Tensor-core peak for operands of a type; 0 when it has none.
    [[nodiscard]] std::int64_t tensor_flops(TensorType type) const;
};

/// Binds every parameter of the platform and finishes the configuration: afterwards the ledger is
/// complete. Throws InputError with every problem.
[[nodiscard]] PlatformPeaks bind_platform(Configuration& configuration);

}  // namespace vr
