// SPDX-License-Identifier: Apache-2.0
// A ring of buffer slots between actors, each guarded by a pair of mbarriers: "full" and "empty".
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/error.h"
#include "models/transport/state_members.h"

namespace vr {

/// One phase-counting barrier of a slot.
struct SlotBarrier {
    std::int64_t pending = 0;  ///< arrivals that the current phase still needs
    std::int64_t phase = 0;    ///< phases completed
    Time completed;            ///< when the latest phase completed
    Cause cause;               ///< of the arrival that completed it
    static constexpr auto state_members() {
        using B = SlotBarrier;
        return vr::state_members(&B::pending, &B::phase, &B::completed, &B::cause);
    }

    /// One arrival; true when it completes the phase, which then needs `next_pending` arrivals.
    bool arrive(Time at, const Cause& why, std::int64_t next_pending) {
        if (--pending > 0) {
            return false;
        }
        ensure(pending == 0, "barrier got more arrivals than it expects");
        completed = at;  // arrivals come in the order of time: this one is the last
        cause = why;
        ++phase;
        pending = next_pending;
        return true;
    }
};

struct Slot {
    SlotBarrier full;
    SlotBarrier empty;
    static constexpr auto state_members() {
        using S = Slot;
        return vr::state_members(&S::full, &S::empty);
    }
};

/// Slots of one pipeline. Item i lies in slot i modulo stages, in round i / stages.
class SlotRing {
  public:
    SlotRing() = default;
    SlotRing(std::int64_t stages, std::int64_t fills, std::int64_t releases)
        : slots_(static_cast<std::size_t>(stages)), fills_(fills), releases_(releases) {
        for (Slot& slot : slots_) {
            slot.full.pending = fills;
            slot.empty.pending = releases;
        }
    }
    [[nodiscard]] std::int64_t stages() const { return static_cast<std::int64_t>(slots_.size()); }
    Slot& of(std::int64_t item) { return slots_[static_cast<std::size_t>(item % stages())]; }
    [[nodiscard]] bool is_empty_for(std::int64_t item) {
        return of(item).empty.phase >= item / stages();
    }
    [[nodiscard]] bool is_full_for(std::int64_t item) {
        return of(item).full.phase >= item / stages() + 1;
    }
    /// A transfer was started into the slot: one arrival more.
    void expect(std::int64_t slot) { ++slots_[static_cast<std::size_t>(slot)].full.pending; }
    bool fill(std::int64_t slot, Time at, const Cause& cause) {
        return slots_[static_cast<std::size_t>(slot)].full.arrive(at, cause, fills_);
    }
    bool release(std::int64_t slot, Time at, const Cause& cause) {
        return slots_[static_cast<std::size_t>(slot)].empty.arrive(at, cause, releases_);
    }
    static constexpr auto state_members() {
        using R = SlotRing;
        return vr::state_members(&R::slots_, &R::fills_, &R::releases_);
    }

  private:
    std::vector<Slot> slots_;
    std::int64_t fills_ = 1;
    std::int64_t releases_ = 1;
};

}  // namespace vr
