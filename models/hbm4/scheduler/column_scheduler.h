// SPDX-License-Identifier: Apache-2.0
// The column bus: which direction has it, and which request's next column it takes. Part of
// PseudoChannel. Not modelled: auto-precharge.
#pragma once

#include <algorithm>

#include "models/base/error.h"
#include "models/hbm4/controller/pseudo_channel.h"

namespace vr::hbm4 {

// Reads have the bus until they run out, or the writes pass their high mark or age while the turn
// is used up. Writes keep it until they run out, or the turn is used up and they are below their
// low mark or a read has aged. A turn of bounded length in either direction means that neither
// starves.
template <class Observer>
bool PseudoChannel<Observer>::turns(std::int64_t now) const {
    const Queue& reads = state_.queues[0];
    const Queue& writes = state_.queues[1];
    const bool turn_used_up = state_.turn_left <= 0;
    if (!state_.writing) {
        return writes.count > 0 &&
               (reads.count == 0 || (turn_used_up && (writes_at_least(timing_->write_high, now) ||
                                                      writes.slots[writes.head].deadline <= now)));
    }
    const bool low = !writes_at_least(timing_->write_low + 1, now) &&
                     (writes.count == 0 || writes.slots[writes.head].deadline > now);
    return reads.count > 0 && (writes.count == 0 ||
                               (turn_used_up && (low || reads.slots[reads.head].deadline <= now)));
}

template <class Observer>
void PseudoChannel<Observer>::turn(std::int64_t now) {
    if (turns(now)) {
        state_.writing = !state_.writing;
        state_.turn_left = timing_->turn_columns;
        ++state_.counters.turns;
        forget_quiet_rows(state_.writing ? 1 : 0);  // all of its banks are served now
    }
    wait_for_turn(now);
}

// When the direction may change by the mere passing of time: an age, or an arrival.
template <class Observer>
void PseudoChannel<Observer>::wait_for_turn(std::int64_t now) {
    const Queue& others = state_.queues[state_.writing ? 0 : 1];
    if (others.count == 0) {
        return;
    }
    const std::int64_t deadline = others.slots[others.head].deadline;
    if (deadline > now) {
        wait_until(deadline);
    }
    if (!state_.writing) {
        const std::size_t missing = writes_to_high_mark();
        const RequestLine& line = state_.lines[1];
        if (missing > 0 && missing <= timing_->buffer_depth[1] && missing <= line.size() &&
            line[missing - 1].arrival > now) {
            wait_until(line[missing - 1].arrival);
        }
    }
}

// Row hits come first by nature: rows and columns have buses of their own, and a row with hits is
// not closed. When the scheduler says so, say because the oldest request of the direction has aged,
// the hits of its bank give way to it.
template <class Observer>
void PseudoChannel<Observer>::find_starved(std::int64_t now) {
    const std::int64_t from = starvation();
    starved_ = kNoBank;
    if (from <= now) {
        const Queue& queue = state_.queues[state_.writing ? 1 : 0];
        starved_ = queue.slots[queue.head].bank;
    } else {
        wait_until(from);
    }
}

// From when on hits give way to the oldest request of the direction; kNeverTick if there are none
// in its way.
template <class Observer>
std::int64_t PseudoChannel<Observer>::starvation() const {
    const std::size_t direction = state_.writing ? 1 : 0;
    const QueueIndex& index = index_[direction];
    const Queue& queue = state_.queues[direction];
    if ((index.conflicts & bit(queue.head)) == 0) {
        return kNeverTick;
    }
    const QueueEntry& oldest = queue.slots[queue.head];
    if ((index.of_bank[oldest.bank] & index.hits) == 0) {
        return kNeverTick;
    }
    return Schedulers::visit(timing_->scheduler, [&](auto scheduler) {
        return scheduler.gives_way(oldest, state_.row_columns, timing_->row_hit_cap);
    });
}

template <class Observer>
bool PseudoChannel<Observer>::column_command(std::int64_t now, std::vector<Output>& outputs) {
    const std::size_t direction = state_.writing ? 1 : 0;
    const QueueIndex& index = index_[direction];
    if (state_.refresh.draining || state_.rest.resting) {
        return false;
    }
    const Queue& queue = state_.queues[direction];
    auto [hits, banks] = Schedulers::visit(timing_->scheduler, [&](auto scheduler) {
        return scheduler.columns(index, queue.head, queue.slots[queue.head]);
    });
    for (const std::int32_t bank : {state_.refresh.bank, starved_}) {
        if (bank != kNoBank) {
            banks &= ~bit(bank);
            hits &= ~index.of_bank[static_cast<std::size_t>(bank)];
        }
    }
    if (banks == 0) {
        return false;
    }
    if (state_.quiet.column[direction] > now) {
        wait_until(state_.quiet.column[direction]);
        return false;
    }
    const auto& bank_ready = state_.banks.column[direction];
    while (hits != 0) {  // the oldest first; what is in its way is in the way of its like
        const std::uint32_t slot = QueueIndex::oldest(hits, queue.head);
        const std::uint8_t bank = queue.slots[slot].bank;
        const std::uint8_t group = timing_->group_of_bank[bank];
        if (column_gate(direction, group) > now) {
            hits &= ~index.of_group[group];
        } else if (bank_ready[bank] > now) {
            hits &= ~index.of_bank[bank];
        } else {
            issue_column(now, slot, outputs);
            return true;
        }
    }
    std::int64_t earliest = kNeverTick;
    for (; banks != 0; banks &= banks - 1) {
        const auto bank = static_cast<std::size_t>(std::countr_zero(banks));
        earliest = std::min(earliest, hit_gate(direction, bank));
    }
    state_.quiet.column[direction] = earliest;
    wait_until(earliest);
    return false;
}

template <class Observer>
void PseudoChannel<Observer>::issue_column(std::int64_t now, std::uint32_t slot,
                                           std::vector<Output>& outputs) {
    const bool write = state_.writing;
    const std::size_t direction = write ? 1 : 0;
    QueueEntry& entry = state_.queues[direction].slots[slot];
    observer_.command(now, write ? Command::kWrite : Command::kRead, entry.bank, entry.row,
                      entry.column);
    const std::uint8_t group = timing_->group_of_bank[entry.bank];
    pass_column_gates(now, direction, group);
    std::int64_t& precharge = state_.banks.precharge[entry.bank];
    precharge = std::max(precharge, now + (write ? timing_->write_to_precharge : timing_->rtp));
    note_use(now, entry.bank);
    if (timing_->rest != RestMode::kNone) {
        state_.rest.idle_from = now + timing_->rest_after;
        state_.rest.data_end =
            std::max(state_.rest.data_end,
                     now + (write ? timing_->write_to_power_down : timing_->read_to_power_down));
    }
    if (counts_columns()) {
        ++state_.row_columns.served[entry.bank];
    }
    ++(write ? state_.counters.columns_written : state_.counters.columns_read);
    state_.counters.data_ticks += timing_->burst;
    state_.turn_left -= state_.turn_left > 0 ? 1 : 0;
    if (!entry.started) {
        entry.started = true;
        const std::int64_t waited = now - entry.arrival - entry.refresh_ticks - entry.row_ticks;
        ensure(waited >= 0, "pseudo-channel: request of tick {} is charged {} ticks too many",
               entry.arrival, -waited);
        entry.queue_ticks = static_cast<std::int32_t>(waited);
    }
    ++entry.column;
    if (--entry.columns == 0) {
        finish(now, slot, outputs);
    }
    state_.quiet.column[direction] = first_column(direction, group);
}

// What a column command forbids others, rule by rule.
template <class Observer>
void PseudoChannel<Observer>::pass_column_gates(std::int64_t now, std::size_t direction,
                                                std::uint8_t group) {
    const std::uint8_t stack = timing_->stack_of_group[group];
    ColumnGates& like = state_.shared.column[direction];
    for (std::size_t other = 0; other < static_cast<std::size_t>(timing_->stack_ids); ++other) {
        like.stack[other] = std::max(like.stack[other], now + timing_->ccd_r[direction]);
    }
    like.stack[stack] = now + timing_->ccd_s[direction];
    like.group[group] = now + timing_->ccd_l[direction];
    ColumnGates& unlike = state_.shared.column[1 - direction];
    if (direction == 0) {
        unlike.any = now + timing_->rtw;
    } else {
        unlike.any = now + timing_->write_to_read_s;
        unlike.group[group] = std::max(unlike.group[group], now + timing_->write_to_read_l);
    }
    std::int64_t& quiet = state_.quiet.column[1 - direction];
    quiet = std::max(quiet, unlike.any);
}

// No column of the direction can be served before this tick, after one of `group`.
template <class Observer>
std::int64_t PseudoChannel<Observer>::first_column(std::size_t direction, std::uint8_t group) {
    const QueueIndex& index = index_[direction];
    const ColumnGates& gates = state_.shared.column[direction];
    std::int64_t gate = gates.group[group];
    if ((index.hits & ~index.of_group[group]) != 0) {  // others need not wait for this group
        gate = std::min(
            gate, *std::min_element(gates.stack.begin(), gates.stack.begin() + timing_->stack_ids));
    }
    gate = std::max(gate, gates.any);
    const std::uint64_t banks = index.hit_banks;
    if ((banks & ~early_column_[direction]) != 0) {
        return gate;
    }
    std::int64_t first = kNeverTick;
    for (std::uint64_t m = banks; m != 0; m &= m - 1) {
        const auto bank = static_cast<std::size_t>(std::countr_zero(m));
        first = std::min(first, state_.banks.column[direction][bank]);
        if (state_.banks.column[direction][bank] <= gate) {
            early_column_[direction] &= ~(m & (~m + 1));
        }
    }
    return std::max(first, gate);
}

template <class Observer>
void PseudoChannel<Observer>::finish(std::int64_t now, std::uint32_t slot,
                                     std::vector<Output>& outputs) {
    const bool write = state_.writing;
    Queue& queue = state_.queues[write ? 1 : 0];
    QueueIndex& index = index_[write ? 1 : 0];
    QueueEntry& entry = queue.slots[slot];
    Counters& counters = state_.counters;
    done_.finished = true;
    const std::int64_t end = now + timing_->to_data_end(write);
    const std::int64_t data =
        end - entry.arrival - entry.queue_ticks - entry.refresh_ticks - entry.row_ticks;
    outputs.push_back({entry.token, end, entry.queue_ticks, entry.refresh_ticks, entry.row_ticks,
                       static_cast<std::int32_t>(data), write});
    ++(write ? counters.writes : counters.reads);
    ++(entry.outcome == RowOutcome::kHit    ? counters.row_hits
       : entry.outcome == RowOutcome::kMiss ? counters.row_misses
                                            : counters.row_conflicts);
    index.remove(slot, entry, *timing_);
    std::int64_t& quiet = state_.quiet.close[write ? 1 : 0];
    quiet = std::min(quiet, state_.banks.precharge[entry.bank]);
    const QueueIndex& other = index_[write ? 0 : 1];
    if (index.of_bank[entry.bank] == 0 && other.of_bank[entry.bank] != 0) {
        forget_quiet_rows(write ? 0 : 1);  // rows may be prepared there now
    }
    entry = QueueEntry{};
    --queue.count;
    if (queue.count == 0) {
        queue.head = 0;
        queue.span = 0;
        if (state_.queues[write ? 0 : 1].count == 0) {  // nothing left to have a direction for
            state_.writing = false;
            state_.turn_left = 0;
        }
    } else if (slot == queue.head) {
        const std::uint32_t head = QueueIndex::oldest(index.live(), queue.head);
        queue.span -= (head - queue.head) % kSlots;
        queue.head = head;
    }
}

}  // namespace vr::hbm4
