// SPDX-License-Identifier: Apache-2.0
#include "rtl/hbm4/lock_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "models/base/error.h"
#include "models/hbm4/standards/standard.h"
#include "models/transport/state_statistics.h"

namespace vr::hbm4 {

namespace {

constexpr std::size_t kKept = 6;  // commands that a message shows

std::string text_of(const CommandRecord& c) {
    const std::string_view name = name_of(c.command);
    if (is_of_all_banks(c.command)) {
        return std::string(name);
    }
    switch (c.command) {
        case Command::kActivate:
            return fmt::format("{} bank {} row {}", name, c.bank, c.row);
        case Command::kRead:
        case Command::kWrite:
            return fmt::format("{} bank {} row {} column {}", name, c.bank, c.row, c.column);
        default:
            return fmt::format("{} bank {}", name, c.bank);
    }
}

std::string text_of(const std::optional<CommandRecord>& command) {
    return command ? text_of(*command) : "nothing";
}

std::string text_of(const std::optional<Output>& end) {
    return !end ? "nothing"
                : fmt::format("request {} at tick {} (queue {}, refresh {}, row {}, data {})",
                              end->token, end->tick, end->queue_ticks, end->refresh_ticks,
                              end->row_ticks, end->data_ticks);
}

std::string text_of(const std::optional<WaitingRequest>& request) {
    return !request
               ? "nothing"
               : fmt::format("request {}: {} bank {} row {} columns {} to {}, arrived at tick {}",
                             request->token, request->input.write ? "write" : "read",
                             request->input.bank, request->input.row, request->input.column,
                             request->input.column + request->input.columns - 1, request->arrival);
}

bool is_column(const CommandRecord& c) {
    return c.command == Command::kRead || c.command == Command::kWrite;
}

// The row of commands that have none is not compared.
bool same(const std::optional<CommandRecord>& a, const std::optional<CommandRecord>& b) {
    return a.has_value() == b.has_value() && text_of(a) == text_of(b);
}

}  // namespace

LockStepChannel::LockStepChannel(std::string name, const Timing& timing,
                                 std::unique_ptr<SchedulerPins> pins)
    : name_(std::move(name)), timing_(&timing), core_(timing), rtl_(timing, std::move(pins)) {
    rtl_.watch([this](const RtlTick& tick) { compare(tick); });
}

void LockStepChannel::take_commands() {
    auto& commands = core_.observer().commands;
    expected_.insert(expected_.end(), commands.begin(), commands.end());
    commands.clear();
}

void LockStepChannel::inject(std::int64_t tick, const Input& input, std::uint32_t token) {
    core_.inject(tick, input, token);
    take_commands();
    rtl_.inject(tick, input, token);
}

void LockStepChannel::run(std::int64_t horizon, std::vector<Output>& outputs) {
    const std::size_t first = outputs.size();
    core_.run(horizon, outputs);
    take_commands();
    ends_.insert(ends_.end(), outputs.begin() + static_cast<std::ptrdiff_t>(first), outputs.end());
    scratch_.clear();
    rtl_.run(horizon, scratch_);
    ensure(core_.has_work() == rtl_.has_work(), "{}: lock step: work at the end of a run", name_);
}

void LockStepChannel::settle(std::int64_t tick) {
    core_.settle(tick);
    take_commands();
    rtl_.settle(tick);
}

std::int64_t LockStepChannel::next() const {
    return core_.next();
}

void LockStepChannel::compare(const RtlTick& tick) {
    std::optional<CommandRecord> column;
    std::optional<CommandRecord> row;
    while (!expected_.empty() && expected_.front().tick <= tick.tick) {
        (is_column(expected_.front()) ? column : row) = expected_.front();
        expected_.pop_front();
        ++commands_;
    }
    if (!same(column, tick.did.column) || !same(row, tick.did.row)) {
        fail(tick, fmt::format("column bus: expected {}, got {}\n  row bus: expected {}, got {}",
                               text_of(column), text_of(tick.did.column), text_of(row),
                               text_of(tick.did.row)));
    }
    std::optional<Output> end;
    if (!ends_.empty() &&
        ends_.front().tick - timing_->to_data_end(ends_.front().write) <= tick.tick) {
        end = ends_.front();
        ends_.pop_front();
    }
    if (end != tick.finish) {
        fail(tick,
             fmt::format("finished: expected {}, got {}", text_of(end), text_of(tick.finish)));
    }
    for (const std::optional<CommandRecord>& command : {column, row}) {
        if (command) {
            before_.push_back(*command);
        }
    }
    while (before_.size() > kKept) {
        before_.pop_front();
    }
}

void LockStepChannel::fail(const RtlTick& tick, const std::string& what) {
    std::string history;
    for (const CommandRecord& c : before_) {
        history += fmt::format("\n    {} at tick {}", text_of(c), c.tick);
    }
    throw CheckFailed(fmt::format(
        "lock step: {}: RTL and model differ at tick {} (clock {} of the waveforms)\n  waiting: "
        "{}; {}\n  {}\n  before: {}",
        name_, tick.tick, rtl_.pins().clocks(), text_of(tick.waiting[0]), text_of(tick.waiting[1]),
        what, history.empty() ? "nothing" : history));
}

const Counters& LockStepChannel::counters() const {
    const bool equal =
        statistic_values(core_.state().counters) == statistic_values(rtl_.counters());
    if (!equal) {
        throw CheckFailed(fmt::format("lock step: {}: RTL and model count differently", name_));
    }
    return core_.state().counters;
}

}  // namespace vr::hbm4
