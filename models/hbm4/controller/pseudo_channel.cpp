// SPDX-License-Identifier: Apache-2.0
// The loop of a pseudo-channel: arrivals, jumps in time, idle refresh. Commands are chosen in
// ../scheduler and ../refresh.
#include "models/hbm4/controller/pseudo_channel.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/base/host_cache.h"
#include "models/hbm4/power_down/rest.h"
#include "models/hbm4/refresh/refresh_management.h"
#include "models/hbm4/refresh/refresh_scheduler.h"
#include "models/hbm4/scheduler/column_scheduler.h"
#include "models/hbm4/scheduler/row_scheduler.h"

namespace vr::hbm4 {

template <class Observer>
PseudoChannel<Observer>::PseudoChannel(const Timing& timing) : timing_(&timing) {
    state_.banks.open_row.fill(kNoRow);
    state_.management.rows.fill(kNoRow);
    state_.refresh.next_due =
        timing.refresh == RefreshMode::kNone ? kNeverTick : timing.refresh_interval;
    recent_half_.rebuild(state_.refresh.recent, timing_->banks);
}

template <class Observer>
void PseudoChannel<Observer>::inject(std::int64_t tick, const Input& input, std::uint32_t token) {
    for (const RequestLine& line : state_.lines) {
        ensure(line.empty() || line.requests.back().arrival <= tick,
               "pseudo-channel: request at tick {} after one at tick {}", tick,
               line.empty() ? 0 : line.requests.back().arrival);
    }
    ensure(input.bank < timing_->banks && input.columns > 0, "pseudo-channel: bank {}, {} columns",
           input.bank, input.columns);
    RequestLine& line = state_.lines[input.write ? 1 : 0];
    if (!has_work()) {
        catch_up(tick);
        state_.wake = tick;
    } else if (line.empty() || (input.write && line.size() < writes_to_high_mark())) {
        state_.wake = std::min(state_.wake, tick);
    }
    line.push({tick, token, input});
}

template <class Observer>
void PseudoChannel<Observer>::prefetch() const {
    const auto banks = static_cast<std::size_t>(timing_->banks);
    prefetch_host(&state_.banks.activate, banks * sizeof(std::int64_t));
    prefetch_host(&state_.banks.precharge, banks * sizeof(std::int64_t));
    prefetch_host(&state_.banks.column[state_.writing ? 1 : 0], banks * sizeof(std::int64_t));
    prefetch_host(&state_.banks.open_row, banks * sizeof(std::int32_t));
    prefetch_host(&state_.shared, sizeof state_.shared);
    const Queue& queue = state_.queues[state_.writing ? 1 : 0];
    for (std::uint32_t i = 0; i < queue.span; ++i) {
        prefetch_host(&queue.slots[(queue.head + i) % kSlots], sizeof(QueueEntry));
    }
    // All that stands behind the queues
    prefetch_host(&state_.lines, sizeof *this - static_cast<std::size_t>(
                                                    reinterpret_cast<const char*>(&state_.lines) -
                                                    reinterpret_cast<const char*>(this)));
}

template <class Observer>
void PseudoChannel<Observer>::run(std::int64_t horizon, std::vector<Output>& outputs) {
    horizon_ = horizon;
    ahead_ = -1;
    while (state_.wake < horizon && has_work()) {
        state_.wake = step(state_.wake, outputs);
    }
}

template <class Observer>
void PseudoChannel<Observer>::run_every_tick(std::int64_t horizon, std::vector<Output>& outputs) {
    horizon_ = state_.wake;  // nothing is done ahead
    ahead_ = -1;
    for (std::int64_t now = state_.wake; now < horizon; ++now) {
        forget_quiet();
        state_.wake = step(now, outputs);
    }
}

template <class Observer>
void PseudoChannel<Observer>::catch_up(std::int64_t tick) {
    std::vector<Output> none;
    while (state_.wake < tick) {
        skip_idle_rounds(tick);
        state_.wake = step(state_.wake, none);
    }
}

// Whole rounds of refresh of an idle machine with closed banks change nothing but the counters and
// the due tick; one round at least is left to be stepped through, which sets every timer as the
// long way would have. Nothing is skipped under the eyes of an observer that sees idle machines.
template <class Observer>
void PseudoChannel<Observer>::skip_idle_rounds(std::int64_t tick) {
    if constexpr (!Observer::kSeesIdle) {
        RefreshState& r = state_.refresh;
        const bool per_bank = timing_->refresh == RefreshMode::kPerBank;
        if (timing_->refresh == RefreshMode::kNone || !idle_rounds_repeat() ||
            state_.wake != r.next_due || r.owed != 0 || r.bank != kNoBank || r.draining ||
            open_banks() != 0 || at_initial_ != 0) {
            return;
        }
        const std::int64_t commands = per_bank ? timing_->banks : 1;
        const std::int64_t round = commands * timing_->refresh_interval;
        const std::int64_t rounds = (tick - r.next_due) / round - 1;
        if (rounds < 1) {
            return;
        }
        // Each refresh must find its bank, and the buses, ready on time: one that comes late makes
        // the next ones late, and catches up over some rounds.
        const auto& of_group = state_.shared.refresh_of_group;
        if (state_.shared.row_bus > state_.wake ||
            (per_bank && (state_.shared.refresh > state_.wake ||
                          *std::max_element(of_group.begin(), of_group.end()) > state_.wake))) {
            return;
        }
        const std::int64_t banks = timing_->banks;
        const std::int64_t count = per_bank ? std::popcount(r.done) : 0;
        std::uint64_t front = 0;
        std::uint8_t bank = r.recent.first;
        for (std::int64_t place = 0; place < banks; ++place, bank = r.recent.older[bank]) {
            const std::int64_t turn = per_bank ? (place - count + banks) % banks : 0;
            if (state_.banks.activate[bank] > state_.wake + turn * timing_->refresh_interval) {
                return;
            }
            front |= place < count ? bit(std::uint32_t{bank}) : 0;
        }
        if (front != r.done && per_bank) {  // the set of banks done recurs only as the front
            return;
        }
        r.next_due += rounds * round;
        state_.wake = r.next_due;
        state_.counters.refreshes += rounds * commands;
        for (std::size_t b = 0; b < bank_count(); ++b) {
            relieve(b, rounds * timing_->raa_per_refresh);
        }
    }
}

template <class Observer>
void PseudoChannel<Observer>::settle(std::int64_t tick) {
    if (!has_work() && tick != kNeverTick) {
        catch_up(tick);
    }
    for (RequestLine& line : state_.lines) {
        line.settle();
    }
    for (Queue& queue : state_.queues) {
        std::rotate(queue.slots.begin(), queue.slots.begin() + queue.head, queue.slots.end());
        queue.head = 0;
    }
    forget_quiet();
    rebuild();
}

template <class Observer>
void PseudoChannel<Observer>::rebuild() {
    recent_half_.rebuild(state_.refresh.recent, timing_->banks);
    early_column_ = {~std::uint64_t{0}, ~std::uint64_t{0}};
    buffered_ = {};
    buffered_of_bank_ = {};
    buffered_banks_ = 0;
    open_ = 0;
    for (std::uint32_t bank = 0; bank < static_cast<std::uint32_t>(kMaxBanks); ++bank) {
        open_ |= state_.banks.open_row[bank] == kNoRow ? 0 : bit(bank);
        note_count(bank);
    }
    for (std::size_t direction = 0; direction < 2; ++direction) {
        index_[direction] = QueueIndex{};
        const Queue& queue = state_.queues[direction];
        for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
            const QueueEntry& entry = queue.slots[slot];
            if (entry.columns > 0) {
                index_[direction].add(slot, entry, state_.banks.open_row[entry.bank], *timing_);
            }
        }
    }
}

template <class Observer>
std::int32_t PseudoChannel<Observer>::open_banks() const {
    return static_cast<std::int32_t>(std::count_if(state_.banks.open_row.begin(),
                                                   state_.banks.open_row.end(),
                                                   [](std::int32_t row) { return row != kNoRow; }));
}

template <class Observer>
std::int64_t PseudoChannel<Observer>::step(std::int64_t now, std::vector<Output>& outputs) {
    next_ = kNeverTick;
    done_ = {};
    refresh_due(now);
    if (at_initial_ != 0) {
        choose_management(now);
    }
    done_.admitted = admit(now);
    turn(now);
    find_starved(now);
    done_.column = column_command(now, outputs);
    done_.row = row_command(now);
    wait_for_consequences(now);
    return next_;
}

// What was done may allow more at the next tick, for a part that had its turn before it in this
// one. Parts that came after it have seen it and said themselves until when they wait.
template <class Observer>
void PseudoChannel<Observer>::wait_for_consequences(std::int64_t now) {
    const std::size_t direction = state_.writing ? 1 : 0;
    const QueueIndex& index = index_[direction];
    const RefreshState& refresh = state_.refresh;
    const bool rows_changed = done_.activated || done_.finished || done_.refreshed;
    bool again = rows_changed && refresh.owed > 0 && refresh.bank == kNoBank && !refresh.draining &&
                 refresh_choice(now).any();
    again |= done_.column && turns(now + 1);
    if (again) {
        wait_until(now + 1);
    }
    if (done_.finished || done_.row || (done_.column && counts_columns())) {
        if (at_initial_ != 0 && management_choice(now) != kNoBank) {
            wait_until(now + 1);
        }
        wait_until(std::max(now + 1, starvation()));
    }
    if ((done_.column || done_.activated) && index.hit_banks != 0) {
        wait_until(std::max(now + 1, state_.quiet.column[direction]));
    }
    if (done_.row) {
        for (const std::size_t d : {direction, 1 - direction}) {
            if (wants_rows(d)) {
                wait_for_row(d);
            }
        }
        wait_for_unused();
        const std::int64_t rest = state_.rest.resting ? kNeverTick : rest_from(now);
        if (rest != kNeverTick) {
            wait_until(std::max(now + 1, rest));
        }
        if (refresh.bank != kNoBank || refresh.draining) {
            wait_until(state_.shared.row_bus);
        }
    }
    if (done_.admitted || done_.finished) {
        admit_ahead(now + 1);
    }
}

// Admissions from `tick` on before which nothing else happens are made now, so that nobody need
// look at their ticks. None may lie beyond the horizon: requests that come before it are not known
// there.
template <class Observer>
void PseudoChannel<Observer>::admit_ahead(std::int64_t tick) {
    for (;; ++tick) {
        std::array<std::int64_t, 2> at{kNeverTick, kNeverTick};
        for (std::size_t direction = 0; direction < 2; ++direction) {
            const RequestLine& line = state_.lines[direction];
            if (!line.empty() && has_room(direction)) {
                at[direction] = std::max(tick, line.front().arrival);
            }
        }
        tick = std::min(at[0], at[1]);
        if (next_ <= tick || tick >= horizon_) {
            wait_until(tick);
            return;
        }
        ahead_ = tick;
        for (std::size_t direction = 0; direction < 2; ++direction) {
            if (at[direction] == tick) {
                wait_for_admitted(tick, direction, admit_first(direction, tick));
            }
        }
        if (turns(tick)) {
            wait_until(tick);
        }
        wait_for_turn(tick);
    }
}

template <class Observer>
bool PseudoChannel<Observer>::writes_at_least(std::int64_t count, std::int64_t now) const {
    const std::int64_t missing = count - state_.queues[1].count;
    return missing <= 0 || (missing <= static_cast<std::int64_t>(timing_->buffer_depth[1]) &&
                            state_.lines[1].has_arrived(static_cast<std::size_t>(missing), now));
}

// The first requests of each line that have arrived, as many as its buffer holds.
template <class Observer>
void PseudoChannel<Observer>::count_buffered(std::int64_t now) {
    for (std::size_t direction = 0; direction < 2; ++direction) {
        const RequestLine& line = state_.lines[direction];
        std::uint32_t& count = buffered_[direction];
        while (count < timing_->buffer_depth[direction] && count < line.size() &&
               line[count].arrival <= now) {
            const std::uint8_t bank = line[count].input.bank;
            ++buffered_of_bank_[bank];
            buffered_banks_ |= bit(std::uint32_t{bank});
            ++count;
        }
    }
}

// What a request that was admitted at tick `now` may lead to, from that tick on.
template <class Observer>
void PseudoChannel<Observer>::wait_for_admitted(std::int64_t now, std::size_t direction,
                                                const Admitted& request) {
    const QueueIndex& index = index_[direction];
    const std::uint64_t bank = bit(std::uint32_t{request.bank});
    if (direction == (state_.writing ? 1U : 0U)) {
        wait_until(std::max(now, starvation()));
    } else if ((served_banks(direction) & bank & ~index.hit_banks) == 0) {
        return;
    }
    if (request.hit) {
        wait_until(std::max(now, request.gate));
    } else if ((index.hit_banks & bank) == 0) {
        wait_until(std::max({now, state_.shared.row_bus, request.gate}));
    }
}

template <class Observer>
bool PseudoChannel<Observer>::admit(std::int64_t now) {
    if (ahead_ == now) {
        return true;
    }
    bool admitted = false;
    for (std::size_t direction = 0; direction < 2; ++direction) {
        const RequestLine& line = state_.lines[direction];
        if (line.empty()) {
            continue;
        }
        if (line.front().arrival > now) {
            wait_until(line.front().arrival);
        } else if (has_room(direction)) {
            admit_first(direction, now);
            admitted = true;
        }
    }
    return admitted;
}

template <class Observer>
bool PseudoChannel<Observer>::has_room(std::size_t direction) const {
    const Queue& queue = state_.queues[direction];
    return queue.count < timing_->queue_depth[direction] && queue.span < kSlots;
}

template <class Observer>
auto PseudoChannel<Observer>::admit_first(std::size_t direction, std::int64_t now) -> Admitted {
    RequestLine& line = state_.lines[direction];
    const WaitingRequest request = line.front();
    line.pop();
    const Input& input = request.input;
    if (buffered_[direction] > 0) {
        --buffered_[direction];
        if (--buffered_of_bank_[input.bank] == 0) {
            buffered_banks_ &= ~bit(std::uint32_t{input.bank});
        }
    }
    Queue& queue = state_.queues[direction];
    const std::uint32_t slot = (queue.head + queue.span) % kSlots;
    QueueEntry& entry = queue.slots[slot];
    entry.arrival = request.arrival;
    entry.deadline = now + (input.write ? timing_->write_age_limit : timing_->read_age_limit);
    entry.token = request.token;
    entry.row = input.row;
    entry.bank = input.bank;
    entry.column = input.column;
    entry.columns = input.columns;
    const BankTimers& banks = state_.banks;
    const std::int32_t open_row = banks.open_row[input.bank];
    if (banks.refreshed[input.bank] > now) {
        entry.refresh_ticks = static_cast<std::int32_t>(banks.refreshed[input.bank] - now);
    } else if (open_row == input.row && banks.column[direction][input.bank] > now) {
        entry.row_ticks = static_cast<std::int32_t>(banks.column[direction][input.bank] - now);
    }
    index_[direction].add(slot, entry, open_row, *timing_);
    ++queue.span;
    ++queue.count;
    const bool hit = open_row == input.row;
    const std::int64_t gate = hit                  ? hit_gate(direction, input.bank)
                              : open_row == kNoRow ? closed_gate(input.bank)
                                                   : conflict_gate(input.bank);
    std::int64_t& quiet = (hit                  ? state_.quiet.column
                           : open_row == kNoRow ? state_.quiet.activate
                                                : state_.quiet.close)[direction];
    quiet = std::min(quiet, gate);
    return {gate, input.bank, hit};
}

template class PseudoChannel<NoObserver>;
template class PseudoChannel<CommandRecorder>;
template class PseudoChannel<BusyRecorder>;

}  // namespace vr::hbm4
