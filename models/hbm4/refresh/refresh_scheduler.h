// SPDX-License-Identifier: Apache-2.0
// Refresh: when one is due, which bank takes it, and its commands. Part of PseudoChannel. Not
// modelled: refresh of pairs of banks. Refresh management is in refresh_management.h.
#pragma once

#include <algorithm>

#include "models/base/random.h"
#include "models/hbm4/controller/pseudo_channel.h"

namespace vr::hbm4 {

template <class Observer>
void PseudoChannel<Observer>::refresh_due(std::int64_t now) {
    const bool by_itself = state_.rest.resting && timing_->rest == RestMode::kSelfRefresh;
    if (timing_->refresh == RefreshMode::kNone || by_itself) {
        return;
    }
    RefreshState& refresh = state_.refresh;
    if (refresh.next_due <= now) {
        ++refresh.owed;
        refresh.next_due += timing_->refresh_interval;
    }
    wait_until(refresh.next_due);
    if (refresh.owed > 0 && refresh.bank == kNoBank && !refresh.draining &&
        !goes_to_self_refresh(now)) {
        const RefreshChoice choice = refresh_choice(now);
        refresh.bank = choice.bank;
        refresh.draining = choice.drain;
    }
}

/// What an order of refreshes is told when one is owed and no bank is chosen. Every bank is
/// refreshed once a round.
template <class Machine>
class RefreshView {
  public:
    RefreshView(Machine& machine, std::int64_t now) : machine_(machine), now_(now) {}
    /// Refreshes owed, and how many may be.
    [[nodiscard]] std::int64_t owed() const { return machine_.state_.refresh.owed; }
    [[nodiscard]] std::int64_t postpone() const { return machine_.timing_->refresh_postpone; }
    [[nodiscard]] bool has_work() const { return machine_.has_work_at(now_); }
    /// Bank masks: not yet refreshed in this round (never empty); with queued requests; with
    /// buffered ones; the half that was activated last; with hits.
    [[nodiscard]] std::uint64_t left() const {
        return machine_.timing_->all_banks & ~machine_.state_.refresh.done;
    }
    [[nodiscard]] std::uint64_t queued() const {
        return machine_.index_[0].banks | machine_.index_[1].banks;
    }
    [[nodiscard]] std::uint64_t buffered() {
        machine_.count_buffered(now_);
        return machine_.buffered_banks_;
    }
    [[nodiscard]] std::uint64_t recent_half() const { return machine_.recent_half_.mask(); }
    [[nodiscard]] std::uint64_t with_hits() const {
        return machine_.index_[0].hit_banks | machine_.index_[1].hit_banks;
    }
    /// Of these banks (not none), the one that was activated last.
    [[nodiscard]] std::int32_t most_recent(std::uint64_t banks) const {
        return machine_.state_.refresh.recent.first_of(banks);
    }
    /// A random number, another one after each refresh.
    [[nodiscard]] std::uint64_t draw() const {
        return mix64(static_cast<std::uint64_t>(machine_.state_.counters.refreshes) + 1);
    }

  private:
    Machine& machine_;
    std::int64_t now_;
};

template <class Observer>
RefreshChoice PseudoChannel<Observer>::refresh_choice(std::int64_t now) {
    const RefreshState& refresh = state_.refresh;
    if (timing_->refresh == RefreshMode::kAllBank) {
        return {kNoBank, refresh.owed > timing_->refresh_postpone || !has_work_at(now)};
    }
    RefreshView<PseudoChannel> view(*this, now);
    return {RefreshOrders::visit(timing_->refresh_order,
                                 [&](auto order) { return order.choose(view); }),
            false};
}

template <class Observer>
void PseudoChannel<Observer>::note_activated(std::uint8_t bank) {
    RefreshOrders::visit(timing_->refresh_order, [&](auto order) {
        if (order.kFollowsActivates) {
            recent_half_.activated(state_.refresh.recent, bank);
        }
    });
}

template <class Observer>
bool PseudoChannel<Observer>::refresh_command(std::int64_t now) {
    if (state_.refresh.draining) {
        return refresh_all(now);
    }
    const std::int32_t bank = state_.refresh.bank;
    const auto b = static_cast<std::size_t>(bank);
    if (state_.banks.open_row[b] != kNoRow) {
        const std::int64_t ready = std::max(state_.banks.precharge[b], state_.shared.precharge);
        if (ready > now) {
            wait_until(ready);
            return false;
        }
        close_bank(now, bank);
        return true;
    }
    const SharedTimers& shared = state_.shared;
    const std::int64_t ready = std::max({state_.banks.activate[b], shared.refresh,
                                         shared.refresh_of_group[timing_->group_of_bank[b]]});
    if (ready > now) {
        wait_until(ready);
        return false;
    }
    if (state_.refresh.managing) {
        manage_bank(now, bank);
    } else {
        refresh_bank(now, bank);
    }
    return true;
}

template <class Observer>
void PseudoChannel<Observer>::refresh_bank(std::int64_t now, std::int32_t bank) {
    observer_.command(now, Command::kRefreshBank, bank, 0, 0);
    const bool had_work = occupy_bank(now, bank, timing_->rfc_per_bank);
    RefreshState& refresh = state_.refresh;
    --refresh.owed;
    refresh.done |= bit(bank);
    if (refresh.done == timing_->all_banks) {
        refresh.done = 0;
    }
    if (timing_->management != Management::kNone) {
        relieve(static_cast<std::size_t>(bank), timing_->raa_per_refresh);
    }
    ++state_.counters.refreshes;
    state_.counters.forced_refreshes += had_work ? 1 : 0;
}

// The chosen bank is busy for some ticks with a refresh of some kind, and no longer chosen. True
// if requests are queued for it.
template <class Observer>
bool PseudoChannel<Observer>::occupy_bank(std::int64_t now, std::int32_t bank, std::int64_t ticks) {
    const auto b = static_cast<std::size_t>(bank);
    state_.banks.activate[b] = now + ticks;
    state_.banks.refreshed[b] = now + ticks;
    state_.shared.refresh = now + timing_->refresh_to_refresh;
    state_.shared.any_activate =
        std::max(state_.shared.any_activate, now + timing_->refresh_to_activate);
    std::int64_t& group = state_.shared.activate[timing_->group_of_bank[b]];
    group = std::max(group, now + timing_->refresh_to_activate_l);
    state_.shared.row_bus = now + 1;
    lower(state_.quiet.activate, now + ticks);
    done_.refreshed = true;
    state_.refresh.bank = kNoBank;
    bool had_work = false;
    for (std::size_t d = 0; d < 2; ++d) {
        for (std::uint64_t m = index_[d].of_bank[b]; m != 0; m &= m - 1) {
            QueueEntry& entry =
                state_.queues[d].slots[static_cast<std::size_t>(std::countr_zero(m))];
            entry.refresh_ticks += static_cast<std::int32_t>(ticks);
            had_work = true;
        }
    }
    return had_work;
}

// From when on all open banks may be closed by one command, and from when on all may be refreshed.
template <class Observer>
std::int64_t PseudoChannel<Observer>::precharge_all_from() const {
    std::int64_t from = state_.shared.precharge;
    for (std::uint64_t m = open_; m != 0; m &= m - 1) {
        from =
            std::max(from, state_.banks.precharge[static_cast<std::size_t>(std::countr_zero(m))]);
    }
    return from;
}

template <class Observer>
std::int64_t PseudoChannel<Observer>::refresh_all_from() const {
    return *std::max_element(state_.banks.activate.begin(),
                             state_.banks.activate.begin() + timing_->banks);
}

template <class Observer>
void PseudoChannel<Observer>::precharge_all(std::int64_t now) {
    observer_.command(now, Command::kPrechargeAll, 0, 0, 0);
    state_.counters.precharges += std::popcount(open_);
    for (std::size_t b = 0; b < bank_count(); ++b) {
        state_.banks.open_row[b] = kNoRow;
        state_.banks.activate[b] = std::max(state_.banks.activate[b], now + timing_->rp);
        index_[0].close(static_cast<std::int32_t>(b));
        index_[1].close(static_cast<std::int32_t>(b));
    }
    open_ = 0;
    state_.shared.precharge = now + timing_->ppd;
    state_.shared.row_bus = now + 1;
    lower(state_.quiet.activate, now + timing_->rp);
}

// All banks are closed by one command when the last of them may be, then refreshed by one command.
template <class Observer>
bool PseudoChannel<Observer>::refresh_all(std::int64_t now) {
    const std::int64_t ready = open_ != 0 ? precharge_all_from() : refresh_all_from();
    if (ready > now) {
        wait_until(ready);
        return false;
    }
    if (open_ != 0) {
        precharge_all(now);
        return true;
    }
    BankTimers& banks = state_.banks;
    state_.shared.row_bus = now + 1;
    lower(state_.quiet.activate, now + timing_->rfc_all_bank);
    observer_.command(now, Command::kRefreshAll, 0, 0, 0);
    for (std::size_t b = 0; b < bank_count(); ++b) {
        banks.activate[b] = now + timing_->rfc_all_bank;
        banks.refreshed[b] = now + timing_->rfc_all_bank;
        relieve(b, timing_->raa_per_refresh);
    }
    done_.refreshed = true;
    state_.refresh.draining = false;
    --state_.refresh.owed;
    ++state_.counters.refreshes;
    for (Queue& queue : state_.queues) {
        for (QueueEntry& entry : queue.slots) {
            if (entry.columns > 0) {
                entry.refresh_ticks += static_cast<std::int32_t>(timing_->rfc_all_bank);
            }
        }
    }
    state_.counters.forced_refreshes += state_.queues[0].count + state_.queues[1].count > 0 ? 1 : 0;
    return true;
}

}  // namespace vr::hbm4
