// SPDX-License-Identifier: Apache-2.0
// Which estimated parameters stand behind the time of a run.
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

/// Parameters with status "estimated" below the prefixes of every resource that owns at least 5 %
/// of the makespan; largest owner first, then in order of the ledger. A parameter counts for the
/// first such resource only.
[[nodiscard]] std::vector<MatteringParameter> mattering_parameters(const RunResult& result);

/// Time owned per resource, largest first (ties: order of first appearance).
struct OwnedTime {
    std::string resource;
    Time owned;
};
[[nodiscard]] std::vector<OwnedTime> owned_by_resource(const RunResult& result);

}  // namespace vr
