// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/driver/memory_driver.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <utility>

#include "models/hbm4/address_map/address_map.h"
#include "models/hbm4/controller/channel_group.h"
#include "models/hbm4/driver/access_check.h"
#include "models/hbm4/driver/access_slices.h"
#include "models/hbm4/driver/latency_counts.h"
#include "models/hbm4/ecc/memory_faults.h"
#include "models/transport/clock.h"
#include "models/transport/state_statistics.h"

namespace vr {

namespace {

__extension__ using Wide = __int128;

// On the core, with a recorder of what the options want of the commands.
std::unique_ptr<hbm4::RecordedGroup> core_channels(const Hbm4Config& config,
                                                   const hbm4::Timing& timing,
                                                   const MemoryDriverOptions& options) {
    const auto count = static_cast<std::size_t>(config.pseudo_channels());
    if (options.commands != nullptr && options.idle_commands) {
        return std::make_unique<hbm4::PlainGroup<hbm4::CommandRecorder>>(timing, count);
    }
    if (options.account) {
        return std::make_unique<hbm4::PlainGroup<hbm4::BusyRecorder>>(timing, count);
    }
    return std::make_unique<hbm4::PlainGroup<>>(timing, count);
}

class Run {
  public:
    Run(const Hbm4Config& config, AccessSource& source, const MemoryDriverOptions& options)
        : config_(config),
          source_(source),
          commands_(options.commands),
          idle_commands_(options.idle_commands),
          faults_(options.faults),
          timing_(config),
          map_(config),
          group_(options.channels ? options.channels(config, timing_)
                                  : core_channels(config, timing_, options)),
          bounded_(options.window != MemoryDriverOptions::kUnbounded) {
        if (options.stop < kNever) {
            end_ = Clock(config.clock).first_edge(options.stop + Time{1});
        }
        if (options.events != nullptr) {
            slices_.emplace(config, *options.events);
        }
        if (options.account) {
            accounts_.assign(static_cast<std::size_t>(config.pseudo_channels()),
                             hbm4::BusAccount(timing_, end_ == kNeverTick ? end_ : end_ - 1));
        }
        // What keeps queues and buffers full at peak rate: their entries, and one access per burst
        // on the way to and from them.
        const std::int64_t on_the_way =
            (config.front_latency + config.back_latency + config.read_latency).value /
            config.burst.value;
        const std::int64_t queues = (config.read_queue + config.write_queue + config.read_buffer +
                                     config.write_buffer + on_the_way) *
                                    config.pseudo_channels();
        window_ = options.window == 0 ? queues : options.window;
        for (std::int64_t i = window_; i > 0; --i) {
            free_.push(0);
        }
    }
    MemoryResult operator()();

  private:
    [[nodiscard]] std::int64_t earliest_arrival() const;
    void feed(std::int64_t until);
    void meet_faults(std::int64_t arrival);
    void collect();
    void watch();
    void check_commands(std::int64_t tick) const;
    MemoryResult result();

    const Hbm4Config& config_;
    AccessSource& source_;
    std::vector<MemoryCommand>* commands_;
    bool idle_commands_;
    hbm4::MemoryFaults* faults_;
    hbm4::Timing timing_;
    hbm4::AddressMap map_;
    std::unique_ptr<hbm4::RecordedGroup> group_;
    std::vector<hbm4::BusAccount> accounts_;  // by pseudo-channel; empty when nobody wants them
    bool bounded_;
    std::int64_t window_ = 0;
    std::int64_t end_ = kNeverTick;  // first tick after the time at which the run stops
    std::optional<hbm4::AccessSlices> slices_;
    std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> free_;
    MemoryAccess access_;
    bool has_access_ = false;
    std::int64_t last_arrival_ = 0;
    std::int64_t finish_tick_ = 0;
    std::vector<hbm4::GroupOutput> outputs_;
    std::vector<hbm4::CommandRecord> recorded_;
    std::vector<std::uint32_t> sizes_;  // by request; kept only where not all may be answered
    LatencyCounts latencies_;
    std::int64_t requests_ = 0, answered_ = 0, bytes_ = 0;
    std::int64_t queue_ = 0, refresh_ = 0, row_ = 0, data_ = 0;
};

// Of the next access, as far as the responses that are known tell; kNeverTick when the window is
// full.
std::int64_t Run::earliest_arrival() const {
    if (bounded_ && free_.empty()) {
        return kNeverTick;
    }
    const std::int64_t due = access_.arrival + (access_.relative ? last_arrival_ : 0);
    return std::max({due, last_arrival_, bounded_ ? free_.top() : 0});
}

void Run::meet_faults(std::int64_t arrival) {
    const MemoryUse use{Clock(config_.clock).edge(arrival), 0};
    if (access_.write) {
        faults_->write_timing(access_.address, access_.bytes, use);
    } else {
        (void)faults_->read_timing(access_.address, access_.bytes, use);
    }
}

// Puts in every access whose arrival is known to be at or before `until`.
void Run::feed(std::int64_t until) {
    while (has_access_) {
        const std::int64_t arrival = earliest_arrival();
        if (arrival > until) {
            return;
        }
        if (bounded_) {
            free_.pop();
        }
        hbm4::check_access(map_, access_, requests_);
        const hbm4::Location at = map_.locate(access_.address);
        const hbm4::Input input = map_.input(at, access_.bytes, access_.write);
        const std::int64_t tick = arrival + config_.front_latency.value;
        check_commands(tick);
        group_->inject(at.pseudo_channel, tick, input, static_cast<std::uint32_t>(requests_));
        if (!accounts_.empty()) {
            accounts_[at.pseudo_channel].arrived(tick, input);
        }
        last_arrival_ = arrival;
        if (faults_ != nullptr) {
            meet_faults(arrival);
        }
        if (end_ == kNeverTick) {
            bytes_ += access_.bytes;
        } else {
            sizes_.push_back(access_.bytes);
        }
        if (slices_) {
            slices_->arrived(arrival, access_.bytes);
        }
        ++requests_;
        has_access_ = source_.next(access_);
    }
}

void Run::collect() {
    const std::int64_t own = config_.front_latency.value + config_.back_latency.value;
    for (const hbm4::GroupOutput& end : outputs_) {
        const hbm4::Output& o = end.output;
        const std::int64_t response = o.tick + config_.back_latency.value;
        if (response >= end_) {
            continue;  // its column was issued in time, its answer is not there yet
        }
        latencies_.record(own + o.queue_ticks + o.refresh_ticks + o.row_ticks + o.data_ticks);
        queue_ += o.queue_ticks;
        refresh_ += o.refresh_ticks;
        row_ += o.row_ticks;
        data_ += o.data_ticks;
        finish_tick_ = std::max(finish_tick_, response);
        ++answered_;
        if (end_ != kNeverTick) {
            bytes_ += sizes_[o.token];
        }
        if (slices_) {
            slices_->answered(end, response);
        }
        if (bounded_) {
            free_.push(response);
        }
    }
    outputs_.clear();
}

// A response is known `slack` ticks before it is due, so nothing that is done up to now + slack
// depends on one that is not yet known. From tick end_ on nothing is fed and no machine runs.
MemoryResult Run::operator()() {
    const std::int64_t slack = timing_.shortest_access() + config_.back_latency.value;
    has_access_ = source_.next(access_);
    std::int64_t now = 0;  // everything before is done
    while (true) {
        if (has_access_) {  // else `now` may be the end of time
            feed(std::min(now + slack, end_ - 1));
        }
        const std::int64_t next = group_->next();
        // Beyond now + slack, or fed already.
        const std::int64_t arrival = has_access_ ? earliest_arrival() : kNeverTick;
        if (next >= end_ && arrival >= end_) {  // all done, or nothing left before the end
            break;
        }
        if (next == kNeverTick) {  // all answered: on to the next arrival
            now = arrival - slack;
            continue;
        }
        const std::int64_t start = has_access_ ? std::min(next, arrival - slack) : next;
        const std::int64_t horizon = has_access_ ? std::max(now, start) + slack : kNeverTick;
        now = std::min(horizon, end_);
        group_->run(now, outputs_);
        collect();
        watch();
    }
    return result();
}

// Hands the recorded commands on.
void Run::watch() {
    if (commands_ == nullptr && accounts_.empty()) {
        return;
    }
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(config_.pseudo_channels()); ++i) {
        group_->take_commands(i, recorded_);
        for (const hbm4::CommandRecord& command : recorded_) {
            if (commands_ != nullptr && (idle_commands_ || !accounts_[i].idle(command.tick))) {
                commands_->push_back({i, command});
            }
            if (!accounts_.empty()) {
                accounts_[i].command(command);
            }
        }
    }
    check_commands(0);
}

// Refuses to record more commands than a list may hold, those of refresh until `tick` among them.
void Run::check_commands(std::int64_t tick) const {
    if (commands_ == nullptr) {
        return;
    }
    const bool refreshed = idle_commands_ && timing_.refresh != hbm4::RefreshMode::kNone;
    const std::int64_t refreshes =
        refreshed ? tick / timing_.refresh_interval * config_.pseudo_channels() : 0;
    if (std::max(refreshes, static_cast<std::int64_t>(commands_->size())) > kMostCommands) {
        throw UsageError(fmt::format(
            "the record of commands would pass {}; record a shorter run, or fewer channels",
            kMostCommands));
    }
}

MemoryResult Run::result() {
    const Clock ck(config_.clock);
    MemoryResult r;
    r.complete = !has_access_ && answered_ == requests_;
    const std::int64_t last_tick = r.complete ? finish_tick_ : end_ - 1;
    if (commands_ != nullptr) {
        if (idle_commands_) {
            group_->settle(last_tick);
            watch();
        }
        std::stable_sort(commands_->begin(), commands_->end(),
                         [](const MemoryCommand& a, const MemoryCommand& b) {
                             return std::pair(a.record.tick, a.pseudo_channel) <
                                    std::pair(b.record.tick, b.pseudo_channel);
                         });
    }
    r.requests = requests_;
    r.window = window_;
    r.answered = answered_;
    r.bytes = {bytes_};
    r.finish = ck.edge(finish_tick_);
    r.peak = config_.peak_bandwidth();
    if (r.finish.value > 0) {
        r.achieved = {static_cast<std::int64_t>(static_cast<Wide>(bytes_) * kFemtosecondsPerSecond /
                                                r.finish.value)};
    }
    r.utilisation = static_cast<double>(r.achieved.value) / static_cast<double>(r.peak.value);
    if (answered_ > 0) {
        const auto mean = static_cast<Wide>(latencies_.sum()) * kFemtosecondsPerSecond /
                          config_.clock.value / answered_;
        r.latency_mean = {static_cast<std::int64_t>(mean)};
        r.latency_p50 = ck.edge(latencies_.percentile(50));
        r.latency_p90 = ck.edge(latencies_.percentile(90));
        r.latency_p99 = ck.edge(latencies_.percentile(99));
        r.latency_max = ck.edge(latencies_.percentile(100));
        r.latency_powers = latencies_.powers_of_two();
    }
    r.queue = ck.edge(queue_);
    r.refresh = ck.edge(refresh_);
    r.row = ck.edge(row_);
    r.data = ck.edge(data_);
    r.controller = ck.edge(answered_ * (config_.front_latency.value + config_.back_latency.value));
    r.pseudo_channels = config_.pseudo_channels();
    for (std::int64_t i = 0; i < r.pseudo_channels; ++i) {
        const hbm4::Counters one = group_->counters(static_cast<std::uint32_t>(i), last_tick);
        merge_statistics(r.totals, statistic_values(one));
        const std::int64_t columns = one.columns_read + one.columns_written;
        r.busiest_columns = std::max(r.busiest_columns, columns);
        r.idlest_columns = i == 0 ? columns : std::min(r.idlest_columns, columns);
    }
    for (const hbm4::BusAccount& account : accounts_) {
        const hbm4::BusTime time = account.until(last_tick);
        std::transform(time.begin(), time.end(), r.bus.begin(), r.bus.begin(), std::plus<>());
        r.bus_ticks += last_tick;
    }
    r.refresh_mode = config_.refresh;
    r.address_map = map_.name();
    return r;
}

}  // namespace

MemoryResult run_memory(const Hbm4Config& config, AccessSource& source,
                        const MemoryDriverOptions& options) {
    if (options.commands != nullptr) {
        options.commands->clear();
        ensure(options.idle_commands || options.account, "memory driver: who is idle is not known");
    }
    return Run(config, source, options)();
}

Hbm4Config one_channel(Hbm4Config config) {
    config.stacks = 1;
    config.channels_per_stack = 1;
    return config;
}

Hbm4Config with_pseudo_channels(Hbm4Config config, std::int64_t count) {
    if (count < 1 || count > config.pseudo_channels() ||
        !std::has_single_bit(static_cast<std::uint64_t>(count))) {
        throw UsageError(fmt::format(
            "{} pseudo-channels; allowed: a power of two from 1 to the {} of the device", count,
            config.pseudo_channels()));
    }
    const auto take = [&count](std::int64_t& parts) {
        parts = std::min(parts, count);
        count /= parts;
    };
    take(config.pseudo_channels_per_channel);
    take(config.channels_per_stack);
    take(config.stacks);
    return config;
}

}  // namespace vr
