// SPDX-License-Identifier: Apache-2.0
// The member `ready` has two lines, `due` none.
#include "models/transport/state_normal.h"

struct Bank {
    std::int64_t ready = 0;
    std::int64_t due = 0;
    static constexpr auto state_lines() {
        return vr::state_lines(vr::future_time("ready", &Bank::ready),
                               vr::future_time("due", &Bank::ready));
    }
};

void use(const Bank& bank, vr::Words& words) {
    vr::append_normal(bank, 0, words);
}
