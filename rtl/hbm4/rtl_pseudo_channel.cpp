// SPDX-License-Identifier: Apache-2.0
#include "rtl/hbm4/rtl_pseudo_channel.h"

#include <algorithm>
#include <bit>

#include "models/base/error.h"

namespace vr::hbm4 {

void RtlPseudoChannel::inject(std::int64_t tick, const Input& input, std::uint32_t token) {
    settle(tick);
    for (const PendingRequests& pending : pending_) {
        ensure(pending.line().empty() || pending.line().requests.back().arrival <= tick,
               "RTL pseudo-channel: request at tick {} after one at tick {}", tick,
               pending.line().empty() ? 0 : pending.line().requests.back().arrival);
    }
    pending_[input.write ? 1 : 0].push({tick, token, input});
}

void RtlPseudoChannel::settle(std::int64_t tick) {
    while (!has_work() && now_ < tick) {
        (void)this->tick();
    }
}

void RtlPseudoChannel::run(std::int64_t horizon, std::vector<Output>& outputs) {
    while (now_ < horizon && has_work()) {
        if (const std::optional<Output> output = tick()) {
            outputs.push_back(*output);
        }
    }
}

std::optional<Output> RtlPseudoChannel::tick() {
    RtlTick t;
    t.tick = now_++;
    SchedulerInputs inputs;
    for (std::size_t direction = 0; direction < 2; ++direction) {
        PendingRequests& pending = pending_[direction];
        pending.arrive(t.tick);
        if (pending.line().has_arrived(1, t.tick)) {
            t.waiting[direction] = pending.line().front();
            if (!offered_[direction]) {
                inputs.offers[direction] = t.waiting[direction];
                offered_[direction] = true;
            }
        }
    }
    inputs.buffered_banks = pending_[0].buffered_banks() | pending_[1].buffered_banks();
    inputs.arrived_writes = pending_[1].arrived();
    t.did = pins_->clock(inputs);
    for (std::size_t direction = 0; direction < 2; ++direction) {
        if (offered_[direction] && t.did.ready[direction]) {
            pending_[direction].pop();
            offered_[direction] = false;
        }
    }
    busy_ = t.did.busy;
    for (std::optional<CommandRecord>* command : {&t.did.column, &t.did.row}) {
        if (command->has_value()) {
            (*command)->tick = t.tick;
            if (records_) {
                commands_.push_back(**command);
            }
        }
    }
    if (t.did.done) {
        ensure(t.did.column.has_value(), "RTL pseudo-channel: a request ended without a column");
        const SchedulerDone& done = *t.did.done;
        const bool write = t.did.column->command == Command::kWrite;
        Output o;
        o.token = done.tag;
        o.tick = t.tick + timing_->to_data_end(write);
        o.queue_ticks = done.queue_ticks;
        o.refresh_ticks = done.refresh_ticks;
        o.row_ticks = done.row_ticks;
        o.data_ticks = static_cast<std::int32_t>(done.age_ticks + timing_->to_data_end(write)) -
                       done.queue_ticks - done.refresh_ticks - done.row_ticks;
        o.write = write;
        t.finish = o;
    }
    count(t);
    if (watcher_) {
        watcher_(t);
    }
    return t.finish;
}

void RtlPseudoChannel::count(const RtlTick& t) {
    Counters& c = counters_;
    c.turns += t.did.turned ? 1 : 0;
    if (t.did.column) {
        ++(t.did.column->command == Command::kWrite ? c.columns_written : c.columns_read);
        c.data_ticks += timing_->burst;
    }
    if (t.did.row) {
        const std::uint64_t bank = std::uint64_t{1} << t.did.row->bank;
        switch (t.did.row->command) {
            case Command::kActivate:
                ++c.activates;
                open_ |= bank;
                break;
            case Command::kPrecharge:
                ++c.precharges;
                open_ &= ~bank;
                break;
            case Command::kPrechargeAll:
                c.precharges += std::popcount(open_);
                open_ = 0;
                break;
            default:
                ++c.refreshes;
                c.forced_refreshes += t.did.forced ? 1 : 0;
        }
    }
    if (t.did.done) {
        ++(t.finish->write ? c.writes : c.reads);
        ++(t.did.done->outcome == RowOutcome::kHit    ? c.row_hits
           : t.did.done->outcome == RowOutcome::kMiss ? c.row_misses
                                                      : c.row_conflicts);
    }
}

}  // namespace vr::hbm4
