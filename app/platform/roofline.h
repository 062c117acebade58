// SPDX-License-Identifier: Apache-2.0
// Work that follows from a trace alone, and the lower bound of its time. No machine is simulated
// here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/platform/platform.h"
#include "app/report/run_result.h"
#include "models/transport/workload.h"

namespace vr {

/// What an operator must do on any machine.
struct OperatorWork {
    std::int64_t tensor_flops = 0;
    std::int64_t vector_flops = 0;
    TensorType type = TensorType::kBf16;  ///< of the tensor-core operands
    std::int64_t read_bytes = 0;          ///< all inputs
    std::int64_t write_bytes = 0;
    std::int64_t compulsory_bytes =
        0;                           ///< inputs that nobody can have brought into a cache before it
    std::int64_t to_gpu_bytes = 0;   ///< across C2C from the host
    std::int64_t to_host_bytes = 0;  ///< across C2C to the host
    Time replayed;  ///< recorded time of a replayed operator, which no machine changes
};

/// Work of every operator.
[[nodiscard]] std::vector<OperatorWork> count_work(const Workload& workload);
/// FLOPs at the peak of their kind, rounded up.
[[nodiscard]] Time flops_time(const OperatorWork& work, const PlatformPeaks& peaks);
/// Bytes at the HBM's peak, rounded up.
[[nodiscard]] Time hbm_time(std::int64_t bytes, const PlatformPeaks& peaks);
/// Bytes across C2C at its payload rate, rounded up.
[[nodiscard]] Time c2c_time(const OperatorWork& work, const PlatformPeaks& peaks);

/// Lower bounds: of each operator's time (FLOPs, compulsory bytes, bytes across C2C), and of the
/// makespan: the longest of the dependency path, all FLOPs of a GPU, all first reads of a GPU, and
/// all that crosses a GPU's C2C link in one direction. Launches cost nothing here.
struct RooflineBound {
    std::vector<Time> operators;
    Time makespan;
};
[[nodiscard]] RooflineBound roofline_bound(const Workload& workload, const PlatformPeaks& peaks);

}  // namespace vr
