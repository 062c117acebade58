// SPDX-License-Identifier: Apache-2.0
// One pseudo-channel: latencies and bandwidth by formula, conservation, and independence of how
// time is cut.
#include <catch2/catch.hpp>

#include "models/hbm4/driver/memory_driver.h"
#include "models/transport/clock.h"
#include "models/transport/state.h"
#include "testbenches/hbm4/command_checker.h"
#include "testbenches/hbm4/test_config.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;

namespace {

const std::vector<TrafficShape>& shapes() {
    static const std::vector<TrafficShape> kShapes = {
        {.requests = 2000, .seed = 1},
        {.requests = 2000, .write_percent = 50, .random_percent = 50, .seed = 2},
        {.requests = 2000,
         .write_percent = 33,
         .random_percent = 100,
         .longest_gap = 60,
         .seed = 3},
        {.requests = 300,
         .write_percent = 20,
         .random_percent = 30,
         .longest_gap = 900,
         .pause_percent = 20,
         .seed = 4},
        {.requests = 3000,
         .write_percent = 95,
         .random_percent = 80,
         .rows = 2,
         .columns = 1,
         .seed = 5},
    };
    return kShapes;
}

}  // namespace

TEST_CASE("unloaded latency follows the formula") {
    Hbm4Config config = rubin_hbm4();
    config.refresh = "none";
    const hbm4::Timing timing(config);
    const auto one = [&](std::vector<Arrival> arrivals) {
        return run_traffic(timing, arrivals).outputs.back();
    };
    const hbm4::Input read{.row = 5, .bank = 3, .column = 2, .columns = 1, .write = false};
    hbm4::Input write = read;
    write.write = true;
    hbm4::Input other_row = read;
    other_row.row = 6;
    const std::int64_t rcd = timing.rcd_read;
    // A closed bank: activate, read, burst.
    const hbm4::Output closed = one({{1000, read}});
    CHECK(closed.tick == 1000 + rcd + 20 + 2);
    CHECK(closed.row_ticks == rcd);
    CHECK(closed.data_ticks == 22);
    CHECK(closed.queue_ticks == 0);
    // An open row: read, burst.
    CHECK(one({{1000, read}, {5000, read}}).tick == 5000 + 20 + 2);
    // Another row: precharge, activate, read, burst.
    CHECK(one({{1000, read}, {5000, other_row}}).tick == 5000 + timing.rp + rcd + 20 + 2);
    CHECK(one({{1000, write}}).tick == 1000 + timing.rcd_write + 10 + 2);
    // Eight columns of one bank group: seven more gaps of tCCD_L.
    hbm4::Input block = read;
    block.columns = 8;
    CHECK(one({{1000, block}}).tick == 1000 + rcd + 7 * 4 + 20 + 2);
}

TEST_CASE("shares of a request's time sum to its time") {
    for (const char* refresh : {"per_bank", "all_bank", "none"}) {
        Hbm4Config config = rubin_hbm4();
        config.refresh = refresh;
        const hbm4::Timing timing(config);
        for (const TrafficShape& shape : shapes()) {
            const std::vector<Arrival> arrivals = make_traffic(shape, config.banks());
            const TrafficResult run = run_traffic(timing, arrivals);
            REQUIRE(run.outputs.size() == arrivals.size());
            std::vector<int> seen(arrivals.size());
            for (const hbm4::Output& o : run.outputs) {
                ++seen[o.token];
                REQUIRE(o.tick - arrivals[o.token].tick ==
                        o.queue_ticks + o.refresh_ticks + o.row_ticks + o.data_ticks);
                REQUIRE(o.queue_ticks >= 0);
                REQUIRE(o.refresh_ticks >= 0);
                REQUIRE(o.row_ticks >= 0);
                REQUIRE(o.data_ticks >= timing.shortest_access());
            }
            CHECK(std::count(seen.begin(), seen.end(), 1) ==
                  static_cast<std::ptrdiff_t>(seen.size()));
        }
    }
}

TEST_CASE("commands are conserved") {
    for (const char* refresh : {"per_bank", "all_bank"}) {
        Hbm4Config config = rubin_hbm4();
        config.refresh = refresh;
        const hbm4::Timing timing(config);
        for (const TrafficShape& shape : shapes()) {
            const std::vector<Arrival> arrivals = make_traffic(shape, config.banks());
            const TrafficResult run = run_traffic(timing, arrivals, 100'000);
            const CheckResult check = check_commands(config, run.commands);
            CHECK(check.violations == std::vector<std::string>{});
            const hbm4::Counters& c = run.counters;
            CHECK(c.activates - c.precharges == run.open_banks);
            CHECK(check.open_banks == run.open_banks);
            std::int64_t columns = 0;
            for (const Arrival& arrival : arrivals) {
                columns += arrival.input.columns;
            }
            CHECK(c.columns_read + c.columns_written == columns);
            CHECK(c.data_ticks == columns * timing.burst);
            CHECK(c.row_hits + c.row_misses + c.row_conflicts == c.reads + c.writes);
            const std::int64_t due = (run.end - 1) / timing.refresh_interval;
            CHECK(c.refreshes <= due);
            CHECK(c.refreshes >= due - 1);  // idle at the end: nothing is postponed
        }
    }
}

TEST_CASE("no bank waits for its refresh longer than the postponement allows") {
    Hbm4Config config = rubin_hbm4();
    const hbm4::Timing timing(config);
    TrafficShape shape = shapes()[1];
    shape.requests = 20'000;
    const TrafficResult run = run_traffic(timing, make_traffic(shape, config.banks()));
    std::vector<std::int64_t> last(static_cast<std::size_t>(config.banks()));
    std::int64_t longest = 0;
    for (const hbm4::CommandRecord& c : run.commands) {
        if (c.command == hbm4::Command::kRefreshBank) {
            std::int64_t& at = last[static_cast<std::size_t>(c.bank)];
            longest = std::max(longest, c.tick - at);
            at = c.tick;
        }
    }
    // First of one round to last of the next, plus what may be owed, plus one precharge.
    CHECK(longest <= (2 * config.banks() + config.refresh_postpone + 2) * timing.refresh_interval);
    CHECK(longest > timing.refresh_interval);
}

TEST_CASE("jumping over ticks changes nothing") {
    for (const char* refresh : {"per_bank", "all_bank", "none"}) {
        Hbm4Config config = rubin_hbm4();
        config.refresh = refresh;
        const hbm4::Timing timing(config);
        for (const TrafficShape& shape : shapes()) {
            const std::vector<Arrival> arrivals = make_traffic(shape, config.banks());
            const TrafficResult jumping = run_traffic(timing, arrivals, 30'000);
            hbm4::PseudoChannel<hbm4::CommandRecorder> ticking(timing);
            hbm4::PseudoChannel<hbm4::CommandRecorder> cut(timing);
            hbm4::PseudoChannel<> quiet(timing);
            std::vector<hbm4::Output> a;
            std::vector<hbm4::Output> b;
            std::vector<hbm4::Output> c;
            std::uint32_t token = 0;
            std::int64_t at = 0;
            for (const Arrival& arrival : arrivals) {
                ticking.run_every_tick(arrival.tick, a);
                while (at < arrival.tick) {
                    cut.run(++at, b);
                }
                quiet.run(arrival.tick, c);
                ticking.inject(arrival.tick, arrival.input, token);
                cut.inject(arrival.tick, arrival.input, token);
                quiet.inject(arrival.tick, arrival.input, token);
                ++token;
            }
            ticking.run_every_tick(jumping.end, a);
            while (at < jumping.end) {
                cut.run(++at, b);
            }
            quiet.run(kNeverTick, c);
            cut.settle(jumping.end);
            quiet.settle(jumping.end);
            CHECK(jumping.outputs == a);
            CHECK(jumping.outputs == b);
            CHECK(jumping.outputs == c);
            CHECK(jumping.commands == ticking.observer().commands);
            CHECK(jumping.commands == cut.observer().commands);
            CHECK(statistic_values(jumping.counters) == statistic_values(ticking.state().counters));
            CHECK(statistic_values(jumping.counters) == statistic_values(quiet.state().counters));
            ticking.settle(jumping.end);
            CHECK(equal_normal(cut.state(), jumping.end, quiet.state(), jumping.end));
        }
    }
}

TEST_CASE("a restored state has the same future") {
    const Hbm4Config config = rubin_hbm4();
    const hbm4::Timing timing(config);
    const std::vector<Arrival> arrivals = make_traffic(shapes()[1], config.banks());
    hbm4::PseudoChannel<> one(timing);
    std::vector<hbm4::Output> before;
    std::uint32_t token = 0;
    for (const Arrival& arrival : arrivals) {
        one.inject(arrival.tick, arrival.input, token++);
    }
    one.run(10'000, before);
    hbm4::PseudoChannel<> two(timing);
    two.restore(one.state());
    two.settle(10'000);  // turns the queues; no more than a new arrangement
    std::vector<hbm4::Output> a;
    std::vector<hbm4::Output> b;
    one.run(kNeverTick, a);
    two.run(kNeverTick, b);
    CHECK(before.size() + a.size() == arrivals.size());
    CHECK(!a.empty());
    CHECK(a == b);
}

TEST_CASE("a long idle time is caught up exactly and at once") {
    const Hbm4Config config = rubin_hbm4();
    const hbm4::Timing timing(config);
    hbm4::PseudoChannel<> jumping(timing);
    hbm4::PseudoChannel<> ticking(timing);
    std::vector<hbm4::Output> none;
    const hbm4::Input read{.row = 5, .bank = 3, .column = 2, .columns = 4, .write = false};
    for (hbm4::PseudoChannel<>* machine : {&jumping, &ticking}) {
        machine->inject(777, read, 0);
    }
    jumping.run(kNeverTick, none);
    CHECK(jumping.next() == kNeverTick);
    const std::int64_t end = 100 * 48 * timing.refresh_interval + 12'345;
    jumping.settle(end);
    ticking.run_every_tick(end, none);
    ticking.settle(end);
    CHECK(equal_normal(jumping.state(), end, ticking.state(), end));
    CHECK(jumping.state().counters.refreshes == (end - 1) / timing.refresh_interval);
    CHECK(ticking.state().counters.refreshes == jumping.state().counters.refreshes);
    jumping.settle(end + 1'000'000'000'000);  // six minutes of idle time
    CHECK(jumping.state().counters.refreshes ==
          (end + 1'000'000'000'000 - 1) / timing.refresh_interval);
}

TEST_CASE("neither reads nor writes starve") {
    const Hbm4Config config = rubin_hbm4();
    const hbm4::Timing timing(config);
    // A flood of the other kind, and of row hits on the very bank.
    for (const bool victim_writes : {false, true}) {
        std::vector<Arrival> arrivals;
        for (int i = 0; i < 20'000; ++i) {
            arrivals.push_back({i * 4,
                                {.row = 1,
                                 .bank = static_cast<std::uint8_t>(i % 2),
                                 .column = 0,
                                 .columns = 2,
                                 .write = !victim_writes}});
            if (i == 1000) {
                arrivals.push_back(
                    {i * 4,
                     {.row = 2, .bank = 0, .column = 0, .columns = 1, .write = victim_writes}});
                arrivals.push_back(
                    {i * 4,
                     {.row = 3, .bank = 1, .column = 0, .columns = 1, .write = !victim_writes}});
            }
        }
        const TrafficResult run = run_traffic(timing, arrivals);
        for (const hbm4::Output& o : run.outputs) {
            if (o.token == 1001 || o.token == 1002) {
                const std::int64_t limit = o.write ? timing.write_age_limit : timing.read_age_limit;
                CHECK(o.tick - arrivals[o.token].tick < limit + 2500);
                CHECK(o.tick - arrivals[o.token].tick > 100);
            }
        }
    }
}
