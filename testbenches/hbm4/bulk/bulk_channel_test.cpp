// SPDX-License-Identifier: Apache-2.0
// A pseudo-channel that takes runs of accesses: each ends at its own tick, wherever the moments lie
// at which periods are skipped.
#include "models/hbm4/bulk/bulk_channel.h"

#include <catch2/catch.hpp>

#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

struct Ended {
    std::vector<std::pair<std::uint32_t, std::int64_t>> runs;
    std::string dump;
    FastForwardStatistics statistics;
};

// Runs of `count` accesses that go on where the one before ends; each comes `interval` ticks later,
// before that one is finished.
Ended runs_behind_one_another(const hbm4::AccessStreamSetup& setup, std::int64_t count,
                              std::int64_t interval, bool skip) {
    constexpr std::uint32_t kRuns = 6;
    hbm4::BulkChannel channel(setup, skip);
    std::vector<hbm4::RunEnd> ends;
    for (std::uint32_t i = 0; i < kRuns; ++i) {
        channel.run(i * interval, ends);
        channel.inject(i * interval, {i * count, count, false}, i);
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

}  // namespace

TEST_CASE("the last requests of a run are served before periods of the next are skipped") {
    Hbm4Config config = rubin_hbm4();
    config.hash = false;
    config.refresh_order = "round_robin";
    const hbm4::AccessStreamSetup setup(config, 1);
    for (std::int64_t count = 40'000; count < 44'000; count += 97) {
        INFO("runs of " << count);
        const std::int64_t interval = 20 * setup.rhythm;
        const Ended plain = runs_behind_one_another(setup, count, interval, false);
        const Ended fast = runs_behind_one_another(setup, count, interval, true);
        REQUIRE(plain.runs.size() == 6);
        REQUIRE((fast.runs == plain.runs));
        REQUIRE((fast.dump == plain.dump));
        REQUIRE(fast.statistics.skips >= 6);
    }
}
