// SPDX-License-Identifier: Apache-2.0
// A member of a member has no line.
#include "models/transport/state_normal.h"

struct Bank {
    struct Inner {
        std::int64_t a = 0;
        std::int64_t b = 0;
        static constexpr auto state_lines() { return vr::state_lines(vr::fixed("a", &Inner::a)); }
    };
    std::vector<Inner> inner{};
    static constexpr auto state_lines() {
        return vr::state_lines(vr::nested("inner", &Bank::inner));
    }
};

void use(const Bank& bank, vr::Words& words) {
    vr::append_normal(bank, 0, words);
}
