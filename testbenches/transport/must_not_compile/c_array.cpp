// SPDX-License-Identifier: Apache-2.0
// A C array cannot be counted as one member.
#include "models/transport/state_normal.h"

struct Bank {
    std::int64_t ready = 0;
    std::uint32_t rows[5] = {};
    static constexpr auto state_lines() {
        return vr::state_lines(vr::future_time("ready", &Bank::ready),
                               vr::fixed("rows", &Bank::rows));
    }
};

void use(const Bank& bank, vr::Words& words) {
    vr::append_normal(bank, 0, words);
}
