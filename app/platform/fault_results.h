// SPDX-License-Identifier: Apache-2.0
// What faults of the GPUs' memories did, for the result of a run.
#pragma once

#include "app/platform/machine.h"
#include "app/report/run_result.h"

namespace vr {

/// From now on whoever reads contents, for digests say, gets what `end` gives, and counts nothing.
void observe_contents(const Machine& machine, Time end);
/// Fills `memory_faults`, and `failed` of its operators.
void gather_faults(const Machine& machine, const Workload& workload, RunResult& result);

}  // namespace vr
