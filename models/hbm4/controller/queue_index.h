// SPDX-License-Identifier: Apache-2.0
// Bit masks over a queue, so that "oldest request of a ready bank" needs no walk. Derived from the
// state; rebuilt from it at any time.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "models/hbm4/controller/state.h"
#include "models/hbm4/timing/timing.h"

namespace vr::hbm4 {

constexpr std::uint64_t bit(std::uint32_t n) {
    return std::uint64_t{1} << n;
}
constexpr std::uint64_t bit(std::int32_t n) {
    return std::uint64_t{1} << n;
}

/// Slot masks of one direction. Every queued request is in exactly one of hits, conflicts, closed.
struct QueueIndex {
    std::array<std::uint64_t, kMaxBanks> of_bank{};
    std::array<std::uint64_t, kMaxGroups> of_group{};
    std::uint64_t banks = 0;      ///< bank mask: those with requests
    std::uint64_t hit_banks = 0;  ///< bank mask: those with hits
    std::uint64_t hits = 0;       ///< its row is open
    std::uint64_t conflicts = 0;  ///< another row is open
    std::uint64_t closed = 0;     ///< its bank is closed

    [[nodiscard]] std::uint64_t live() const { return hits | conflicts | closed; }
    /// First of `mask` (not empty) in order of age.
    [[nodiscard]] static std::uint32_t oldest(std::uint64_t mask, std::uint32_t head) {
        const std::uint64_t from_head = mask & (~std::uint64_t{0} << head);
        return static_cast<std::uint32_t>(std::countr_zero(from_head != 0 ? from_head : mask));
    }
    /// Requests of these banks.
    [[nodiscard]] std::uint64_t of_banks(std::uint64_t mask) const {
        std::uint64_t slots = 0;
        for (; mask != 0; mask &= mask - 1) {
            slots |= of_bank[static_cast<std::size_t>(std::countr_zero(mask))];
        }
        return slots;
    }
    void add(std::uint32_t slot, const QueueEntry& entry, std::int32_t open_row,
             const Timing& timing) {
        of_bank[entry.bank] |= bit(slot);
        banks |= bit(std::uint32_t{entry.bank});
        of_group[timing.group_of_bank[entry.bank]] |= bit(slot);
        if (open_row == kNoRow) {
            closed |= bit(slot);
        } else if (open_row == entry.row) {
            hits |= bit(slot);
            hit_banks |= bit(std::uint32_t{entry.bank});
        } else {
            conflicts |= bit(slot);
        }
    }
    void remove(std::uint32_t slot, const QueueEntry& entry, const Timing& timing) {
        of_bank[entry.bank] &= ~bit(slot);
        const std::uint64_t bank = bit(std::uint32_t{entry.bank});
        banks &= of_bank[entry.bank] == 0 ? ~bank : ~std::uint64_t{0};
        of_group[timing.group_of_bank[entry.bank]] &= ~bit(slot);
        hits &= ~bit(slot);
        conflicts &= ~bit(slot);
        closed &= ~bit(slot);
        hit_banks &= (of_bank[entry.bank] & hits) == 0 ? ~bank : ~std::uint64_t{0};
    }
    /// The bank's row was closed.
    void close(std::int32_t bank) {
        const std::uint64_t mask = of_bank[static_cast<std::size_t>(bank)];
        hits &= ~mask;
        hit_banks &= ~bit(bank);
        conflicts &= ~mask;
        closed |= mask;
    }
};

}  // namespace vr::hbm4
