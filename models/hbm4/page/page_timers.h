// SPDX-License-Identifier: Apache-2.0
// What page policies remember.
#pragma once

#include <array>
#include <cstdint>

#include "models/hbm4/controller/limits.h"
#include "models/transport/state_lines.h"

namespace vr::hbm4 {

/// Ticks from which a bank counts as unused.
struct PageTimers {
    std::array<std::int64_t, kMaxBanks> unused{};
    static constexpr auto state_lines() {
        return vr::state_lines(vr::future_time("unused", &PageTimers::unused));
    }
};

}  // namespace vr::hbm4
