// SPDX-License-Identifier: Apache-2.0
// Refresh (docs/hbm4-semantics.md, section 4): when one is owed, for which bank, and its commands.
#include <algorithm>

#include "models/base/random.h"
#include "models/hbm4/oracle/oracle.h"

namespace vr::oracle {

void PseudoChannelOracle::note_due_refresh() {
    if (refreshing_ == Refreshing::kNone ||
        (resting_since_ && config_.power_down == "self_refresh")) {
        return;
    }
    if (next_due_ <= now_) {
        ++owed_;
        next_due_ += interval_;
    }
    const bool about_to_rest =
        config_.power_down == "self_refresh" && !has_arrived_work() && was_idle_for_long();
    if (owed_ > 0 && chosen_ < 0 && !draining_ && !about_to_rest) {
        choose_refresh();
    }
}

void PseudoChannelOracle::choose_refresh() {
    const std::int64_t banks_each = refreshing_ == Refreshing::kAll ? banks_ : 1;
    const bool forced = owed_ > config_.refresh_postpone / banks_each;
    const bool work = has_arrived_work();
    if (refreshing_ == Refreshing::kAll) {
        draining_ = forced || !work;
        return;
    }
    if (config_.refresh_order == "round_robin") {
        chosen_ = turn_of_;
        return;
    }
    if (config_.refresh_order == "random") {
        chosen_ = drawn_bank();
        return;
    }
    const bool patient = work && 2 * owed_ <= config_.refresh_postpone;
    const auto first = [&](auto&& fits) {
        for (std::int64_t place = 0; place < banks_; ++place) {
            const std::int64_t bank = recent_[static_cast<std::size_t>(place)];
            if (!refreshed_[static_cast<std::size_t>(bank)] && fits(place, bank)) {
                return bank;
            }
        }
        return std::int64_t{-1};
    };
    std::vector<bool> buffered(static_cast<std::size_t>(banks_));
    for (std::size_t direction = 0; direction < 2; ++direction) {
        for (const Request& request : buffer(direction)) {
            buffered[static_cast<std::size_t>(request.bank)] = true;
        }
    }
    chosen_ = first([&](std::int64_t place, std::int64_t bank) {
        return !is_queued(bank) && !buffered[static_cast<std::size_t>(bank)] &&
               (!patient || place < banks_ / 2);
    });
    if (chosen_ < 0 && 2 * owed_ > config_.refresh_postpone) {
        chosen_ = first([&](std::int64_t, std::int64_t bank) { return !is_queued(bank); });
    }
    if (chosen_ < 0 && forced) {
        chosen_ = first([&](std::int64_t, std::int64_t bank) {
            return !has_hits(0, bank) && !has_hits(1, bank);
        });
    }
    if (chosen_ < 0 && forced) {
        chosen_ = first([](std::int64_t, std::int64_t) { return true; });
    }
}

std::int64_t PseudoChannelOracle::drawn_bank() const {
    std::vector<std::int64_t> left;
    for (std::int64_t bank = 0; bank < banks_; ++bank) {
        if (!refreshed_[static_cast<std::size_t>(bank)]) {
            left.push_back(bank);
        }
    }
    const std::uint64_t draw = mix64(static_cast<std::uint64_t>(tally.refreshes) + 1);
    return left[static_cast<std::size_t>(draw % left.size())];
}

// True if it took the row bus.
bool PseudoChannelOracle::row_bus_refresh() {
    if (draining_) {
        const bool any_open = std::any_of(open_.begin(), open_.end(),
                                          [](const auto& row) { return row.has_value(); });
        const Verb verb = any_open ? Verb::kPrechargeAll : Verb::kRefreshAll;
        if (!allowed(verb, 0)) {
            return false;
        }
        send(verb, 0, 0, 0);
        if (any_open) {
            for (auto& row : open_) {
                tally.precharges += row.has_value() ? 1 : 0;
                row.reset();
            }
            return true;
        }
        draining_ = false;
        --owed_;
        for (std::int64_t bank = 0; bank < banks_; ++bank) {
            forgive(bank, config_.raa_per_refresh);
        }
        ++tally.refreshes;
        tally.forced_refreshes += queues_[0].empty() && queues_[1].empty() ? 0 : 1;
        for (Queue& queue : queues_) {
            for (Queued& q : queue) {
                q.refresh += rounded_up(config_.t_rfc_all_bank);
            }
        }
        return true;
    }
    if (chosen_ < 0) {
        return false;
    }
    const auto bank = static_cast<std::size_t>(chosen_);
    if (open_[bank].has_value()) {
        if (!allowed(Verb::kPrecharge, chosen_)) {
            return false;
        }
        close(chosen_);
        return true;
    }
    const Verb verb = !to_manage_                            ? Verb::kRefreshBank
                      : config_.refresh_management == "drfm" ? Verb::kManageRow
                                                             : Verb::kManageBank;
    if (!allowed(verb, chosen_)) {
        return false;
    }
    if (to_manage_) {
        manage_chosen();
    } else {
        refresh_chosen();
    }
    chosen_ = -1;
    to_manage_ = false;
    return true;
}

void PseudoChannelOracle::refresh_chosen() {
    const auto bank = static_cast<std::size_t>(chosen_);
    send(Verb::kRefreshBank, chosen_, 0, 0);
    tally.forced_refreshes += is_queued(chosen_) ? 1 : 0;
    for (Queue& queue : queues_) {
        for (Queued& q : queue) {
            q.refresh += q.request.bank == chosen_ ? rounded_up(config_.t_rfc_per_bank) : 0;
        }
    }
    forgive(chosen_, config_.raa_per_refresh);
    --owed_;
    ++tally.refreshes;
    turn_of_ = (chosen_ + 1) % banks_;
    refreshed_[bank] = true;
    if (std::all_of(refreshed_.begin(), refreshed_.end(), [](bool done) { return done; })) {
        refreshed_.assign(refreshed_.size(), false);
    }
}

}  // namespace vr::oracle
