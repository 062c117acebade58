// SPDX-License-Identifier: Apache-2.0
// What schedulers remember: how long a row has been served.
#pragma once

#include <array>
#include <cstdint>

#include "models/hbm4/controller/limits.h"
#include "models/transport/state_lines.h"

namespace vr::hbm4 {

/// Columns of each bank's open row since its activate.
struct RowColumns {
    std::array<std::int32_t, kMaxBanks> served{};
    static constexpr auto state_lines() {
        return vr::state_lines(vr::fixed("served", &RowColumns::served));
    }
};

}  // namespace vr::hbm4
