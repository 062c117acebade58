// SPDX-License-Identifier: Apache-2.0
// Which parameters stand behind each resource that a report names.
#pragma once

#include <vector>

#include "app/report/run_result.h"
#include "models/transport/workload.h"

namespace vr {

/// Resources of the detailed level with the paths of the parameters, or of their groups, that make
/// their time where work is submitted like this.
[[nodiscard]] std::vector<ResourceParameters> resource_parameters(Submission submission);

}  // namespace vr
