// SPDX-License-Identifier: Apache-2.0
// Rate of an HBM4 pseudo-channel with its controller: jumping from event to event against visiting
// every tick.
#include <algorithm>

#include "app/bench/benchmark.h"
#include "app/platform/platform_config.h"
#include "app/simulate.h"
#include "models/base/error.h"
#include "models/base/random.h"
#include "models/hbm4/controller/pseudo_channel.h"

namespace vr {

namespace {

using Outputs = std::vector<hbm4::Output>;

constexpr std::int64_t kDrainTicks = 100'000;  // far more than full queues need

struct Arrival {
    std::int64_t tick = 0;
    hbm4::Input input;
};

// Random reads and writes of one L2 block each, at a third of the peak rate on average.
std::vector<Arrival> random_traffic(const Hbm4Config& config, std::int64_t requests) {
    constexpr std::uint64_t kColumns = 8;
    constexpr std::uint64_t kLongestGap = 96;
    SplitMix64 random(1);
    const auto below = [&](std::int64_t n) {
        return static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(n));
    };
    const std::int64_t blocks =
        std::max<std::int64_t>(1, config.row_bytes.value / config.access_bytes.value /
                                      static_cast<std::int64_t>(kColumns));
    std::vector<Arrival> arrivals;
    std::int64_t tick = 0;
    for (std::int64_t i = 0; i < requests; ++i) {
        tick += below(static_cast<std::int64_t>(kLongestGap) + 1);
        hbm4::Input input;
        input.bank = static_cast<std::uint8_t>(below(config.banks()));
        input.row = static_cast<std::int32_t>(below(config.rows));
        input.column = static_cast<std::uint8_t>(below(blocks) * static_cast<int>(kColumns));
        input.columns = static_cast<std::uint8_t>(kColumns);
        input.write = i % 3 == 2;
        arrivals.push_back({tick, input});
    }
    return arrivals;
}

template <class Run>
Outputs answers(const hbm4::Timing& timing, const std::vector<Arrival>& arrivals, Run run) {
    hbm4::PseudoChannel<> machine(timing);
    Outputs outputs;
    std::uint32_t token = 0;
    for (const Arrival& arrival : arrivals) {
        run(machine, arrival.tick, outputs);
        machine.inject(arrival.tick, arrival.input, token++);
    }
    run(machine, arrivals.back().tick + kDrainTicks, outputs);
    ensure(outputs.size() == arrivals.size(), "requests were lost");
    return outputs;
}

BenchmarkResult measure() {
    constexpr std::int64_t kRequests = 20'000;
    CommonOptions common;
    Configuration configuration = load_platform(common);
    const Hbm4Config config = bind_platform_config(configuration).gpu.hbm4;
    const hbm4::Timing timing(config);
    const std::vector<Arrival> arrivals = random_traffic(config, kRequests);
    Outputs jumping;
    Outputs ticking;
    BenchmarkResult result;
    result.value = best_rate(kRequests, [&] {
        jumping = answers(timing, arrivals, [](auto& machine, std::int64_t horizon, Outputs& out) {
            machine.run(horizon, out);
        });
    });
    result.baseline = best_rate(kRequests, [&] {
        ticking = answers(timing, arrivals, [](auto& machine, std::int64_t horizon, Outputs& out) {
            machine.run_every_tick(horizon, out);
        });
    });
    ensure(jumping == ticking, "jumping over ticks changed the answers");
    return result;
}

}  // namespace

Benchmark hbm4_benchmark() {
    return {"hbm4", "requests/s",
            "random 256 B requests into one pseudo-channel, jumping from event to event; baseline: "
            "the same core visiting every tick, with the same answers",
            measure};
}

}  // namespace vr
