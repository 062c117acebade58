// SPDX-License-Identifier: Apache-2.0
// The member `rows` has no line.
#include "models/transport/state_normal.h"

struct Bank {
    std::int64_t ready = 0;
    std::array<std::uint32_t, 5> rows{};
    static constexpr auto state_lines() {
        return vr::state_lines(vr::future_time("ready", &Bank::ready));
    }
};

void use(const Bank& bank, vr::Words& words) {
    vr::append_normal(bank, 0, words);
}
