// SPDX-License-Identifier: Apache-2.0
// What faults of the GPUs' memories did, for the result of a run.
#pragma once

#include "app/platform/machine.h"
#include "app/report/run_result.h"
#include "models/hbm4/ecc/fault_config.h"
#include "models/hbm4/ecc/memory_faults.h"

namespace vr {

/// What is to be said of a memory at `end`, but for its tensors and operators.
[[nodiscard]] MemoryFaultResult fault_result(const hbm4::MemoryFaults& faults,
                                             const Hbm4FaultConfig& config, std::string memory,
                                             const hbm4::FaultCounts& counts);
/// From now on whoever reads contents, for digests say, gets what `end` gives, and counts nothing.
void observe_contents(const Machine& machine, Time end);
/// Fills `memory_faults`, and `failed` of its operators.
void gather_faults(const Machine& machine, const Workload& workload, RunResult& result);

}  // namespace vr
