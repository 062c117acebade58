// SPDX-License-Identifier: Apache-2.0
// Power-down and self refresh: when an idle memory rests, and what its end costs, to the tick.
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/hbm4/standards/protocol_checker.h"
#include "testbenches/hbm4/test_config.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;
using hbm4::Command;

namespace {

// CK 2,687.5 MHz: tPD, tXP and tSR of 10 ns are 27 ticks, tXS of 540 ns is 1,452; a read's data end
// 22 ticks behind it, a write's recovery 69.
Hbm4Config resting(const char* power_down, std::int64_t after) {
    Hbm4Config config = rubin_hbm4();
    config.refresh = "none";
    config.power_down = power_down;
    config.power_down_after = {after};
    return config;
}

hbm4::Input access(std::int32_t row, bool write = false) {
    hbm4::Input input;
    input.row = row;
    input.write = write;
    return input;
}

std::vector<std::int64_t> ticks_of(Command command, const TrafficResult& result) {
    std::vector<std::int64_t> ticks;
    for (const hbm4::CommandRecord& record : result.commands) {
        if (record.command == command) {
            ticks.push_back(record.tick);
        }
    }
    return ticks;
}

TrafficResult run(const Hbm4Config& config, const std::vector<Arrival>& arrivals,
                  std::int64_t end = 6'000) {
    TrafficResult result = run_traffic(hbm4::Timing(config), arrivals, end);
    hbm4::ProtocolChecker checker(config);
    for (const hbm4::CommandRecord& record : result.commands) {
        for (const hbm4::Breach& breach : checker.command(record)) {
            FAIL_CHECK(breach.tick << ": " << breach.rule << ", " << breach.what);
        }
    }
    return result;
}

using Ticks = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("power-down begins when a memory was idle for its time and its data have moved") {
    // ACT 1 (the rest of tick 0 ends first), RD at its tRCD of 53 later.
    const TrafficResult read = run(resting("power_down", 100), {{200, access(1)}});
    const std::int64_t column = ticks_of(Command::kRead, read).at(0);
    CHECK(ticks_of(Command::kPowerDown, read) == Ticks{0, column + 100});
    const TrafficResult at_once = run(resting("power_down", 0), {{200, access(1)}});
    CHECK(ticks_of(Command::kPowerDown, at_once) ==
          Ticks{0, ticks_of(Command::kRead, at_once).at(0) + 22});
    const TrafficResult write = run(resting("power_down", 0), {{200, access(1, true)}});
    CHECK(ticks_of(Command::kPowerDown, write) ==
          Ticks{0, ticks_of(Command::kWrite, write).at(0) + 69});
    CHECK(ticks_of(Command::kPowerDown, run(resting("none", 0), {{200, access(1)}})).empty());
}

TEST_CASE("a request ends power-down at once, but not before its shortest time") {
    const Hbm4Config config = resting("power_down", 0);
    for (const std::int64_t arrival : {1, 26, 27, 28, 500}) {
        CAPTURE(arrival);
        const TrafficResult result = run(config, {{arrival, access(1)}});
        const std::int64_t exit = std::max<std::int64_t>(arrival, 27);
        CHECK(ticks_of(Command::kPowerUp, result) == Ticks{exit});
        CHECK(ticks_of(Command::kActivate, result) == Ticks{exit + 27});  // tXP
    }
}

TEST_CASE("a row stays open in power-down, and is closed for self refresh") {
    const std::vector<Arrival> twice = {{100, access(1)}, {4'000, access(1)}};
    const TrafficResult down = run(resting("power_down", 50), twice);
    CHECK(ticks_of(Command::kActivate, down).size() == 1);
    CHECK(ticks_of(Command::kRead, down).at(1) == 4'000 + 27);
    const TrafficResult by_itself = run(resting("self_refresh", 50), twice, 9'000);
    CHECK(ticks_of(Command::kActivate, by_itself).size() == 2);
    const Ticks closed = ticks_of(Command::kPrechargeAll, by_itself);
    const Ticks entered = ticks_of(Command::kSelfRefresh, by_itself);
    REQUIRE(entered.size() == 3);  // at the start, and after each read
    CHECK(closed.size() == 2);
    CHECK(entered[1] == std::max(closed[0] + 45, ticks_of(Command::kActivate, by_itself)[0] + 121));
    CHECK(ticks_of(Command::kActivate, by_itself)[1] == 4'000 + 1'452);
}

TEST_CASE("power-down ends for each refresh, self refresh does without") {
    Hbm4Config config = resting("power_down", 0);
    config.refresh = "per_bank";
    const std::int64_t interval = hbm4::Timing(config).refresh_interval;
    const auto idle = [](const Hbm4Config& c, std::int64_t ticks) {
        const hbm4::Timing timing(c);
        hbm4::PseudoChannel<> channel(timing);
        channel.settle(ticks);
        return channel.state().counters;
    };
    const hbm4::Counters down = idle(config, 100 * interval);
    CHECK(down.refreshes == 99);
    CHECK(down.rests == 100);
    // Of each interval all but the refresh, which waits for tXP, and its own tick.
    CHECK(down.rest_ticks == interval + 98 * (interval - 27 - 1));
    config.power_down = "self_refresh";
    const hbm4::Counters by_itself = idle(config, 100 * interval);
    CHECK(by_itself.refreshes == 0);
    CHECK(by_itself.rests == 1);
}

TEST_CASE("a memory with refreshes closer than their length reaches self refresh all the same") {
    Hbm4Config config = resting("self_refresh", 100);
    config.refresh = "per_bank";
    const hbm4::Timing timing(config);
    REQUIRE(timing.refresh_interval < timing.rfc_per_bank);
    const TrafficResult result = run(config, {{3'000, access(1)}}, 12'000);
    const Ticks entered = ticks_of(Command::kSelfRefresh, result);
    REQUIRE(entered.size() == 2);
    // A bank that was chosen before may have to be closed first.
    const std::int64_t idle = ticks_of(Command::kRead, result).at(0) + 100;
    CHECK(entered[1] <= idle + timing.rc + timing.rfc_per_bank);
}

TEST_CASE("a checker refuses commands to a memory that rests") {
    const Hbm4Config config = resting("power_down", 0);
    hbm4::ProtocolChecker checker(config);
    CHECK(checker.command({0, Command::kPowerDown, 0, 0, 0}).empty());
    const auto asleep = checker.command({100, Command::kActivate, 0, 1, 0});
    REQUIRE(asleep.size() == 1);
    CHECK(asleep[0].rule == "state");
    CHECK(asleep[0].what == "ACT of bank 0 while the memory rests");
    CHECK(checker.command({200, Command::kSelfRefreshExit, 0, 0, 0}).size() == 1);
    CHECK(checker.command({300, Command::kPowerUp, 0, 0, 0}).empty());
    CHECK(checker.command({326, Command::kActivate, 1, 1, 0}).at(0).rule == "tXP_ACT");
    CHECK(checker.command({400, Command::kPowerUp, 0, 0, 0}).at(0).what ==
          "PDX, which does not rest");
}

TEST_CASE("the RTL twin refuses power-down") {
    Hbm4Config config = resting("power_down", 0);
    config.impl = "both";
    const auto problems = config.problems();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].second.find("no power-down") != std::string::npos);
}
