// SPDX-License-Identifier: Apache-2.0
// The checker of the protocol: what the controller sends passes; each rule is seen when it is
// broken by one tick, each state and bus when it is misused.
#include "models/hbm4/standards/protocol_checker.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "testbenches/hbm4/standards/judged.h"
#include "testbenches/hbm4/standards/parameter_sets.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("what the controller sends keeps every rule of its standard") {
    for (const char* set : {"hbm4_8000", "hbm4_9375", "hbm4_10750", "hbm3_6400", "hbm2_2000"}) {
        for (const char* refresh : {"per_bank", "all_bank", "none"}) {
            Hbm4Config config = parameter_set(set);
            config.refresh = refresh;
            const TrafficShape shape{.requests = 4000,
                                     .write_percent = 40,
                                     .random_percent = 50,
                                     .longest_gap = 8,
                                     .pause_percent = 1,
                                     .rows = 4,
                                     .seed = 11};
            const hbm4::Timing timing(config);
            const auto commands =
                run_traffic(timing, make_traffic(shape, config.banks()), 20'000).commands;
            INFO(set << " " << refresh);
            CHECK(commands.size() > 4000);
            CHECK(judge(config, commands).empty());
        }
    }
}

// HBM4 at 8 Gb/s; the numbers are those of gate_ticks.csv, one tick short in the first of each
// pair. Banks 0 and 2 share a group, 0 and 1 a stack id, 16 is in another one.
// HBM4 at 8 Gb/s; the numbers are those of gate_ticks.csv, one tick short in the first of each
// pair. Banks 0 and 2 share a group, 0 and 1 a stack id, 16 is in another one.
TEST_CASE("each rule is broken one tick too early and kept at its tick") {
    const Hbm4Config c = parameter_set("hbm4_8000");
    const auto check = [&](const char* rule, auto&& commands_at, std::int64_t ticks) {
        INFO(rule);
        CHECK(broken(c, commands_at(ticks - 1)) == rule);
        CHECK(broken(c, commands_at(ticks)) == "");
    };
    using List = std::vector<CommandRecord>;
    check(
        "tRAS",
        [](auto t) {
            return List{act(0, 0), pre(t, 0)};
        },
        57);
    check(
        "tRP",
        [](auto t) {
            return List{act(0, 0), pre(100, 0), act(100 + t, 0)};
        },
        33);
    check(
        "tRC tRP",
        [](auto t) {
            return List{act(0, 0), pre(57, 0), act(t, 0)};
        },
        90);
    check(
        "tRCD_RD",
        [](auto t) {
            return List{act(0, 0), rd(t, 0)};
        },
        39);
    check(
        "tRCD_WR",
        [](auto t) {
            return List{act(0, 0), wr(t, 0)};
        },
        19);
    check(
        "tRTP",
        [](auto t) {
            return List{act(0, 0), rd(80, 0), pre(80 + t, 0)};
        },
        12);
    check(
        "tWR",
        [](auto t) {
            return List{act(0, 0), wr(80, 0), pre(80 + t, 0)};
        },
        54);
    check(
        "tRRD_L",
        [](auto t) {
            return List{act(0, 0), act(t, 2)};
        },
        7);
    check(
        "tRRD_S",
        [](auto t) {
            return List{act(0, 0), act(t, 1)};
        },
        5);
    check(
        "tFAW",
        [](auto t) {
            return List{act(0, 0), act(7, 1), act(14, 2), act(21, 3), act(t, 16)};
        },
        30);
    check(
        "tPPD",
        [](auto t) {
            return List{act(0, 0), act(9, 1), pre(90, 0), pre(90 + t, 1)};
        },
        2);
    const auto two = [](auto&& rest) {
        return [rest](std::int64_t t) {
            List list{act(0, 0), act(9, 1), act(20, 2), act(40, 16)};
            for (const CommandRecord& command : rest(t)) {
                list.push_back(command);
            }
            return list;
        };
    };
    check("tCCD_L_RD", two([](auto t) { return List{rd(100, 0), rd(100 + t, 2)}; }), 4);
    check("tCCD_S_RD", two([](auto t) { return List{rd(100, 0), rd(100 + t, 1)}; }), 2);
    check("tCCD_R_RD", two([](auto t) { return List{rd(100, 0), rd(100 + t, 16)}; }), 2);
    check("tCCD_L_WR", two([](auto t) { return List{wr(100, 0), wr(100 + t, 2)}; }), 4);
    check("tCCD_S_WR", two([](auto t) { return List{wr(100, 0), wr(100 + t, 1)}; }), 2);
    check("tCCD_R_WR", two([](auto t) { return List{wr(100, 0), wr(100 + t, 16)}; }), 2);
    check("tWTR_L", two([](auto t) { return List{wr(100, 0), rd(100 + t, 2)}; }), 25);
    check("tWTR_S", two([](auto t) { return List{wr(100, 0), rd(100 + t, 16)}; }), 21);
    check("tRTW", two([](auto t) { return List{rd(100, 0), wr(100 + t, 16)}; }), 25);
    check(
        "tRP_REFpb",
        [](auto t) {
            return List{act(0, 0), pre(100, 0), ref(100 + t, 0)};
        },
        33);
    check(
        "tRC_REFpb tRP_REFpb",
        [](auto t) {
            return List{act(0, 0), pre(57, 0), ref(t, 0)};
        },
        90);
    check(
        "tRRD_REFpb",
        [](auto t) {
            return List{act(0, 0), ref(t, 1)};
        },
        5);
    check(
        "tRREFD",
        [](auto t) {
            return List{ref(0, 0), ref(t, 1)};
        },
        16);
    check(
        "tRREFD_ACT",
        [](auto t) {
            return List{ref(0, 0), act(t, 1)};
        },
        16);
    check(
        "tRFCpb",
        [](auto t) {
            return List{ref(0, 0), act(t, 0)};
        },
        560);
    check(
        "tRFCpb_REFpb",
        [](auto t) {
            return List{ref(0, 0), ref(t, 0)};
        },
        560);
    check(
        "tRFCab",
        [](auto t) {
            return List{ref_all(0), act(t, 7)};
        },
        1060);
    check(
        "tRFCab_REFab",
        [](auto t) {
            return List{ref_all(0), ref_all(t)};
        },
        1060);
    check(
        "tRP_REFab",
        [](auto t) {
            return List{act(0, 0), pre_all(100), ref_all(100 + t)};
        },
        33);
    check(
        "tRC_REFab tRP_REFab",
        [](auto t) {
            return List{act(0, 9), pre_all(57), ref_all(t)};
        },
        90);
    check(
        "tRAS",
        [](auto t) {
            return List{act(0, 9), pre_all(t)};
        },
        57);  // as PRE of an open bank
}

TEST_CASE("wrong states, taken buses and disorder are breaches") {
    const Hbm4Config c = parameter_set("hbm4_8000");
    CHECK(broken(c, {rd(100, 0)}) == "state");
    CHECK(broken(c, {act(0, 0), {100, Command::kRead, 0, 6, 0}}) == "state");
    CHECK(broken(c, {act(0, 0), pre(100, 0), pre(200, 0)}) == "state");
    CHECK(broken(c, {act(0, 0), act(200, 0)}) == "state");
    CHECK(broken(c, {act(0, 0), ref(200, 0)}) == "state");
    CHECK(broken(c, {act(0, 0), ref_all(200)}) == "state");
    CHECK(broken(c, {act(0, 48)}) == "state");
    CHECK(broken(c, {act(0, 0), act(90, 1), ref(91, 5)}) == "row bus tRRD_L_REFpb tRRD_REFpb");
    CHECK(broken(c, {act(0, 0), act(9, 1), rd(100, 0), wr(100, 1)}) == "column bus tRTW");
    CHECK(broken(c, {act(100, 0), act(50, 17)}).find("order") != std::string::npos);
    const auto breach = judge(c, {act(0, 0), rd(38, 0)});
    REQUIRE(breach.size() == 1);
    CHECK(breach[0].what == "RD of bank 0, 38 ticks after ACT of bank 0");
    CHECK(breach[0].allowed == "39 ticks or more");
}
