// SPDX-License-Identifier: Apache-2.0
// The checker of the protocol, for refresh management: its commands keep their rules to the tick,
// and no bank is activated past its limit.
#include <catch2/catch.hpp>

#include "testbenches/hbm4/standards/judged.h"
#include "testbenches/hbm4/standards/parameter_sets.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;

namespace {

using List = std::vector<CommandRecord>;

// Each rule of one of the commands, in HBM4 at 8 Gb/s: one tick short, and at its tick. `command`
// makes one of a tick, a bank and the row activated last.
template <class Make>
void check_rules_of(const std::string& name, const Make& command, std::int64_t own) {
    const Hbm4Config c = parameter_set("hbm4_8000");
    const auto rule = [&](const std::string& text, auto&& commands_at, std::int64_t ticks) {
        INFO(text);
        CHECK(broken(c, commands_at(ticks - 1)) == text);
        CHECK(broken(c, commands_at(ticks)) == "");
    };
    const std::string time = "t" + name.substr(0, name.size() - 2);
    const auto plain = [&](std::int64_t tick, std::int32_t bank) { return command(tick, bank, 0); };
    rule(
        "tRP_" + name,
        [&](auto t) {
            return List{act(0, 0), pre(100, 0), command(100 + t, 0, 5)};
        },
        33);
    rule(
        "tRC_" + name + " tRP_" + name,
        [&](auto t) {
            return List{act(0, 0), pre(57, 0), command(t, 0, 5)};
        },
        90);
    rule(
        "tRFCpb_" + name,
        [&](auto t) {
            return List{ref(0, 0), plain(t, 0)};
        },
        560);
    rule(
        "tRFCab_" + name,
        [&](auto t) {
            return List{ref_all(0), plain(t, 7)};
        },
        1060);
    rule(
        time,
        [&](auto t) {
            return List{plain(0, 0), act(t, 0)};
        },
        own);
    rule(
        time + "_" + name,
        [&](auto t) {
            return List{plain(0, 0), plain(t, 0)};
        },
        own);
    rule(
        time + "_REFpb",
        [&](auto t) {
            return List{plain(0, 0), ref(t, 0)};
        },
        own);
    rule(
        time + "_REFab",
        [&](auto t) {
            return List{plain(0, 3), ref_all(t)};
        },
        own);
    rule(
        "tRRD_" + name,
        [&](auto t) {
            return List{act(0, 0), plain(t, 1)};
        },
        5);
    rule(
        "tRREFD_" + name + "_ACT",
        [&](auto t) {
            return List{plain(0, 0), act(t, 1)};
        },
        16);
    rule(
        "tRREFD_" + name,
        [&](auto t) {
            return List{plain(0, 0), plain(t, 1)};
        },
        16);
    rule(
        "tRREFD_" + name + "_REFpb",
        [&](auto t) {
            return List{plain(0, 0), ref(t, 1)};
        },
        16);
    rule(
        "tRREFD_REFpb_" + name,
        [&](auto t) {
            return List{ref(0, 0), plain(t, 1)};
        },
        16);
}

}  // namespace

// Traffic that comes back to the same few banks and rows.
TEST_CASE("what the controller sends for refresh management keeps the rules and the limit") {
    for (const char* set : {"hbm4_10750", "hbm3_6400"}) {
        for (const char* refresh : {"per_bank", "all_bank", "none"}) {
            for (const char* management : {"rfm", "drfm"}) {
                Hbm4Config config = parameter_set(set);
                config.refresh = refresh;
                config.refresh_management = management;
                config.raa_initial = 4;
                config.raa_maximum = 9;
                config.raa_per_refresh = 2;
                if (!hbm4::standard_named(config.standard).has(Command::kManageRow)) {
                    CHECK(config.problems().size() == (management == std::string("drfm") ? 1 : 0));
                    config.refresh_management = "rfm";
                }
                const TrafficShape shape{.requests = 6000,
                                         .write_percent = 40,
                                         .random_percent = 80,
                                         .longest_gap = 8,
                                         .pause_percent = 1,
                                         .rows = 4,
                                         .seed = 12};
                const hbm4::Timing timing(config);
                const TrafficResult run =
                    run_traffic(timing, make_traffic(shape, config.banks() / 8), 20'000);
                INFO(set << " " << refresh << " " << management);
                CHECK(run.counters.managements > 100);
                CHECK(run.counters.forced_managements > 10);
                CHECK(judge(config, run.commands).empty());
                Hbm4Config stricter = config;  // the judge does count
                stricter.raa_maximum = 8;
                CHECK(broken(stricter, run.commands) == "activations");
            }
        }
    }
}

TEST_CASE("each rule of refresh management is broken one tick too early and kept at its tick") {
    check_rules_of(
        "RFMpb", [](auto tick, auto bank, int) { return rfm(tick, bank); }, 560);
    check_rules_of("DRFMpb", drfm, 1120);
}

TEST_CASE("an activate past the limit is a breach, relief by relief") {
    Hbm4Config c = parameter_set("hbm4_8000");
    const std::vector<CommandRecord> four = {act(0, 0),   pre(60, 0),  act(100, 0), pre(160, 0),
                                             act(200, 0), pre(260, 0), act(300, 0), pre(360, 0)};
    const auto then = [&](std::vector<CommandRecord> more) {
        more.insert(more.begin(), four.begin(), four.end());
        return broken(c, more);
    };
    CHECK(then({act(400, 0)}) == "");
    c.refresh_management = "rfm";
    c.raa_initial = 2;
    c.raa_maximum = 4;
    c.raa_per_refresh = 1;
    CHECK(then({}) == "");
    CHECK(then({act(400, 0)}) == "activations");
    CHECK(then({act(400, 1)}) == "");
    CHECK(then({ref(400, 0), act(1000, 0)}) == "");
    CHECK(then({ref(400, 0), act(1000, 0), pre(1060, 0), act(1100, 0)}) == "activations");
    CHECK(then({ref_all(400), act(1500, 0), pre(1560, 0), act(1600, 0)}) == "activations");
    const std::vector<CommandRecord> two = {rfm(400, 0), act(1000, 0), pre(1060, 0), act(1100, 0)};
    CHECK(then(two) == "");
    CHECK(then({rfm(400, 0), act(1000, 0), pre(1060, 0), act(1100, 0), pre(1160, 0),
                act(1200, 0)}) == "activations");
    CHECK(then({drfm(400, 0, 5)}) == "");
    CHECK(then({drfm(400, 0, 4)}) == "state");
    CHECK(broken(parameter_set("hbm3_6400"), {drfm(400, 0, 0)}) == "command");
    CHECK(broken(parameter_set("hbm2_2000"), {rfm(400, 0)}) == "command");
    CHECK(broken(c, {act(0, 0), rfm(200, 0)}) == "state");
    const auto breach = judge(c, {act(0, 0), pre(60, 0), act(100, 0), pre(160, 0), act(200, 0),
                                  pre(260, 0), act(300, 0), pre(360, 0), act(400, 0)});
    REQUIRE(breach.size() == 1);
    CHECK(breach[0].what == "ACT of bank 0 after 4 without refresh management");
    CHECK(breach[0].allowed == "raa_maximum (4)");
}
