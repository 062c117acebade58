// SPDX-License-Identifier: Apache-2.0
// The row bus: refresh first, then precharge and activate for the oldest request of the direction
// that has the column bus, then rows prepared for the one that waits. Part of PseudoChannel. Not
// modelled: rows opened for requests that are only buffered.
#pragma once

#include <algorithm>

#include "models/hbm4/controller/pseudo_channel.h"
#include "models/hbm4/scheduler/due_mask.h"

namespace vr::hbm4 {

template <class Observer>
bool PseudoChannel<Observer>::row_command(std::int64_t now) {
    if (state_.rest.resting) {
        return leave_rest(now);
    }
    const std::size_t direction = state_.writing ? 1 : 0;
    const RefreshState& refresh = state_.refresh;
    const bool refreshing = refresh.bank != kNoBank || refresh.draining;
    if (starved_ != kNoBank) {
        state_.quiet.close[direction] = 0;
    }
    const bool wanted = wants_rows(direction) || starved_ != kNoBank;
    const bool prepares = wants_rows(1 - direction);
    const bool closes = unused_banks() != 0;
    if (!wanted && !prepares && !refreshing && !closes) {
        return timing_->rest != RestMode::kNone && enter_rest(now);
    }
    if (state_.shared.row_bus > now) {
        wait_until(state_.shared.row_bus);
        return false;
    }
    if (refreshing && refresh_command(now)) {
        return true;
    }
    if (refresh.draining) {
        return false;
    }
    return (wanted && command_for_request(now, direction)) ||
           (prepares && command_for_request(now, 1 - direction)) || (closes && close_unused(now)) ||
           (timing_->rest != RestMode::kNone && enter_rest(now));
}

// Precharge or activate for the oldest request of a direction that wants one.
template <class Observer>
bool PseudoChannel<Observer>::command_for_request(std::int64_t now, std::size_t direction) {
    const QueueIndex& index = index_[direction];
    std::uint64_t slots = 0;
    if (index.closed != 0 && state_.quiet.activate[direction] <= now) {
        slots |= slots_to_activate(now, direction);
    }
    if (index.conflicts != 0 && state_.quiet.close[direction] <= now) {
        slots |= slots_to_close(now, direction);
    }
    if (slots == 0) {
        wait_for_row(direction);
        return false;
    }
    const std::uint32_t slot = QueueIndex::oldest(slots, state_.queues[direction].head);
    if ((index.closed & bit(slot)) != 0) {
        activate(now, direction, slot);
    } else {
        close_for(now, direction, slot);
    }
    return true;
}

// Until when the row bus waits for the requests of a direction.
template <class Observer>
void PseudoChannel<Observer>::wait_for_row(std::size_t direction) {
    const QueueIndex& index = index_[direction];
    const std::int64_t free = state_.shared.row_bus;
    if (index.closed != 0) {
        wait_until(std::max(free, state_.quiet.activate[direction]));
    }
    if (index.conflicts != 0) {
        wait_until(std::max(free, state_.quiet.close[direction]));
    }
}

// The first of the timers of some banks.
inline std::int64_t earliest_of(const std::array<std::int64_t, kMaxBanks>& timers,
                                std::uint64_t banks) {
    std::int64_t first = kNeverTick;
    for (; banks != 0; banks &= banks - 1) {
        first = std::min(first, timers[static_cast<std::size_t>(std::countr_zero(banks))]);
    }
    return first;
}

// Requests whose bank is closed and may be activated now; sets the direction's quiet time if there
// are none.
template <class Observer>
std::uint64_t PseudoChannel<Observer>::slots_to_activate(std::int64_t now, std::size_t direction) {
    const QueueIndex& index = index_[direction];
    const SharedTimers& shared = state_.shared;
    const std::int64_t at = std::max({now, shared.four_activates[0], shared.any_activate});
    std::int64_t& quiet = state_.quiet.activate[direction];
    if (at > now) {  // whatever the bank
        quiet = at;
        return 0;
    }
    std::uint64_t banks = served_banks(direction) & ~open_ & ~bank_of_refresh() & ~at_maximum_;
    std::int64_t earliest = kNeverTick;
    for (std::size_t g = 0; g < static_cast<std::size_t>(timing_->groups); ++g) {
        if (shared.activate[g] > at && (banks & timing_->banks_of_group[g]) != 0) {
            earliest = std::min(earliest, shared.activate[g]);
            banks &= ~timing_->banks_of_group[g];
        }
    }
    const std::uint64_t due = banks & due_mask(state_.banks.activate, at, bank_count());
    if (due == 0) {
        earliest = std::min(earliest, earliest_of(state_.banks.activate, banks));
    }
    quiet = due != 0 ? now : earliest;
    return index.of_banks(due);
}

// Requests whose bank has another row open, and no hit, that may be closed now; quiet time as
// above.
template <class Observer>
std::uint64_t PseudoChannel<Observer>::slots_to_close(std::int64_t now, std::size_t direction) {
    const QueueIndex& index = index_[direction];
    const std::int64_t at = std::max(now, state_.shared.precharge);
    std::int64_t& quiet = state_.quiet.close[direction];
    if (at > now) {  // whatever the bank
        quiet = at;
        return 0;
    }
    std::uint64_t kept = index.hit_banks;
    if (starved_ != kNoBank) {
        kept &= ~bit(starved_);
    }
    const std::uint64_t banks = served_banks(direction) & open_ & ~kept & ~bank_of_refresh();
    const std::uint64_t due = banks & due_mask(state_.banks.precharge, at, bank_count());
    quiet = due != 0 ? now : earliest_of(state_.banks.precharge, banks);
    return index.of_banks(due) & index.conflicts;
}

// By the page policy: the first bank, in order of their numbers, whose row nobody uses any more.
template <class Observer>
bool PseudoChannel<Observer>::close_unused(std::int64_t now) {
    std::uint64_t due = 0;
    if (state_.shared.precharge <= now) {
        due = unused_banks() & due_mask(state_.banks.precharge, now, bank_count());
        due &= PagePolicies::visit(timing_->page_policy, [&](auto page) {
            return page.due(state_.pages, now, bank_count());
        });
    }
    if (due == 0) {
        wait_for_unused();
        return false;
    }
    close_bank(now, std::countr_zero(due));
    return true;
}

template <class Observer>
void PseudoChannel<Observer>::wait_for_unused() {
    const std::int64_t free = std::max(state_.shared.row_bus, state_.shared.precharge);
    for (std::uint64_t banks = unused_banks(); banks != 0; banks &= banks - 1) {
        const auto bank = static_cast<std::size_t>(std::countr_zero(banks));
        const std::int64_t unused = PagePolicies::visit(
            timing_->page_policy, [&](auto page) { return page.from(state_.pages, bank); });
        wait_until(std::max({free, state_.banks.precharge[bank], unused}));
    }
}

template <class Observer>
void PseudoChannel<Observer>::close_for(std::int64_t now, std::size_t direction,
                                        std::uint32_t slot) {
    QueueEntry& asker = state_.queues[direction].slots[slot];
    asker.outcome = RowOutcome::kConflict;
    for (std::size_t d = 0; d < 2; ++d) {
        for (std::uint64_t m = index_[d].of_bank[asker.bank]; m != 0; m &= m - 1) {
            QueueEntry& entry =
                state_.queues[d].slots[static_cast<std::size_t>(std::countr_zero(m))];
            entry.row_ticks += entry.started ? 0 : static_cast<std::int32_t>(timing_->rp);
        }
    }
    close_bank(now, asker.bank);
}

template <class Observer>
void PseudoChannel<Observer>::activate(std::int64_t now, std::size_t direction,
                                       std::uint32_t slot) {
    QueueEntry& asker = state_.queues[direction].slots[slot];
    const std::uint8_t bank = asker.bank;
    const std::int32_t row = asker.row;
    done_.activated = true;
    if (asker.outcome == RowOutcome::kHit) {
        asker.outcome = RowOutcome::kMiss;
    }
    observer_.command(now, Command::kActivate, bank, row, 0);
    BankTimers& banks = state_.banks;
    banks.open_row[bank] = row;
    open_ |= bit(std::uint32_t{bank});
    banks.activate[bank] = now + timing_->rc;
    banks.precharge[bank] = now + timing_->ras;
    note_use(now, bank);
    if (counts_columns()) {
        state_.row_columns.served[bank] = 0;
    }
    early_column_[0] |= bit(std::uint32_t{bank});
    early_column_[1] |= bit(std::uint32_t{bank});
    banks.column[0][bank] = now + timing_->rcd_read;
    banks.column[1][bank] = now + timing_->rcd_write;
    SharedTimers& shared = state_.shared;
    shared.any_activate = std::max(shared.any_activate, now + timing_->rrd_s);
    const std::uint8_t group = timing_->group_of_bank[bank];
    shared.activate[group] = now + timing_->rrd_l;
    shared.refresh_of_group[group] = now + timing_->activate_to_refresh_l;
    auto& four = shared.four_activates;
    four = {four[1], four[2], four[3], now + timing_->faw};
    shared.row_bus = now + timing_->activate_slots;
    shared.refresh = std::max(shared.refresh, now + timing_->activate_to_refresh);
    ++state_.counters.activates;
    // No activate can follow before these gates, whatever the bank; the bank's other rows wait for
    // tRAS.
    const std::int64_t gate = std::max(four[0], now + std::min(timing_->rrd_s, timing_->rrd_l));
    state_.quiet.activate = {gate, gate};
    lower(state_.quiet.close, now + timing_->ras);
    state_.quiet.column = {std::min(state_.quiet.column[0], banks.column[0][bank]),
                           std::min(state_.quiet.column[1], banks.column[1][bank])};

    for (std::size_t d = 0; d < 2; ++d) {
        QueueIndex& index = index_[d];
        const auto rcd = static_cast<std::int32_t>(d == 0 ? timing_->rcd_read : timing_->rcd_write);
        index.closed &= ~index.of_bank[bank];
        for (std::uint64_t m = index.of_bank[bank]; m != 0; m &= m - 1) {
            const auto s = static_cast<std::uint32_t>(std::countr_zero(m));
            QueueEntry& entry = state_.queues[d].slots[s];
            if (entry.row == row) {
                index.hits |= bit(s);
                index.hit_banks |= bit(std::uint32_t{bank});
                entry.row_ticks += entry.started ? 0 : rcd;
            } else {
                index.conflicts |= bit(s);
            }
        }
    }
    note_activated(bank);
    if (timing_->management != Management::kNone) {
        count_activate(bank, row);
    }
}

template <class Observer>
void PseudoChannel<Observer>::close_bank(std::int64_t now, std::int32_t bank) {
    observer_.command(now, Command::kPrecharge, bank, 0, 0);
    const auto b = static_cast<std::size_t>(bank);
    state_.banks.open_row[b] = kNoRow;
    open_ &= ~bit(bank);
    state_.banks.activate[b] = std::max(state_.banks.activate[b], now + timing_->rp);
    state_.shared.row_bus = now + 1;
    state_.shared.precharge = now + timing_->ppd;
    for (std::int64_t& quiet : state_.quiet.close) {
        quiet = std::max(quiet, state_.shared.precharge);
    }
    lower(state_.quiet.activate, now + timing_->rp);
    ++state_.counters.precharges;
    index_[0].close(bank);
    index_[1].close(bank);
}

}  // namespace vr::hbm4
