// SPDX-License-Identifier: Apache-2.0
// Rest: an idle memory goes into power-down or self refresh, and leaves it when there is work. Part
// of PseudoChannel. Not modelled: other times by whether rows are open, clocks that stop.
#pragma once

#include <algorithm>

#include "models/hbm4/controller/pseudo_channel.h"

namespace vr::hbm4 {

// From when on an idle machine may send what comes next on its way to rest; kNeverTick if it is not
// idle.
template <class Observer>
std::int64_t PseudoChannel<Observer>::rest_from(std::int64_t now) const {
    const RefreshState& refresh = state_.refresh;
    if (timing_->rest == RestMode::kNone || has_work_at(now) ||
        (timing_->rest == RestMode::kPowerDown && refresh.owed > 0) || refresh.bank != kNoBank ||
        refresh.draining) {
        return kNeverTick;
    }
    const SharedTimers& shared = state_.shared;
    const std::int64_t from = std::max({now, state_.rest.idle_from, shared.row_bus});
    if (timing_->rest == RestMode::kPowerDown) {
        return std::max(from, state_.rest.data_end);
    }
    return std::max(from, open_ != 0 ? precharge_all_from() : refresh_all_from());
}

template <class Observer>
bool PseudoChannel<Observer>::enter_rest(std::int64_t now) {
    const std::int64_t from = rest_from(now);
    if (from > now) {
        if (from != kNeverTick) {
            wait_until(from);
        }
        return false;
    }
    const bool self_refresh = timing_->rest == RestMode::kSelfRefresh;
    if (self_refresh && open_ != 0) {
        precharge_all(now);
        return true;
    }
    observer_.command(now, self_refresh ? Command::kSelfRefresh : Command::kPowerDown, 0, 0, 0);
    state_.rest.resting = true;
    if (self_refresh) {
        state_.refresh.owed = 0;
    }
    state_.rest.since = now;
    state_.rest.exit = now + (self_refresh ? timing_->sr : timing_->pd);
    state_.shared.row_bus = now + 1;
    ++state_.counters.rests;
    return true;
}

// Requests end every rest, an owed refresh ends power-down.
template <class Observer>
bool PseudoChannel<Observer>::leave_rest(std::int64_t now) {
    if (!has_work_at(now) && state_.refresh.owed == 0) {
        return false;
    }
    if (state_.rest.exit > now) {
        wait_until(state_.rest.exit);
        return false;
    }
    const bool self_refresh = timing_->rest == RestMode::kSelfRefresh;
    observer_.command(now, self_refresh ? Command::kSelfRefreshExit : Command::kPowerUp, 0, 0, 0);
    const std::int64_t awake = now + (self_refresh ? timing_->xs : timing_->xp);
    state_.rest.resting = false;
    state_.counters.rest_ticks += now - state_.rest.since;
    state_.rest.since = kNeverTick;
    state_.shared.row_bus = std::max(awake, now + 1);
    for (ColumnGates& gates : state_.shared.column) {
        gates.any = std::max(gates.any, awake);
    }
    if (self_refresh &&
        timing_->refresh != RefreshMode::kNone) {  // the DRAM has kept its rows alive
        state_.refresh.next_due = now + timing_->refresh_interval;
        state_.refresh.done = 0;
        wait_until(state_.refresh.next_due);
    }
    wait_until(std::max(awake, now + 1));
    return true;
}

}  // namespace vr::hbm4
