// SPDX-License-Identifier: Apache-2.0
// Which parameters stand behind each resource that a report names.
#pragma once

#include <vector>

#include "app/report/run_result.h"

namespace vr {

/// Resources of the detailed level with the paths of the parameters, or of their groups, that make
/// their time.
[[nodiscard]] std::vector<ResourceParameters> resource_parameters();

}  // namespace vr
