// SPDX-License-Identifier: Apache-2.0
// all_of() with one member too few.
#include "models/transport/state_hasher.h"

struct State {
    int given = 0;
    int forgotten = 0;
};

void give(const State& state, vr::StateHasher& out) {
    out.all_of<State>(state.given);
}
