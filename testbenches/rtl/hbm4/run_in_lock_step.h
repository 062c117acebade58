// SPDX-License-Identifier: Apache-2.0
// Runs requests through a verilated scheduler in lock step with the core.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/hbm4/hbm4_config.h"
#include "rtl/hbm4/scheduler_pins.h"
#include "testbenches/hbm4/traffic.h"

namespace vr::testing {

struct Compared {
    std::int64_t commands = 0;
    std::int64_t ticks = 0;
    std::int64_t refreshes = 0;
    std::int64_t requests = 0;
    Compared& operator+=(const Compared& other);
};

/// Requests come in when it is their turn, time is cut there, and an idle tail follows. Throws at
/// the first difference.
Compared run_in_lock_step(const Hbm4Config& config, const std::vector<Arrival>& arrivals,
                          std::unique_ptr<hbm4::SchedulerPins> pins);

}  // namespace vr::testing
