// SPDX-License-Identifier: Apache-2.0
// What the bisimulation tests of pseudo-channels feed, and a machine that few feeds bring to its
// limits.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/base/random.h"
#include "models/hbm4/controller/pseudo_channel.h"
#include "testbenches/hbm4/test_config.h"

namespace vr::testing {

struct Load {
    const char* name = "";
    std::uint64_t write_percent = 0;
    std::uint64_t requests = 0;  ///< of one feed, at most
    std::uint64_t gap = 0;       ///< most ticks between arrivals
    std::int64_t step = 0;       ///< most ticks between feeds
    std::uint64_t rows = 1;
    int feeds = 8;  ///< of a compared future, each followed by a look at next()
};

/// The last arrival that a pseudo-channel knows, `now` at the earliest.
inline std::int64_t last_arrival(const hbm4::PseudoChannelState& state, std::int64_t now) {
    for (const auto& line : state.lines) {
        now = line.empty() ? now : std::max(now, line.requests.back().arrival);
    }
    return now;
}

/// Requests from `tick` on with consecutive tokens; most of them go to few banks, so that rows
/// conflict.
template <class Machine>
std::uint32_t feed(const Load& load, std::int32_t banks, Machine& machine, std::int64_t tick,
                   SplitMix64& random, std::uint32_t token) {
    const auto requests = static_cast<std::uint32_t>(random.next() % (load.requests + 1));
    for (std::uint32_t i = 0; i < requests; ++i) {
        tick += static_cast<std::int64_t>(random.next() % (load.gap + 1));
        const std::uint64_t among = random.next() % 2 == 0 ? 4 : static_cast<std::uint64_t>(banks);
        hbm4::Input input;
        input.bank = static_cast<std::uint8_t>(random.next() % among);
        input.row = static_cast<std::int32_t>(random.next() % load.rows);
        input.columns = static_cast<std::uint8_t>(1 + random.next() % 8);
        input.column = static_cast<std::uint8_t>(random.next() % 24);
        input.write = random.next() % 100 < load.write_percent;
        machine.inject(tick, input, token + i);
    }
    return requests;
}

/// Small queues and short limits, so that full queues, turns, starvation, and owed and forced
/// refreshes are met within a few feeds.
inline Hbm4Config tight_hbm4(const char* refresh) {
    Hbm4Config config = rubin_hbm4();
    config.refresh = refresh;
    config.read_queue = 16;
    config.write_queue = 16;
    config.read_buffer = 24;
    config.write_buffer = 8;
    config.write_high = 12;
    config.write_low = 4;
    config.turn_columns = 16;
    config.read_age_limit = {300};
    config.write_age_limit = {600};
    config.refresh_postpone = 2;
    config.scheduler = "first_ready_capped";
    config.row_hit_cap = 20;
    config.page_policy = "adaptive";
    config.page_timeout = {60};
    config.t_refi = tenths_of_ns(20'000);
    config.power_down = "power_down";
    config.power_down_after = {40};
    config.refresh_management = "drfm";
    config.raa_initial = 3;
    config.raa_maximum = 8;
    config.raa_per_refresh = 1;
    return config;
}

}  // namespace vr::testing
