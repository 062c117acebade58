// SPDX-License-Identifier: Apache-2.0
// Checks a command trace of one pseudo-channel against the standard's gaps, from the parameters
// alone: every pair of commands within reach is looked at, nothing is shared with the model's
// timers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/hbm4/controller/observer.h"
#include "models/hbm4/hbm4_config.h"

namespace vr::testing {

struct CheckResult {
    std::vector<std::string> violations;
    std::map<std::string, std::int64_t> slack;  ///< smallest distance above the limit, per rule
    std::int64_t open_banks = 0;                ///< at the end
};

/// `commands` in order of time.
[[nodiscard]] CheckResult check_commands(const Hbm4Config& config,
                                         const std::vector<hbm4::CommandRecord>& commands);

}  // namespace vr::testing
