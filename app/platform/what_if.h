// SPDX-License-Identifier: Apache-2.0
// What a run gains from twice of a resource: the machine is changed and run again. A charge says
// who had the time; only this says what helps.
#pragma once

#include <string>
#include <vector>

#include "app/platform/platform_config.h"
#include "app/platform/simulation.h"

namespace vr {

/// A change of the machine that is named after the resource whose charges it addresses.
struct Doubling {
    const char* resource;  ///< as in ChargeResult
    const char* change;    ///< for people: "twice the HBM"
    void (*apply)(PlatformConfig& config);
};
/// Every resource of a GPU that has one: widths and rates twice, latencies half.
[[nodiscard]] const std::vector<Doubling>& doublings();

/// Re-runs for the resources with at least `least_share` percent of the makespan, largest charge
/// first. `result` is the run without change, `request` what it ran. Events, audits and waves of
/// the request are left out.
[[nodiscard]] std::vector<WhatIfResult> what_if(Configuration& configuration,
                                                const RunRequest& request, const RunResult& result,
                                                std::int64_t least_share = 2);

}  // namespace vr
