// SPDX-License-Identifier: Apache-2.0
// A hash table has no order that every run shares.
#include <unordered_map>

#include "models/transport/state_hasher.h"

std::uint64_t hash() {
    return vr::state_hash(std::unordered_map<int, int>{});
}
