// SPDX-License-Identifier: Apache-2.0
// Mixed traffic for one pseudo-channel, and ways to run it.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/random.h"
#include "models/hbm4/controller/pseudo_channel.h"

namespace vr::testing {

struct Arrival {
    std::int64_t tick = 0;
    hbm4::Input input;
};

struct TrafficShape {
    std::int64_t requests = 0;
    std::uint64_t write_percent = 0;
    std::uint64_t random_percent = 0;  ///< the rest walks over the banks
    std::uint64_t longest_gap = 0;     ///< ticks between arrivals
    std::uint64_t pause_percent = 0;   ///< pauses of up to 20,000 ticks
    std::uint64_t rows = 64;
    std::uint64_t columns = 8;  ///< most columns of a request
    std::uint64_t seed = 1;
};

inline std::vector<Arrival> make_traffic(const TrafficShape& shape, std::int64_t banks) {
    SplitMix64 random(shape.seed);
    const auto pick = [&](std::uint64_t n) { return n == 0 ? 0 : random.next() % n; };
    std::vector<Arrival> arrivals;
    std::int64_t tick = 0;
    std::uint64_t walk = 0;
    for (std::int64_t i = 0; i < shape.requests; ++i) {
        tick += static_cast<std::int64_t>(pick(shape.longest_gap + 1));
        tick += pick(100) < shape.pause_percent ? static_cast<std::int64_t>(pick(20'000)) : 0;
        hbm4::Input input;
        const bool jump = pick(100) < shape.random_percent;
        const auto n = static_cast<std::uint64_t>(banks);
        input.bank = static_cast<std::uint8_t>(jump ? pick(n) : walk / 4 % n);
        input.row = static_cast<std::int32_t>(jump ? pick(shape.rows) : walk / 4 / n % shape.rows);
        input.columns = static_cast<std::uint8_t>(1 + pick(shape.columns));
        input.column = static_cast<std::uint8_t>(jump ? pick(24) : walk % 4 * 8);
        input.write = pick(100) < shape.write_percent;
        walk += jump ? 0 : 1;
        arrivals.push_back({tick, input});
    }
    return arrivals;
}

struct TrafficResult {
    std::vector<hbm4::Output> outputs;
    std::vector<hbm4::CommandRecord> commands;
    hbm4::Counters counters;
    std::int64_t end = 0;
    std::int64_t open_banks = 0;
};

/// All at once; the idle tail of `tail` ticks included.
inline TrafficResult run_traffic(const hbm4::Timing& timing, const std::vector<Arrival>& arrivals,
                                 std::int64_t tail = 0) {
    hbm4::PseudoChannel<hbm4::CommandRecorder> machine(timing);
    TrafficResult result;
    std::uint32_t token = 0;
    for (const Arrival& arrival : arrivals) {
        machine.run(arrival.tick, result.outputs);
        machine.inject(arrival.tick, arrival.input, token++);
    }
    machine.run(kNeverTick, result.outputs);
    for (const hbm4::Output& output : result.outputs) {
        result.end = result.end < output.tick ? output.tick : result.end;
    }
    result.end += tail;
    machine.settle(result.end);
    result.commands = machine.observer().commands;
    result.counters = machine.state().counters;
    result.open_banks = machine.open_banks();
    return result;
}

}  // namespace vr::testing
