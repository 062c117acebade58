// SPDX-License-Identifier: Apache-2.0
// Refresh: when one is due, which bank takes it, and its commands. Part of PseudoChannel.
// Not modelled: refresh management (RFM, DRFM), self refresh, temperature-dependent intervals.
#pragma once

#include <algorithm>

#include "models/hbm4/controller/pseudo_channel.h"

namespace vr::hbm4 {

template <class Observer>
void PseudoChannel<Observer>::refresh_due(std::int64_t now) {
    if (timing_->refresh == RefreshMode::kNone) {
        return;
    }
    RefreshState& refresh = state_.refresh;
    if (refresh.next_due <= now) {
        ++refresh.owed;
        refresh.next_due += timing_->refresh_interval;
    }
    wait_until(refresh.next_due);
    if (refresh.owed > 0 && refresh.bank == kNoBank && !refresh.draining) {
        const RefreshChoice choice = refresh_choice(now);
        refresh.bank = choice.bank;
        refresh.draining = choice.drain;
    }
}

// Every bank is refreshed once a round. In turn: by number, which is the order of `recent` as long
// as nobody changes it. Otherwise in any order: banks without work, queued or buffered, are
// preferred, the most recently activated first, because a stream that walks over the banks comes
// back to them last. While few refreshes are owed only the half of the banks that was activated
// last is considered, so that no refresh starts right ahead of a stream; when more are, banks whose
// work is only buffered as well. Past the limit one is forced on a bank with queued work, without
// row hits if there is such a bank.
template <class Observer>
RefreshChoice PseudoChannel<Observer>::refresh_choice(std::int64_t now) {
    const RefreshState& refresh = state_.refresh;
    const bool must = refresh.owed > timing_->refresh_postpone;
    if (timing_->refresh == RefreshMode::kAllBank) {
        return {kNoBank, must || !has_work_at(now)};
    }
    const auto first = [&](std::uint64_t mask) {
        std::uint8_t bank = refresh.recent.first;
        while ((mask & bit(std::uint32_t{bank})) == 0) {
            bank = refresh.recent.older[bank];
        }
        return static_cast<std::int32_t>(bank);
    };
    const std::uint64_t left = timing_->all_banks & ~refresh.done;
    if (timing_->refresh_in_turn) {
        return {first(left), false};
    }
    const std::uint64_t unqueued = left & ~index_[0].banks & ~index_[1].banks;
    const bool few = refresh.owed * 2 <= timing_->refresh_postpone;
    const std::uint64_t preferred = few && has_work_at(now) ? unqueued & recent_half_ : unqueued;
    if (preferred != 0) {
        count_buffered(now);
        const std::uint64_t idle = preferred & ~buffered_banks_;
        if (idle != 0) {
            return {first(idle), false};
        }
        if (!few) {
            return {first(unqueued), false};
        }
    }
    if (!must) {
        return {};
    }
    std::uint64_t without_hits = left;
    for (std::uint64_t m = left; m != 0; m &= m - 1) {
        const auto b = static_cast<std::size_t>(std::countr_zero(m));
        if (((index_[0].of_bank[b] & index_[0].hits) | (index_[1].of_bank[b] & index_[1].hits)) !=
            0) {
            without_hits &= ~(m & (~m + 1));
        }
    }
    return {first(without_hits != 0 ? without_hits : left), false};
}

// Keeps the half of the banks that was activated last, and its least recent member. With refreshes
// in turn nothing depends on it.
template <class Observer>
void PseudoChannel<Observer>::note_activated(std::uint8_t bank) {
    if (timing_->refresh_in_turn) {
        return;
    }
    auto& recent = state_.refresh.recent;
    const bool within = (recent_half_ & bit(std::uint32_t{bank})) != 0;
    if (within && bank == half_last_ && bank != recent.first) {
        half_last_ = recent.newer[bank];
    }
    recent.to_front(bank);
    if (!within && recent_half_ != 0) {  // it moves the least recent one out
        recent_half_ |= bit(std::uint32_t{bank});
        recent_half_ &= ~bit(std::uint32_t{half_last_});
        half_last_ = recent.newer[half_last_];
    }
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
    const std::int64_t ready = std::max(state_.banks.activate[b], state_.shared.refresh);
    if (ready > now) {
        wait_until(ready);
        return false;
    }
    refresh_bank(now, bank);
    return true;
}

template <class Observer>
void PseudoChannel<Observer>::refresh_bank(std::int64_t now, std::int32_t bank) {
    observer_.command(now, Command::kRefreshBank, bank, 0, 0);
    const auto b = static_cast<std::size_t>(bank);
    state_.banks.activate[b] = now + timing_->rfc_per_bank;
    state_.banks.refreshed[b] = now + timing_->rfc_per_bank;
    state_.shared.refresh = now + timing_->refresh_to_refresh;
    state_.shared.any_activate =
        std::max(state_.shared.any_activate, now + timing_->refresh_to_activate);
    state_.shared.row_bus = now + 1;
    lower(state_.quiet.activate, now + timing_->rfc_per_bank);
    RefreshState& refresh = state_.refresh;
    done_.refreshed = true;
    refresh.bank = kNoBank;
    --refresh.owed;
    refresh.done |= bit(bank);
    if (refresh.done == timing_->all_banks) {
        refresh.done = 0;
    }
    ++state_.counters.refreshes;
    bool had_work = false;
    for (std::size_t d = 0; d < 2; ++d) {
        for (std::uint64_t m = index_[d].of_bank[b]; m != 0; m &= m - 1) {
            QueueEntry& entry =
                state_.queues[d].slots[static_cast<std::size_t>(std::countr_zero(m))];
            entry.refresh_ticks += static_cast<std::int32_t>(timing_->rfc_per_bank);
            had_work = true;
        }
    }
    state_.counters.forced_refreshes += had_work ? 1 : 0;
}

// All banks are closed by one command when the last of them may be, then refreshed by one command.
template <class Observer>
bool PseudoChannel<Observer>::refresh_all(std::int64_t now) {
    BankTimers& banks = state_.banks;
    const auto count = static_cast<std::size_t>(timing_->banks);
    std::int64_t ready = state_.shared.precharge;
    bool open = false;
    for (std::size_t b = 0; b < count; ++b) {
        if (banks.open_row[b] != kNoRow) {
            open = true;
            ready = std::max(ready, banks.precharge[b]);
        }
    }
    if (!open) {
        ready = *std::max_element(banks.activate.begin(),
                                  banks.activate.begin() + static_cast<std::ptrdiff_t>(count));
    }
    if (ready > now) {
        wait_until(ready);
        return false;
    }
    state_.shared.row_bus = now + 1;
    lower(state_.quiet.activate, now + (open ? timing_->rp : timing_->rfc_all_bank));
    if (open) {
        observer_.command(now, Command::kPrechargeAll, 0, 0, 0);
        for (std::size_t b = 0; b < count; ++b) {
            if (banks.open_row[b] != kNoRow) {
                banks.open_row[b] = kNoRow;
                ++state_.counters.precharges;
            }
            banks.activate[b] = std::max(banks.activate[b], now + timing_->rp);
            index_[0].close(static_cast<std::int32_t>(b));
            index_[1].close(static_cast<std::int32_t>(b));
        }
        open_ = 0;
        state_.shared.precharge = now + timing_->ppd;
        return true;
    }
    observer_.command(now, Command::kRefreshAll, 0, 0, 0);
    for (std::size_t b = 0; b < count; ++b) {
        banks.activate[b] = now + timing_->rfc_all_bank;
        banks.refreshed[b] = now + timing_->rfc_all_bank;
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
