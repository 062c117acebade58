// SPDX-License-Identifier: Apache-2.0
// A pseudo-channel that takes runs of accesses: each ends at its own tick, wherever the moments lie
// at which periods are skipped.
#include "models/hbm4/bulk/bulk_channel.h"

#include <catch2/catch.hpp>

#include "models/base/random.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

struct Ended {
    std::vector<std::pair<std::uint32_t, std::int64_t>> runs;
    std::string dump;
    FastForwardStatistics statistics;
};

struct Timed {
    std::int64_t tick = 0;
    hbm4::AccessRun run;
};

Ended served(const hbm4::AccessStreamSetup& setup, const std::vector<Timed>& runs, bool skip) {
    hbm4::BulkChannel channel(setup, skip);
    std::vector<hbm4::RunEnd> ends;
    for (std::uint32_t i = 0; i < runs.size(); ++i) {
        channel.run(runs[i].tick, ends);
        channel.inject(runs[i].tick, runs[i].run, i);
    }
    channel.run(kNeverTick, ends);
    Ended result;
    std::int64_t end = 0;
    for (const hbm4::RunEnd& one : ends) {
        result.runs.emplace_back(one.token, one.tick);
        end = std::max(end, one.tick);
    }
    channel.settle(end);
    result.dump = dump(channel.state(), end);
    result.statistics = channel.skipped();
    return result;
}

Hbm4Config refreshed_in_turn() {
    Hbm4Config config = rubin_hbm4();
    config.hash = false;
    config.refresh_order = "round_robin";  // states recur soon
    return config;
}

}  // namespace

// Each goes on where the one before ends, and comes before that one is finished: a state that is
// known from the middle of a run comes again while the last requests of the run are on their way.
TEST_CASE("the last requests of a run are served before periods of the next are skipped") {
    const hbm4::AccessStreamSetup setup(refreshed_in_turn(), 1);
    for (std::int64_t count = 40'000; count < 44'000; count += 97) {
        INFO("runs of " << count);
        std::vector<Timed> runs;
        for (std::int64_t i = 0; i < 6; ++i) {
            runs.push_back({i * 20 * setup.rhythm, {i * count, count, false}});
        }
        const Ended plain = served(setup, runs, false);
        const Ended fast = served(setup, runs, true);
        REQUIRE(plain.runs.size() == 6);
        REQUIRE((fast.runs == plain.runs));
        REQUIRE((fast.dump == plain.dump));
        REQUIRE(fast.statistics.skips >= 6);
    }
}

TEST_CASE("runs of any length, reads and writes, at one tick or another, end where they end") {
    const hbm4::AccessStreamSetup setup(refreshed_in_turn(), 1);
    std::uint64_t skips = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SplitMix64 random(seed);
        std::vector<Timed> runs;
        std::int64_t first = 0;
        std::int64_t tick = 0;
        for (int i = 0; i < 8; ++i) {
            const bool is_short = random.next() % 3 == 0;
            const auto count = static_cast<std::int64_t>(
                is_short ? 1 + random.next() % 5 : 20'000 + random.next() % 20'000);
            runs.push_back({tick, {first, count, random.next() % 3 == 0}});
            first += count;
            tick += static_cast<std::int64_t>(random.next() % 3) * 10 * setup.rhythm;
        }
        INFO("seed " << seed);
        const Ended plain = served(setup, runs, false);
        const Ended fast = served(setup, runs, true);
        REQUIRE(plain.runs.size() == runs.size());
        REQUIRE((fast.runs == plain.runs));
        REQUIRE((fast.dump == plain.dump));
        skips += fast.statistics.skips;
    }
    CHECK(skips > 200);
}
