// SPDX-License-Identifier: Apache-2.0
// What Hbm4 reports about itself.
#include <algorithm>
#include <tuple>

#include "models/hbm4/controller/channel_group.h"
#include "models/hbm4/hbm4.h"
#include "models/transport/state_statistics.h"

namespace vr {

void Hbm4::statistics(StatisticsRegistry& out) const {
    hbm4::Counters sum;
    std::int64_t most = 0;
    std::int64_t least = 0;
    std::int64_t busiest = 0;
    std::int64_t idlest = 0;
    for (std::int64_t i = 0; i < config_.pseudo_channels(); ++i) {
        const hbm4::Counters one = group_->counters(static_cast<std::uint32_t>(i), last_tick_);
        merge_statistics(sum, statistic_values(one));
        const std::int64_t columns = one.columns_read + one.columns_written;
        most = std::max(most, columns);
        least = i == 0 ? columns : std::min(least, columns);
        busiest = std::max(busiest, one.data_ticks);
        idlest = i == 0 ? one.data_ticks : std::min(idlest, one.data_ticks);
    }
    const auto add = [&](std::string_view name, std::int64_t value, std::string_view unit,
                         std::string_view text, StatisticKind kind = StatisticKind::kSum) {
        out.add(path(), name, value, unit, text, kind);
    };
    using enum StatisticKind;
    add("requests", requests_, "requests", "requests received");
    add("answers", answers_, "requests", "requests answered");
    add("bytes_read", bytes_read_, "B", "bytes of answered reads");
    add("bytes_written", bytes_written_, "B", "bytes of answered writes");
    add("columns_read", sum.columns_read, "columns", "read commands");
    add("columns_written", sum.columns_written, "columns", "write commands");
    add("row_hits", sum.row_hits, "requests", "requests that needed no row command of their own");
    add("row_misses", sum.row_misses, "requests", "requests that activated a closed bank");
    add("row_conflicts", sum.row_conflicts, "requests", "requests that closed another row first");
    add("activates", sum.activates, "commands", "rows opened");
    add("precharges", sum.precharges, "commands", "rows closed");
    add("refreshes", sum.refreshes, "commands", "refresh commands");
    add("forced_refreshes", sum.forced_refreshes, "commands",
        "refresh commands that met queued work");
    add("managements", sum.managements, "commands", "commands of refresh management");
    add("rests", sum.rests, "rests", "entries into power-down or self refresh");
    add("rest_ticks", sum.rest_ticks, "CK", "spent in rests that have ended");
    add("forced_managements", sum.forced_managements, "commands",
        "commands of refresh management that met queued work");
    add("turns", sum.turns, "turns", "changes of direction of the data buses");
    add("data_bus_busy", sum.data_ticks, "CK", "busy time of all data buses together");
    add("data_bus_busy_most", busiest, "CK", "of the busiest pseudo-channel", kMaximum);
    add("data_bus_busy_least", idlest, "CK", "of the idlest pseudo-channel", kMinimum);
    add("columns_most", most, "columns", "of the busiest pseudo-channel", kMaximum);
    add("columns_least", least, "columns", "of the idlest pseudo-channel", kMinimum);
    add("latency_sum", latency_sum_.value, "fs", "arrival to response, sum over requests");
    add("latency_max", latency_max_.value, "fs", "arrival to response, longest", kMaximum);
    add("latency_p50_bound", latencies_.percentile_bound(50), "CK",
        "half of the requests took no longer (power of two)", kMaximum);
    add("latency_p99_bound", latencies_.percentile_bound(99), "CK",
        "99 of 100 requests took no longer (power of two)", kMaximum);
    add("peak_bandwidth", peak_bandwidth().value, "B/s", "of all data buses together", kMaximum);
}

hbm4::Counters Hbm4::counters(std::uint32_t pseudo_channel, Time at) const {
    return group_->counters(pseudo_channel, clock_.first_edge(at));
}

// Tokens are names: which slot a request has follows from how far the unit happened to run at a
// time, and decides nothing. So requests count without their slots, in order of arrival.
void Hbm4::state(StateHasher& out) const {
    std::vector<const InFlight*> live;
    for (const InFlight& flight : in_flight_) {
        if (flight.live) {
            live.push_back(&flight);
        }
    }
    std::sort(live.begin(), live.end(), [](const InFlight* a, const InFlight* b) {
        return std::tie(a->arrival, a->tag, a->bytes) < std::tie(b->arrival, b->tag, b->bytes);
    });
    out(requests_in, responses_out, live.size());
    for (const InFlight* flight : live) {
        out(*flight);
    }
    out(ended_.size());
    for (const hbm4::GroupOutput& end : ended_) {
        hbm4::Output unnamed = end.output;
        unnamed.token = in_flight_[end.output.token].tag;
        out(end.pseudo_channel, unnamed);
    }
    out(late_, last_tick_, latencies_, requests_, answers_, bytes_read_, bytes_written_,
        latency_sum_, latency_max_);
}

void Hbm4::state_hashes(Time now, std::vector<StateHash>& out) const {
    Unit::state_hashes(now, out);
    const std::int64_t tick = clock_.first_edge(now);
    for (std::int64_t i = 0; i < config_.pseudo_channels(); ++i) {
        out.push_back({path() + "." + config_.name_of_pseudo_channel(i),
                       group_->state_digest(static_cast<std::uint32_t>(i), tick)});
    }
}

}  // namespace vr
