// SPDX-License-Identifier: Apache-2.0
// The order of a pointer chase: one cycle through all elements, in random order.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/base/random.h"
#include "testbenches/validation/cuda/host/error.h"

namespace vr::kit {

inline constexpr std::int64_t kLineBytes = 128;  ///< bytes from one element to the next

/// next[i] is the element after i. Sattolo's shuffle: a uniformly drawn permutation of one cycle,
/// so that a walk of `count` steps touches every element once.
inline std::vector<std::uint32_t> chase_order(std::uint32_t count, std::uint64_t seed = 1) {
    if (count < 1) {
        throw Error(kFailed, "a chase needs an element or more");
    }
    std::vector<std::uint32_t> next(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        next[i] = i;
    }
    const RandomStream random(seed, "chase", count);
    for (std::uint32_t i = count - 1; i > 0; --i) {
        std::swap(next[i], next[random.at(i) % i]);
    }
    return next;
}

}  // namespace vr::kit
