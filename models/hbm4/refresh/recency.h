// SPDX-License-Identifier: Apache-2.0
// The banks in the order of their last activate, most recent first: a linked list, so that a bank
// moves to the front at a constant cost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/transport/state_lines.h"

namespace vr::hbm4 {

/// At first bank 0 is the most recent, then bank 1, and so on.
template <std::size_t Banks>
struct Recency {
    std::array<std::uint8_t, Banks> older = neighbours(1);  ///< of a bank: the next in order
    std::array<std::uint8_t, Banks> newer = neighbours(-1);
    std::uint8_t first = 0;
    static constexpr auto state_lines() {
        return vr::state_lines(vr::fixed("older", &Recency::older),
                               vr::fixed("newer", &Recency::newer),
                               vr::fixed("first", &Recency::first));
    }

    /// The most recent bank of a mask that is not empty.
    [[nodiscard]] std::uint8_t first_of(std::uint64_t mask) const {
        std::uint8_t bank = first;
        while ((mask >> bank & 1) == 0) {
            bank = older[bank];
        }
        return bank;
    }
    void to_front(std::uint8_t bank) {
        if (bank == first) {
            return;
        }
        const std::uint8_t before = newer[bank];
        const std::uint8_t after = older[bank];
        older[before] = after;
        if (after < Banks) {
            newer[after] = before;
        }
        older[bank] = first;
        newer[first] = bank;
        first = bank;
    }

  private:
    static constexpr std::array<std::uint8_t, Banks> neighbours(int distance) {
        std::array<std::uint8_t, Banks> banks{};
        for (std::size_t bank = 0; bank < Banks; ++bank) {
            banks[bank] = static_cast<std::uint8_t>(static_cast<int>(bank) + distance);
        }
        return banks;
    }
};

}  // namespace vr::hbm4
