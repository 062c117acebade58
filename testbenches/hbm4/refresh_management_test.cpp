// SPDX-License-Identifier: Apache-2.0
// Refresh management and the temperature of a stack, to the tick: how many commands a hammered bank
// takes, when an activate is refused, what an idle machine does.
#include <catch2/catch.hpp>
#include <map>

#include "models/hbm4/driver/bus_account.h"
#include "models/transport/state.h"
#include "testbenches/hbm4/test_config.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;
using hbm4::Command;

namespace {

// ACT 0, RD 53; tRAS 77, tRP 45, tRC 121, tRFM 753, tDRFM 1505.
Hbm4Config managed(const char* management, std::int64_t initial, std::int64_t maximum) {
    Hbm4Config config = rubin_hbm4();
    config.refresh = "none";
    config.refresh_management = management;
    config.raa_initial = initial;
    config.raa_maximum = maximum;
    return config;
}

// Reads of one column, each of another row of a bank, all at once.
std::vector<Arrival> hammer(std::int64_t reads, std::uint8_t bank) {
    std::vector<Arrival> arrivals;
    for (std::int64_t i = 0; i < reads; ++i) {
        hbm4::Input input;
        input.row = static_cast<std::int32_t>(i) + 1;
        input.bank = bank;
        arrivals.push_back({0, input});
    }
    return arrivals;
}

TrafficResult run(const Hbm4Config& config, const std::vector<Arrival>& arrivals,
                  std::int64_t tail = 100'000) {
    return run_traffic(hbm4::Timing(config), arrivals, tail);
}

using Ticks = std::vector<std::int64_t>;

Ticks ticks_of(Command command, const TrafficResult& result) {
    Ticks ticks;
    for (const hbm4::CommandRecord& record : result.commands) {
        if (record.command == command) {
            ticks.push_back(record.tick);
        }
    }
    return ticks;
}

}  // namespace

TEST_CASE("a hammered bank takes as many commands of refresh management as its thresholds say") {
    struct Case {
        std::int64_t initial, maximum, reads;
    };
    for (const Case& c :
         {Case{4, 12, 100}, Case{1, 1, 30}, Case{7, 7, 49}, Case{5, 23, 22}, Case{80, 480, 1000}}) {
        INFO(c.initial << " " << c.maximum << " " << c.reads);
        const TrafficResult result = run(managed("rfm", c.initial, c.maximum), hammer(c.reads, 3));
        CHECK(result.counters.activates == c.reads);
        // While requests wait: one for each `initial` activates beyond the maximum. Then idle:
        // until less than `initial` are left.
        const std::int64_t beyond = std::max<std::int64_t>(c.reads - c.maximum, 0);
        CHECK(result.counters.forced_managements == (beyond + c.initial - 1) / c.initial);
        CHECK(result.counters.managements == c.reads / c.initial);
        CHECK(ticks_of(Command::kManageRow, result).empty());
    }
    CHECK(run(managed("none", 1, 1), hammer(30, 3)).counters.managements == 0);
}

TEST_CASE("an activate beyond the maximum waits for the command, to the tick") {
    const std::vector<Arrival> three = hammer(3, 0);
    const TrafficResult free = run(managed("rfm", 3, 3), three);
    CHECK(ticks_of(Command::kActivate, free) == Ticks{0, 122, 244});
    CHECK(ticks_of(Command::kPrecharge, free) == Ticks{77, 199, 321});
    CHECK(ticks_of(Command::kManageBank, free) == Ticks{366});  // idle
    const TrafficResult refused = run(managed("rfm", 2, 2), three);
    CHECK(ticks_of(Command::kPrecharge, refused) == Ticks{77, 199});
    CHECK(ticks_of(Command::kManageBank, refused) == Ticks{244});
    CHECK(ticks_of(Command::kActivate, refused) == Ticks{0, 122, 244 + 753});
    // The time of the command is refresh for whoever is queued.
    CHECK(refused.outputs[2].refresh_ticks == 753);
    // An open row is served for as long as somebody wants it, at the maximum, too.
    std::vector<Arrival> hits = hammer(1, 0);
    for (int i = 0; i < 20; ++i) {
        hits.push_back(hits[0]);
    }
    const TrafficResult served = run(managed("rfm", 1, 1), hits);
    CHECK(served.counters.activates == 1);
    CHECK(ticks_of(Command::kManageBank, served).front() > served.outputs[20].tick - 22);
}

// One command after the other: a bank that waits for its turn takes no activate either.
TEST_CASE("of many banks at their maximum none is activated before its command") {
    std::vector<Arrival> arrivals;
    for (const Arrival& arrival : hammer(10, 0)) {
        for (std::uint8_t bank = 0; bank < 6; ++bank) {
            arrivals.push_back(arrival);
            arrivals.back().input.bank = bank;
        }
    }
    std::map<std::int32_t, int> unrelieved;
    for (const hbm4::CommandRecord& record : run(managed("rfm", 1, 1), arrivals).commands) {
        int& count = unrelieved[record.bank];
        count += record.command == Command::kActivate     ? 1
                 : record.command == Command::kManageBank ? -1
                                                          : 0;
        INFO("bank " << record.bank << " at " << record.tick);
        CHECK((count == 0 || count == 1));
    }
    CHECK(unrelieved.size() == 6);
}

// Refresh takes bank 0, whose row was prepared for a read that waits, while the write that has the
// bus wears bank 7 out: when the refresh is sent, both want refresh management. Were bank 0 asked
// first, banks of prepared rows could come before bank 7 again and again.
TEST_CASE("refresh management looks at the oldest request's bank before prepared ones") {
    Hbm4Config config = managed("rfm", 1, 1);
    config.refresh = "per_bank";
    config.refresh_order = "round_robin";
    config.raa_per_refresh = 0;
    config.t_refi = tenths_of_ns(72'000);  // 403 CK for each of 48 banks
    std::vector<Arrival> arrivals;
    for (std::int32_t i = 0; i < 2; ++i) {
        hbm4::Input write;
        write.write = true;
        write.bank = 7;
        write.row = i;
        arrivals.push_back({390, write});
    }
    arrivals.push_back({391, hbm4::Input{}});  // a read of bank 0
    const TrafficResult result = run(config, arrivals, 0);
    std::vector<std::string> sent;
    for (const hbm4::CommandRecord& record : result.commands) {
        if (record.tick >= 390 && sent.size() < 7) {
            sent.push_back(std::string(hbm4::name_of(record.command)) + " " +
                           std::to_string(record.bank));
        }
    }
    CHECK(sent == std::vector<std::string>{"ACT 7", "ACT 0", "WR 7", "PRE 0", "PRE 7", "REFpb 0",
                                           "RFMpb 7"});
}

TEST_CASE("directed refresh management names the row activated last and takes its own time") {
    const TrafficResult result = run(managed("drfm", 2, 2), hammer(3, 9));
    CHECK(ticks_of(Command::kActivate, result) == Ticks{0, 122, 244 + 1505});
    CHECK(ticks_of(Command::kManageBank, result).empty());
    for (const hbm4::CommandRecord& record : result.commands) {
        if (record.command == Command::kManageRow) {
            CHECK(record.bank == 9);
            CHECK(record.row == 2);
        }
    }
    CHECK(result.counters.managements == 1);
}

TEST_CASE("below the maximum a bank with requests is left alone, queued or buffered") {
    Hbm4Config config = managed("rfm", 1, 100);
    config.read_queue = 2;
    const TrafficResult result = run(config, hammer(20, 5));
    CHECK(result.counters.forced_managements == 0);
    CHECK(result.counters.managements == 20);
    CHECK(ticks_of(Command::kManageBank, result).front() > 19 * 122);
}

TEST_CASE("a refresh relieves a bank of its share") {
    Hbm4Config config = managed("rfm", 8, 100);
    config.refresh = "per_bank";
    const auto after_refreshes = [&](std::int64_t share) {
        config.raa_per_refresh = share;
        const hbm4::Timing timing(config);
        hbm4::PseudoChannel<> one(timing);
        std::vector<hbm4::Output> outputs;
        std::uint32_t token = 0;
        for (const Arrival& arrival : hammer(7, 0)) {
            one.inject(arrival.tick, arrival.input, token++);
        }
        one.run(kNeverTick, outputs);
        one.settle(3 * timing.banks * timing.refresh_interval);  // three rounds, but for the last
        return one.state().management.counts[0];
    };
    CHECK(after_refreshes(0) == 7);
    CHECK(after_refreshes(2) == 7 - 3 * 2);
    CHECK(after_refreshes(3) == 0);
}

// Whole rounds of refresh of an idle machine are skipped, and the counts go down as if not.
TEST_CASE("an idle machine's counts are those of one that is stepped through") {
    for (const char* refresh : {"per_bank", "all_bank"}) {
        for (const std::int64_t share : {0, 1, 3}) {
            Hbm4Config config = managed("drfm", 60, 400);
            config.refresh = refresh;
            config.page_policy = "closed";
            config.raa_per_refresh = share;
            const hbm4::Timing timing(config);
            hbm4::PseudoChannel<> skipping(timing);
            hbm4::PseudoChannel<hbm4::CommandRecorder> stepping(timing);
            std::vector<hbm4::Output> outputs;
            std::uint32_t token = 0;
            for (const Arrival& arrival : hammer(59, 7)) {
                skipping.inject(arrival.tick, arrival.input, token);
                stepping.inject(arrival.tick, arrival.input, token++);
            }
            skipping.run(kNeverTick, outputs);
            stepping.run(kNeverTick, outputs);
            for (const std::int64_t end : {50'000, 400'000, 401'234}) {
                skipping.settle(end);
                stepping.settle(end);
                INFO(refresh << " " << share << " " << end);
                CHECK((dump(skipping.state(), end) == dump(stepping.state(), end)));
            }
            const std::int64_t rounds = 401'234 / hbm4::Timing(rubin_hbm4()).refresh_interval / 48;
            const std::int64_t left = skipping.state().management.counts[7];
            CHECK(left <= std::max<std::int64_t>(0, 59 - share * rounds));
            CHECK(left >= 59 - share * (rounds + 1));  // one more in the round that has begun
        }
    }
}

TEST_CASE("the data bus tells refresh management from refresh") {
    const Hbm4Config config = managed("rfm", 2, 2);
    const hbm4::Timing timing(config);
    const std::vector<Arrival> three = hammer(3, 0);
    hbm4::BusAccount account(timing, kNeverTick);
    for (const Arrival& arrival : three) {
        account.arrived(arrival.tick, arrival.input);
    }
    const TrafficResult result = run(config, three, 0);
    for (const hbm4::CommandRecord& command : result.commands) {
        account.command(command);
    }
    const hbm4::BusTime time = account.until(result.end);
    // The third read, from when its activate could have followed the data of the second (RD 175)
    // in time, to the end of the command.
    CHECK(time[static_cast<std::size_t>(hbm4::BusUse::kManagement)] == 244 + 753 - (177 - 53));
    CHECK(time[static_cast<std::size_t>(hbm4::BusUse::kRefresh)] == 0);
}

TEST_CASE("the temperature of a stack changes how often it is refreshed, and nothing else") {
    Hbm4Config config = rubin_hbm4();
    const std::vector<Arrival> one = hammer(1, 0);
    const std::int64_t interval = hbm4::Timing(config).refresh_interval;
    REQUIRE(interval == 215);  // 80 ns
    struct Scale {
        const char* word;
        std::int64_t ticks;
    };
    for (const Scale& scale : {Scale{"4x", 860}, Scale{"2x", 430}, Scale{"1x", 215},
                               Scale{"0.5x", 107}, Scale{"0.25x", 53}}) {
        config.refresh_scale = scale.word;
        REQUIRE(config.problems().empty());
        const TrafficResult result = run(config, one, 100'000);
        INFO(scale.word);
        CHECK(hbm4::Timing(config).refresh_interval == scale.ticks);
        CHECK(result.counters.refreshes == (result.end - 1) / scale.ticks);
        CHECK(result.end == 75 + 100'000);
    }
}

TEST_CASE("refresh management that cannot be is refused") {
    const auto problem = [](const char* standard, const char* management, std::int64_t maximum,
                            const char* impl) {
        Hbm4Config config = managed(management, 10, maximum);
        config.standard = standard;
        config.impl = impl;
        std::string text;
        for (const auto& [key, what] : config.problems()) {
            text += key + ": " + what + "\n";
        }
        return text;
    };
    CHECK(problem("hbm4", "drfm", 10, "model").empty());
    CHECK(problem("hbm3", "rfm", 10, "model").empty());
    CHECK(problem("hbm2", "none", 9, "both").empty());
    CHECK(problem("hbm2", "rfm", 10, "model") ==
          "refresh_management: \"rfm\", but hbm2 has no RFMpb; allowed: \"none\", or what the "
          "standard has\n");
    CHECK(problem("hbm3", "drfm", 10, "model").find("hbm3 has no DRFMpb") != std::string::npos);
    CHECK(problem("hbm4", "rfm", 9, "model") ==
          "raa_maximum: 9; allowed: at least raa_initial (10)\n");
    Hbm4Config cool = rubin_hbm4();
    cool.impl = "rtl";
    cool.refresh = "all_bank";
    cool.t_refi = tenths_of_ns(990'000);
    CHECK(cool.problems().empty());
    cool.refresh_scale = "4x";
    REQUIRE(cool.problems().size() == 1);
    CHECK(cool.problems()[0].second ==
          "a refresh every 1064250 CK; allowed with the RTL twin: below 1048576");
    for (const char* impl : {"rtl", "both"}) {
        CHECK(problem("hbm4", "rfm", 10, impl) ==
              "impl: the RTL twin has no refresh management; allowed: refresh_management = "
              "\"none\", or impl = \"model\"\n");
    }
}
