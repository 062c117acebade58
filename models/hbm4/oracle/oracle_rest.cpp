// SPDX-License-Identifier: Apache-2.0
// Power-down and self refresh (docs/hbm4-semantics.md, section 4): when the memory rests, and when
// it wakes up.
#include <algorithm>

#include "models/hbm4/oracle/oracle.h"

namespace vr::oracle {

bool PseudoChannelOracle::has_arrived_work() const {
    return !queues_[0].empty() || !queues_[1].empty() || has_arrived(0) || has_arrived(1);
}

bool PseudoChannelOracle::was_idle_for_long() const {
    for (std::int64_t bank = 0; bank < banks_; ++bank) {
        if (std::min(since(Verb::kRead, bank), since(Verb::kWrite, bank)) <
            config_.power_down_after.value) {
            return false;
        }
    }
    return true;
}

void PseudoChannelOracle::rest() {
    const bool owes = config_.power_down == "power_down" && owed_ > 0;
    if (config_.power_down == "none" || has_arrived_work() || owes || chosen_ >= 0 ||
        !was_idle_for_long()) {
        return;
    }
    Verb verb = config_.power_down == "power_down" ? Verb::kPowerDown : Verb::kSelfRefresh;
    const auto open =
        std::count_if(open_.begin(), open_.end(), [](const auto& row) { return row.has_value(); });
    if (verb == Verb::kSelfRefresh && open > 0) {
        verb = Verb::kPrechargeAll;
    }
    if (!allowed(verb, 0)) {
        return;
    }
    send(verb, 0, 0, 0);
    if (verb == Verb::kPrechargeAll) {
        tally.precharges += open;
        std::for_each(open_.begin(), open_.end(), [](auto& row) { row.reset(); });
        return;
    }
    resting_since_ = now_;
    owed_ = verb == Verb::kSelfRefresh ? 0 : owed_;
    ++tally.rests;
}

void PseudoChannelOracle::wake_up() {
    const bool by_itself = config_.power_down == "self_refresh";
    if ((!has_arrived_work() && owed_ == 0) ||
        now_ - *resting_since_ < (by_itself ? distances_.sr : distances_.pd)) {
        return;
    }
    send(by_itself ? Verb::kSelfRefreshExit : Verb::kPowerUp, 0, 0, 0);
    tally.rest_ticks += now_ - *resting_since_;
    resting_since_.reset();
    awake_from_ = now_ + (by_itself ? distances_.xs : distances_.xp);
    row_bus_free_ = std::max(row_bus_free_, awake_from_);
    if (by_itself) {
        next_due_ = now_ + interval_;
        turn_of_ = 0;
        refreshed_.assign(refreshed_.size(), false);
    }
}

}  // namespace vr::oracle
