// SPDX-License-Identifier: Apache-2.0
// Requests from elsewhere meet a stream whose periods are skipped, at random ticks and around the
// ends of skips and periods: every completion is that of the plain run.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "models/hbm4/bulk/access_stream.h"
#include "models/hbm4/bulk/skipping.h"
#include "testbenches/hbm4/random_machine.h"

using namespace vr;
using namespace vr::testing;

namespace {

using Outputs = std::vector<hbm4::Output>;
using Fast = FastForward<hbm4::AccessStream>;

constexpr std::uint32_t kForeign = 0x8000'0000;

struct Fuzzed {
    Outputs outputs;
    std::string dump;
    std::vector<std::int64_t> boundaries;  // ends of skips, and of some of their periods
    FastForwardStatistics statistics;
};

struct Foreign {
    std::int64_t tick = 0;
    hbm4::Input input;
};

Fuzzed run(const hbm4::AccessStreamSetup& setup, std::int64_t accesses,
           const std::vector<Foreign>& foreign, bool skip, bool forget_input = false,
           std::int64_t anchors = 1) {
    hbm4::AccessStream machine(setup);
    Fast fast(skip, hbm4::kStreamLimits);
    Fuzzed out;
    std::int64_t now = 0;
    const auto to = [&](std::int64_t horizon) {
        now = std::max(now, hbm4::run_skipping(
                                machine, fast, now, horizon, setup.rhythm / anchors,
                                [&](const Outputs& outputs) {
                                    out.outputs.insert(out.outputs.end(), outputs.begin(),
                                                       outputs.end());
                                },
                                [&](const Fast::Skip& one) {
                                    one.for_each([&](const auto& o) { out.outputs.push_back(o); });
                                    out.boundaries.push_back(one.begin);
                                    out.boundaries.push_back(one.begin + one.ticks);
                                    out.boundaries.push_back(one.end() - one.ticks);
                                    out.boundaries.push_back(one.end());
                                }));
    };
    machine.add(0, {0, accesses, false});
    std::uint32_t token = kForeign;
    for (const Foreign& one : foreign) {
        to(one.tick);
        now = std::max(now, one.tick);
        if (!forget_input) {
            fast.external_input();
        }
        machine.add_foreign(one.tick, one.input, token++);
    }
    to(kNeverTick);
    std::int64_t end = 0;
    for (const hbm4::Output& o : out.outputs) {
        end = std::max(end, o.tick);
    }
    machine.settle(end);
    out.dump = dump(machine.state(), end);
    out.statistics = fast.statistics();
    return out;
}

hbm4::Input any_input(SplitMix64& random, const Hbm4Config& config) {
    hbm4::Input input;
    input.row = static_cast<std::int32_t>(random.next() % 200);
    input.bank =
        static_cast<std::uint8_t>(random.next() % static_cast<std::uint64_t>(config.banks()));
    input.column = static_cast<std::uint8_t>(random.next() % 24);
    input.columns = static_cast<std::uint8_t>(1 + random.next() % 8);
    input.write = random.next() % 2 == 0;
    return input;
}

// Few banks and short rounds of refresh: periods are short.
Hbm4Config small(const char* refresh_order, std::uint64_t variant) {
    Hbm4Config config = rubin_hbm4();
    config.hash = false;
    config.refresh_order = refresh_order;
    config.stack_ids = 1;
    config.bank_groups = 2;
    config.banks_per_group = variant % 2 == 0 ? 4 : 8;
    config.t_refi = tenths_of_ns(12'000 + 700 * static_cast<std::int64_t>(variant));
    config.refresh_postpone = 8;
    return config;
}

}  // namespace

TEST_CASE("foreign requests around the ends of skips change no completion but their due") {
    SplitMix64 random(5);
    std::uint64_t skipped = 0;
    int injected = 0;
    for (const char* refresh_order : {"round_robin", "idle_first"}) {
        for (std::uint64_t variant = 0; variant < 3; ++variant) {
            const Hbm4Config config = small(refresh_order, variant);
            const hbm4::AccessStreamSetup setup(config, 4);
            const std::int64_t accesses = 300'000;
            const Fuzzed alone = run(setup, accesses, {}, true);
            INFO(refresh_order << " variant " << variant << ": " << alone.statistics.skipped_outputs
                               << " skipped");
            REQUIRE(alone.statistics.skips > 0);
            std::vector<std::set<std::int64_t>> cases;
            for (const std::int64_t boundary : alone.boundaries) {
                for (const std::int64_t distance : {-1, 0, 1}) {
                    cases.push_back({std::max<std::int64_t>(1, boundary + distance)});
                }
            }
            const std::int64_t end = alone.outputs.back().tick;
            for (int i = 0; i < 4; ++i) {
                std::set<std::int64_t> ticks;
                for (int j = 0; j < 1 + i * 3; ++j) {
                    ticks.insert(1 + static_cast<std::int64_t>(random.next() %
                                                               static_cast<std::uint64_t>(end)));
                }
                cases.push_back(ticks);
            }
            for (const std::set<std::int64_t>& ticks : cases) {
                std::vector<Foreign> foreign;
                for (const std::int64_t tick : ticks) {
                    foreign.push_back({tick, any_input(random, config)});
                    foreign.push_back({tick, any_input(random, config)});
                }
                INFO("first at " << foreign.front().tick);
                const Fuzzed plain = run(setup, accesses, foreign, false);
                const Fuzzed fast = run(setup, accesses, foreign, true);
                REQUIRE(plain.statistics.skipped_outputs == 0);
                REQUIRE((fast.outputs == plain.outputs));
                REQUIRE((fast.dump == plain.dump));
                skipped += fast.statistics.skipped_outputs;
                injected += static_cast<int>(foreign.size());
            }
        }
    }
    CHECK(skipped > 1'000'000);
    CHECK(injected > 100);
}

// A fault of every first draft: what foreign requests did is taken for the stream's own work. Here
// the same one comes again and again in the rhythm of the refreshes, so that the state recurs.
TEST_CASE("a period learnt across foreign requests is found") {
    Hbm4Config config = small("round_robin", 0);
    config.read_queue = 16;  // it does not wait for long
    config.write_queue = 16;
    config.read_buffer = 0;
    config.write_buffer = 0;
    config.write_high = 8;
    config.write_low = 2;
    REQUIRE(config.problems().empty());
    const hbm4::AccessStreamSetup setup(config, 4, 8);
    std::vector<Foreign> foreign;
    for (std::int64_t i = 1; i <= 200; ++i) {
        foreign.push_back({i * setup.rhythm, {.row = -9, .bank = 3}});
    }
    const Fuzzed plain = run(setup, 400'000, foreign, false);
    const Fuzzed right = run(setup, 400'000, foreign, true, false, 4);
    CHECK(right.statistics.skips > 0);
    CHECK((right.outputs == plain.outputs));
    CHECK((right.dump == plain.dump));
    // A period that counts them does not come out of the machine by itself.
    CHECK_THROWS_WITH(run(setup, 400'000, foreign, true, true, 4),
                      Catch::Contains(" outputs in a period of "));
}
