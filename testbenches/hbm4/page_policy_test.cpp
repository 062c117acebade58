// SPDX-License-Identifier: Apache-2.0
// When rows are closed that nobody asks to close: by page policy, to the tick.
#include <catch2/catch.hpp>

#include "testbenches/hbm4/test_config.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;
using hbm4::Command;

namespace {

hbm4::Input read(std::int32_t row, std::uint8_t bank) {
    hbm4::Input input;
    input.row = row;
    input.bank = bank;
    return input;
}

// The ticks of a command over a run of these arrivals.
std::vector<std::int64_t> ticks_of(Command command, const Hbm4Config& config,
                                   const std::vector<Arrival>& arrivals) {
    const hbm4::Timing timing(config);
    std::vector<std::int64_t> ticks;
    for (const hbm4::CommandRecord& record : run_traffic(timing, arrivals, 1'000).commands) {
        if (record.command == command) {
            ticks.push_back(record.tick);
        }
    }
    return ticks;
}

using Ticks = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("a row stays open, is closed at once, or when it was not used for a while") {
    Hbm4Config config = rubin_hbm4();  // ACT 0, RD 53; tRAS 77, tRTP 17: PRE from 77 on
    config.refresh = "none";
    const std::vector<Arrival> one = {{0, read(1, 0)}};
    CHECK(ticks_of(Command::kPrecharge, config, one).empty());
    config.page_policy = "closed";
    CHECK(ticks_of(Command::kPrecharge, config, one) == Ticks{77});
    config.page_policy = "adaptive";
    config.page_timeout = {200};
    CHECK(ticks_of(Command::kPrecharge, config, one) == Ticks{53 + 200});
    // A hit in the meantime begins the time anew; a request that waits for another row does not
    // wait for it.
    CHECK(ticks_of(Command::kPrecharge, config, {{0, read(1, 0)}, {150, read(1, 0)}}) ==
          Ticks{150 + 200});
    CHECK(ticks_of(Command::kPrecharge, config, {{0, read(1, 0)}, {150, read(2, 0)}}) ==
          Ticks{150, 248 + 200});
}

TEST_CASE("a closed page is a miss where an open one is a hit, and no conflict where it is one") {
    Hbm4Config config = rubin_hbm4();
    config.refresh = "none";
    const auto counters = [&](const char* policy, std::int32_t second_row) {
        config.page_policy = policy;
        const hbm4::Timing timing(config);
        return run_traffic(timing, {{0, read(1, 0)}, {500, read(second_row, 0)}}).counters;
    };
    CHECK(counters("open", 1).row_hits == 1);
    CHECK(counters("closed", 1).row_misses == 2);
    CHECK(counters("open", 2).row_conflicts == 1);
    CHECK(counters("closed", 2).row_misses == 2);
}

TEST_CASE("hits of the other direction keep a row open under the closed policy") {
    Hbm4Config config = rubin_hbm4();
    config.refresh = "none";
    config.page_policy = "closed";
    config.turn_columns = 400;
    hbm4::Input write = read(1, 0);
    write.write = true;
    write.column = 8;
    // Reads of another bank hold the bus while the write waits for its turn.
    std::vector<Arrival> arrivals = {{0, read(1, 0)}, {1, write}};
    for (std::int32_t i = 0; i < 60; ++i) {
        arrivals.push_back({2, read(7, 5)});
    }
    const Ticks closed = ticks_of(Command::kPrecharge, config, arrivals);
    const Ticks written = ticks_of(Command::kWrite, config, arrivals);
    REQUIRE(written.size() == 1);
    CHECK(ticks_of(Command::kActivate, config, arrivals).size() == 2);
    REQUIRE(closed.size() == 2);
    CHECK(closed[1] >= written[0]);
}
