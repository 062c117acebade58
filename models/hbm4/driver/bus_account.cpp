// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/driver/bus_account.h"

#include <algorithm>
#include <iterator>

#include "models/base/error.h"

namespace vr::hbm4 {

namespace {
constexpr std::int64_t kLongAgo = -(std::int64_t{1} << 40);
}

const std::array<const char*, kBusUses>& bus_use_names() {
    static constexpr std::array<const char*, kBusUses> kNames = {
        "data", "no_request",    "power_down", "refresh",    "management",
        "row",  "activate_rate", "turnaround", "column_gap", "controller"};
    return kNames;
}

BusAccount::BusAccount(const Timing& timing, std::int64_t limit)
    : timing_(&timing),
      limit_(limit),
      gate_reach_(std::max({timing.faw, timing.rrd_s, timing.rrd_l, timing.refresh_to_activate,
                            timing.refresh_to_activate_l, timing.activate_slots})),
      reach_(std::max({gate_reach_, timing.rp, timing.rc, timing.rfc_per_bank, timing.rfc_all_bank,
                       timing.rfm, timing.drfm}) +
             std::max(timing.rcd_read, timing.rcd_write)) {
    last_column_[0].fill(kLongAgo);
    last_column_[1].fill(kLongAgo);
}

void BusAccount::add(BusUse use, std::int64_t from, std::int64_t until) {
    time_[static_cast<std::size_t>(use)] +=
        std::max<std::int64_t>(std::min(until, limit_) - std::min(from, limit_), 0);
}

void BusAccount::arrived(std::int64_t tick, const Input& input) {
    requests_.push_back({tick, input.row, input.bank, input.columns, input.write});
}

void BusAccount::command(const CommandRecord& command) {
    if (command.command == Command::kRead || command.command == Command::kWrite) {
        column(command);
    } else {
        row(command);
    }
}

// Forgets commands of which nobody will be asked: the last four of a bank tell its state.
void BusAccount::row(const CommandRecord& c) {
    constexpr std::size_t kWorthForgetting = 16;
    constexpr std::size_t kState = 4;
    const bool nobody = head_ == requests_.size();
    const std::int64_t kept = (nobody ? c.tick : data_end_ - last_latency_) - reach_;
    const auto push = [&](std::vector<CommandRecord>& list) {
        if (list.size() >= kWorthForgetting) {
            const auto old = std::find_if(list.begin(), list.end(),
                                          [&](const CommandRecord& r) { return r.tick >= kept; });
            const auto count = static_cast<std::size_t>(old - list.begin());
            list.erase(list.begin(),
                       list.begin() + static_cast<std::ptrdiff_t>(count - std::min(count, kState)));
        }
        list.push_back(c);
    };
    if (c.command == Command::kPowerDown || c.command == Command::kSelfRefresh) {
        std::erase_if(rests_, [&](const Rest& rest) { return rest.awake < kept; });
        rests_.push_back({c.tick, kNeverTick});
        return;
    }
    if (is_rest(c.command)) {
        rests_.back().awake = c.tick + (c.command == Command::kPowerUp ? timing_->xp : timing_->xs);
        return;
    }
    push(rows_);
    if (is_of_all_banks(c.command)) {
        std::for_each(of_bank_.begin(), of_bank_.begin() + timing_->banks, push);
    } else {
        push(of_bank_[static_cast<std::size_t>(c.bank)]);
    }
}

void BusAccount::column(const CommandRecord& c) {
    const bool write = c.command == Command::kWrite;
    const std::int64_t latency = write ? timing_->write_data : timing_->read_data;
    const auto served = std::find_if(requests_.begin() + static_cast<std::ptrdiff_t>(head_),
                                     requests_.end(), [&](const Waiting& w) {
                                         return w.columns > 0 && w.write == write &&
                                                w.bank == c.bank && w.row == c.row;
                                     });
    ensure(served != requests_.end(), "bus account: no request for the column of tick {}", c.tick);
    walk(c.tick, latency, &*served);
    last_column_[write ? 1 : 0][timing_->group_of_bank[served->bank]] = c.tick;
    last_latency_ = latency;
    data_end_ = c.tick + latency + timing_->burst;
    add(BusUse::kData, data_end_ - timing_->burst, data_end_);
    if (--served->columns == 0) {
        ++served_;
        drop_served();
    }
}

// The list grows at its end and is served nearly in order.
void BusAccount::drop_served() {
    constexpr std::size_t kWorthMoving = 256;
    while (head_ < requests_.size() && requests_[head_].columns == 0) {
        ++head_;
        --served_;
    }
    if (head_ >= kWorthMoving && head_ * 2 >= requests_.size()) {
        requests_.erase(requests_.begin(), requests_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
    if (served_ >= kWorthMoving) {
        std::erase_if(requests_, [](const Waiting& w) { return w.columns == 0; });
        head_ = 0;
        served_ = 0;
    }
}

// Charges the time from the last data to those of a column at tick `until`, which serves `served`
// if that is not null.
void BusAccount::walk(std::int64_t until, std::int64_t latency, const Waiting* served) {
    const Waiting* const oldest = head_ < requests_.size() ? &requests_[head_] : nullptr;
    const std::int64_t own = served == nullptr ? kLongAgo : opened(*served, until);
    for (std::int64_t tick = data_end_ - latency; tick < until;) {
        const bool is_there = served != nullptr && served->arrival <= tick;
        const Waiting* const asked = is_there ? served : oldest;
        Answer answer{BusUse::kNoRequest, until};
        if (asked != nullptr && asked->arrival <= tick) {
            answer = ask(*asked, tick, is_there ? own : kLongAgo);
        } else if (asked != nullptr) {
            answer.until = asked->arrival;
        }
        if (served != nullptr && !is_there) {
            answer.until = std::min(answer.until, served->arrival);
        }
        const std::int64_t end = std::min(answer.until, until);
        add(answer.use, tick + latency, end + latency);
        tick = end;
    }
}

// The tick of the activate that the request's column at tick `column` waited for last; long ago if
// it waited for something else.
std::int64_t BusAccount::opened(const Waiting& request, std::int64_t column) const {
    const std::int64_t tick = column - to_column(request);
    const View now = view(request.bank, column);
    return now.open_row == request.row && now.activate == tick &&
                   column_gate(request, tick).use == BusUse::kRow
               ? tick
               : kLongAgo;
}

BusAccount::Answer BusAccount::ask(const Waiting& request, std::int64_t tick,
                                   std::int64_t opened) const {
    if (opened == kLongAgo) {
        return ask_at(request, tick);
    }
    const std::int64_t rcd = to_column(request);
    if (request.arrival > tick - rcd) {
        return {BusUse::kRow, request.arrival + rcd};
    }
    Answer answer = ask_at(request, tick - rcd);
    answer.until += answer.until < kNeverTick ? rcd : 0;
    return answer;
}

std::vector<CommandRecord>::const_iterator BusAccount::behind(
    const std::vector<CommandRecord>& list, std::int64_t tick) {
    return std::upper_bound(list.begin(), list.end(), tick,
                            [](std::int64_t t, const CommandRecord& c) { return t < c.tick; });
}

BusAccount::Answer BusAccount::ask_at(const Waiting& request, std::int64_t tick) const {
    const auto next = behind(rows_, tick);
    const std::int64_t change = next == rows_.end() ? kNeverTick : next->tick;
    const auto answer = [&](BusUse use, std::int64_t until) {
        return Answer{use, std::min(until, change)};
    };
    for (const Rest& rest : rests_) {
        if (rest.from <= tick && tick < rest.awake) {
            return answer(BusUse::kPowerDown, rest.awake);
        }
    }
    const View bank = view(request.bank, tick);
    if (bank.refresh > tick) {
        return answer(bank.refresh_use, bank.refresh);
    }
    if (bank.open_row == request.row) {
        const Answer gate = column_gate(request, bank.activate);
        return gate.until > tick ? answer(gate.use, gate.until)
                                 : answer(BusUse::kController, kNeverTick);
    }
    const std::int64_t closed = std::max(bank.precharge + timing_->rp, bank.activate + timing_->rc);
    if (bank.open_row != kNoRow || closed > tick) {
        return answer(BusUse::kRow, bank.open_row != kNoRow ? kNeverTick : closed);
    }
    const std::int64_t gate = activate_gate(request, tick);
    return gate > tick ? answer(BusUse::kActivateRate, gate)
                       : answer(BusUse::kController, kNeverTick);
}

// How long a refresh of some kind takes.
std::int64_t BusAccount::refresh_ticks(Command command) const {
    switch (command) {
        case Command::kRefreshAll:
            return timing_->rfc_all_bank;
        case Command::kManageBank:
            return timing_->rfm;
        case Command::kManageRow:
            return timing_->drfm;
        default:
            return timing_->rfc_per_bank;
    }
}

BusAccount::View BusAccount::view(std::uint8_t bank, std::int64_t tick) const {
    const std::vector<CommandRecord>& list = of_bank_[bank];
    View out{kNoRow, kLongAgo, kLongAgo, kLongAgo, BusUse::kRefresh};
    const auto use = [](Command command) {
        return is_management(command) ? BusUse::kManagement : BusUse::kRefresh;
    };
    const auto next = behind(list, tick);
    for (auto c = list.begin(); c != next; ++c) {
        switch (c->command) {
            case Command::kActivate:
                out.open_row = c->row;
                out.activate = c->tick;
                break;
            case Command::kRefreshBank:
            case Command::kRefreshAll:
            case Command::kManageBank:
            case Command::kManageRow:
                out.refresh = c->tick + refresh_ticks(c->command);
                out.refresh_use = use(c->command);
                break;
            default:
                out.open_row = kNoRow;
                out.precharge = c->tick;
        }
    }
    for (auto c = next; c != list.end() && c->command != Command::kActivate; ++c) {
        if (c->command != Command::kPrecharge) {  // all banks are closed for a refresh only
            out.refresh = c->tick;
            out.refresh_use = use(c->command);
            break;
        }
    }
    return out;
}

// Of a request whose row was opened at `activate`: what its column waits for last.
BusAccount::Answer BusAccount::column_gate(const Waiting& request, std::int64_t activate) const {
    const std::size_t to = request.write ? 1 : 0;
    const std::uint8_t group = timing_->group_of_bank[request.bank];
    Answer gate{BusUse::kRow, activate + to_column(request)};
    for (std::size_t from = 0; from < 2; ++from) {
        for (std::size_t g = 0; g < static_cast<std::size_t>(timing_->groups); ++g) {
            const std::int64_t end =
                last_column_[from][g] + timing_->column_gap(from, to, g, group);
            if (end > gate.until) {
                gate = {from == to ? BusUse::kColumnGap : BusUse::kTurnaround, end};
            }
        }
    }
    return gate;
}

// When the rules between banks let the request's activate go, by the commands up to `tick`.
std::int64_t BusAccount::activate_gate(const Waiting& request, std::int64_t tick) const {
    const std::uint8_t group = timing_->group_of_bank[request.bank];
    std::int64_t gate = kLongAgo;
    std::int64_t activates = 0;
    for (auto c = std::make_reverse_iterator(behind(rows_, tick));
         c != rows_.rend() && c->tick > tick - gate_reach_; ++c) {
        gate = std::max(gate, c->tick + 1);  // the row bus
        if (is_bank_refresh(c->command)) {
            const bool same = timing_->group_of_bank[static_cast<std::size_t>(c->bank)] == group;
            gate = std::max({gate, c->tick + timing_->refresh_to_activate,
                             c->tick + (same ? timing_->refresh_to_activate_l : 0)});
        } else if (c->command == Command::kActivate) {
            const std::uint8_t other = timing_->group_of_bank[static_cast<std::size_t>(c->bank)];
            ++activates;
            gate = std::max({gate, c->tick + timing_->activate_slots,
                             c->tick + timing_->activate_gap(other, group),
                             activates == 4 ? c->tick + timing_->faw : kLongAgo});
        }
    }
    return gate;
}

BusTime BusAccount::until(std::int64_t tick) const {
    BusAccount copy = *this;
    copy.walk(tick - last_latency_, last_latency_, nullptr);
    return copy.time_;
}

}  // namespace vr::hbm4
