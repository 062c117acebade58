// SPDX-License-Identifier: Apache-2.0
// The laws that every run's result is held against, whatever produced it.
#pragma once

#include "app/report/run_result.h"

namespace vr {

/// Checks: the charges sum to the makespan and each has a real owner; no resource did more than its
/// peak; L2 hits and misses sum to the requested bytes of each tensor; operators lie within the
/// run, and are complete in a complete run; every tensor that is read came from HBM at least once
/// (detailed level). Appends each to `result.laws`. Throws LawBroken with the smallest witness.
void check_laws(RunResult& result);

}  // namespace vr
