// SPDX-License-Identifier: Apache-2.0
// The bisimulation test (testbenches/transport/bisimulation.h) on a pseudo-channel: all that its
// future depends on is in its declared state, with the right kinds.
#include "testbenches/transport/bisimulation.h"

#include <catch2/catch.hpp>

#include "models/hbm4/bulk/access_stream.h"
#include "testbenches/hbm4/bisimulation_load.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;

namespace {

static_assert(RestorableMachine<hbm4::PseudoChannel<>>);
static_assert(RestorableMachine<hbm4::AccessStream>);

constexpr Load kLoads[] = {
    {"saturated reads", 0, 60, 2, 150, 3},     {"saturated writes", 100, 60, 2, 150, 3},
    {"saturated mixture", 40, 40, 4, 300, 2},  {"sparse reads", 0, 3, 400, 4000, 2},
    {"sparse mixture", 50, 3, 300, 40'000, 2}, {"closely watched mixture", 40, 1, 4, 3, 3, 80},
};

template <class Machine>
BisimulationReport bisimulate(const hbm4::Timing& timing, const Load& load, std::uint64_t seed,
                              int rounds) {
    const auto input = [&](Machine& machine, std::int64_t now, SplitMix64& random,
                           std::uint32_t token) {
        return feed(load, timing.banks, machine, last_arrival(machine.state(), now), random, token);
    };
    BisimulationOptions options;
    options.seed = seed;
    options.rounds = rounds;
    options.warm_up = 3 * load.feeds;
    options.future = load.feeds;
    options.step = load.step;
    options.attempts = 2;
    return Bisimulation(Machine(timing), input, options).run();
}

/// A pseudo-channel that remembers outside its state which way the last data went, and lets a
/// change of direction cost a tick.
class HiddenDirection : public hbm4::PseudoChannel<> {
  public:
    using PseudoChannel::PseudoChannel;
    void run(std::int64_t horizon, std::vector<Output>& outputs) {
        std::size_t i = outputs.size();
        PseudoChannel::run(horizon, outputs);
        for (; i < outputs.size(); ++i) {
            outputs[i].tick += outputs[i].write != last_write_ ? 1 : 0;
            last_write_ = outputs[i].write;
        }
    }

  private:
    bool last_write_ = false;
};

}  // namespace

TEST_CASE("a pseudo-channel is all in its declared state") {
    std::uint64_t outputs = 0;
    std::map<std::string, std::uint64_t> mutated;
    for (const char* refresh : {"per_bank", "all_bank", "none"}) {
        for (const bool tight : {false, true}) {
            Hbm4Config config = rubin_hbm4();
            config.refresh = refresh;
            const hbm4::Timing timing(tight ? tight_hbm4(refresh) : config);
            std::uint64_t seed = 1;
            for (const Load& load : kLoads) {
                const BisimulationReport report =
                    bisimulate<hbm4::PseudoChannel<>>(timing, load, seed++, tight ? 6 : 3);
                INFO(refresh << (tight ? ", tight, " : ", ") << load.name << ": "
                             << (report.failures.empty() ? "" : report.failures.front()));
                CHECK(report.failures.empty());
                CHECK(report.mutations > 1000);
                outputs += report.outputs;
                for (const auto& [path, times] : report.mutated) {
                    mutated[path] += times;
                }
            }
        }
    }
    CHECK(outputs > 1'000'000);
    // Every kind of leaf that the normal form can hide was changed somewhere.
    for (const char* path : {"banks.activate[0]",
                             "banks.precharge[0]",
                             "banks.column[0][0]",
                             "banks.column[1][0]",
                             "banks.refreshed[0]",
                             "pages.unused[0]",
                             "shared.activate[0]",
                             "shared.any_activate",
                             "shared.column[0].any",
                             "shared.column[0].stack[0]",
                             "shared.column[0].group[0]",
                             "shared.column[1].any",
                             "shared.column[1].stack[0]",
                             "shared.column[1].group[0]",
                             "shared.four_activates[0]",
                             "shared.row_bus",
                             "shared.precharge",
                             "shared.refresh",
                             "queues[0].slots[0].deadline",
                             "queues[1].slots[0].deadline",
                             "quiet.column[0]",
                             "quiet.activate[0]",
                             "quiet.close[0]",
                             "counters.refreshes"}) {
        INFO(path);
        CHECK(mutated.count(path) == 1);
    }
}

TEST_CASE("a pseudo-channel with a hidden member is found") {
    const hbm4::Timing timing(tight_hbm4("per_bank"));
    // Some of a few seeds turns the bus between two equal states.
    BisimulationReport report;
    std::uint64_t seed = 0;
    while (report.failures.empty() && seed < 8) {
        report = bisimulate<HiddenDirection>(timing, kLoads[2], ++seed, 6);
    }
    REQUIRE(!report.failures.empty());
    CHECK(report.failures.front().find("a state of equal normal form") == 0);
    CHECK(report.failures.front().find("the outputs differ") != std::string::npos);
    // The same traffic without the hidden member.
    CHECK(bisimulate<hbm4::PseudoChannel<>>(timing, kLoads[2], seed, 6).failures.empty());
}

// The bounds of the searches show in next() at few ticks, so all of them are looked at.
TEST_CASE("a restored pseudo-channel goes on tick by tick as the one it was taken from") {
    for (const char* refresh : {"per_bank", "all_bank", "none"}) {
        Hbm4Config config = rubin_hbm4();
        config.refresh = refresh;
        const hbm4::Timing timing(config);
        const std::vector<Arrival> arrivals = make_traffic({.requests = 3000,
                                                            .write_percent = 40,
                                                            .random_percent = 70,
                                                            .longest_gap = 10,
                                                            .rows = 3,
                                                            .columns = 4,
                                                            .seed = 7},
                                                           config.banks());
        hbm4::PseudoChannel<> original(timing);
        hbm4::PseudoChannel<> restored(timing);
        std::vector<hbm4::Output> outputs;
        std::vector<hbm4::Output> again;
        std::uint32_t token = 0;
        std::int64_t differing = 0;
        for (std::int64_t now = 0; now < 30'000; ++now) {
            if (now % 100 == 0) {
                restored.restore(original.state());
            }
            for (; token < arrivals.size() && arrivals[token].tick <= now; ++token) {
                original.inject(now, arrivals[token].input, token);
                restored.inject(now, arrivals[token].input, token);
            }
            original.run(now + 1, outputs);
            restored.run(now + 1, again);
            differing += original.next() != restored.next() ? 1 : 0;
        }
        CHECK(differing == 0);
        CHECK(outputs.size() > 300);
        CHECK(outputs == again);
    }
}
