// SPDX-License-Identifier: Apache-2.0
// How much of a run was replayed from recorded times instead of simulated.
#pragma once

#include "app/report/run_result.h"

namespace vr {

/// Counts the replayed operators of a result, the time during which any of them ran (overlaps
/// count once) and the time charged to them.
[[nodiscard]] ReplayedResult replayed_share(const RunResult& result);

}  // namespace vr
