// SPDX-License-Identifier: Apache-2.0
// Who owns the time of a run: resources by their sums, and the estimated parameters behind them.
#pragma once

#include <string>
#include <vector>

#include "app/report/run_result.h"

namespace vr {

/// An estimated parameter behind a resource that owns a good part of the time.
struct MatteringParameter {
    std::string path;
    std::string value;
    std::string source;
    std::string resource;
    Time owned;  ///< by the resource, over the whole run
};

/// Parameters with status "estimated" that have an effect, behind every resource that owns at least
/// 5 % of the makespan.
/// A parameter belongs to the resource with the longest prefix of its path. Order: largest owner
/// first, inside it rates (latency, clock, width ...) before the rest, then as in the ledger; the
/// policies of our own controllers, for which no part has a figure, come last of all.
[[nodiscard]] std::vector<MatteringParameter> mattering_parameters(const RunResult& result);

/// Time owned per resource, largest first (ties: order of first appearance).
struct OwnedTime {
    std::string resource;
    Time owned;
};
[[nodiscard]] std::vector<OwnedTime> owned_by_resource(const RunResult& result);

/// The resource with the largest sum of charges; ties go to the one that comes first in the list.
[[nodiscard]] BoundResult bound_of(const std::vector<ChargeResult>& charges);

}  // namespace vr
