// SPDX-License-Identifier: Apache-2.0
// What a run with a host side adds to its result: tensors at the host, C2C and host memory as
// resources, the law that credits return. Nothing of it in runs without one.
#pragma once

#include "app/platform/machine.h"
#include "app/report/run_result.h"

namespace vr {

/// Throws LawBroken when a run has ended, nothing can happen any more, and credits are missing.
void check_host_credits(const Machine& machine);
/// Appends a tensor that lies in a host's memory; `read`: some operator reads it before it is
/// written.
void gather_host_tensor(const Machine& machine, const Workload& workload, TensorIndex index,
                        bool read, RunResult& result);
/// What crossed C2C against the payload rate of full packets, and what the hosts' memories moved.
void gather_host_resources(const Machine& machine, const PlatformConfig& config, RunResult& result);
/// The parameters behind these resources.
void gather_host_parameters(const Machine& machine, RunResult& result);

}  // namespace vr
