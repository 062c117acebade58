// SPDX-License-Identifier: Apache-2.0
// What the resources of a machine did over a run, against what they could have done.
#pragma once

#include "app/platform/machine.h"
#include "app/report/run_result.h"

namespace vr {

/// Fills `resources` and `activity`, whose operators and makespan are there. Peaks are those of
/// `config`, whatever clocks the machine ran at.
void gather_resources(const Machine& machine, const PlatformConfig& config,
                      const Workload& workload, RunResult& result);

}  // namespace vr
