// SPDX-License-Identifier: Apache-2.0
// A member that is not in the list: the hash would not see it.
#include "models/transport/state_hasher.h"

struct State {
    int listed = 0;
    int forgotten = 0;
    static constexpr auto state_members() { return vr::state_members(&State::listed); }
};

std::uint64_t hash() {
    return vr::state_hash(State{});
}
