// SPDX-License-Identifier: Apache-2.0
// Every timing rule holds, is met exactly where it binds, and a command one tick earlier is a
// breach.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "testbenches/hbm4/command_checker.h"
#include "testbenches/hbm4/test_config.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;

namespace {

TrafficShape dense() {
    return {.requests = 3000,
            .write_percent = 30,
            .random_percent = 60,
            .longest_gap = 12,
            .pause_percent = 1,
            .seed = 7};
}

struct Gate {
    const char* rule;
    std::function<void(Hbm4Config&, TrafficShape&)> bind;  // makes the rule the binding one
};

const std::vector<Gate>& gates() {
    static const std::vector<Gate> kGates = {
        {"tCCD_S", [](auto&, auto&) {}},
        {"tCCD_L", [](auto&, auto&) {}},
        {"tCCD_R", [](auto& c, auto&) { c.t_ccd_r = {3}; }},
        {"tRTW", [](auto&, auto&) {}},
        {"tWTR_S", [](auto&, auto&) {}},
        {"tWTR_L", [](auto& c, auto&) { c.t_wtr_l = nanoseconds(60); }},
        {"tRCD_read", [](auto&, auto&) {}},
        {"tRCD_write", [](auto&, auto&) {}},
        {"tRTP", [](auto& c, auto&) { c.t_rtp = nanoseconds(40); }},
        {"tWR", [](auto&, auto&) {}},
        {"tRAS", [](auto&, auto&) {}},
        {"tRC", [](auto& c, auto&) { c.t_rc = nanoseconds(70); }},
        {"tRP", [](auto&, auto&) {}},
        {"tRRD_S", [](auto&, auto&) {}},
        {"tRRD_L", [](auto& c, auto&) { c.t_rrd_l = nanoseconds(12); }},
        {"tFAW", [](auto&, auto& t) { t.longest_gap = 0; }},
        {"tPPD", [](auto& c, auto&) { c.t_ppd = {9}; }},
        {"row bus", [](auto& c, auto&) { c.activate_slots = {4}; }},
        {"tRFCpb", [](auto& c, auto& t) { c.refresh_postpone = 0, t.longest_gap = 0; }},
        {"tRREFD", [](auto& c, auto&) { c.t_rrefd = nanoseconds(70); }},
        {"tRP to refresh", [](auto&, auto&) {}},
        {"tRFCab", [](auto& c, auto& t) { c.refresh = "all_bank", t.longest_gap = 0; }},
    };
    return kGates;
}

bool names(const std::vector<std::string>& violations, const std::string& rule) {
    return std::any_of(violations.begin(), violations.end(), [&](const std::string& text) {
        return text.compare(0, rule.size() + 1, rule + ":") == 0;
    });
}

}  // namespace

TEST_CASE("timing gates hold at t and are met exactly") {
    for (const Gate& gate : gates()) {
        DYNAMIC_SECTION(gate.rule) {
            Hbm4Config config = rubin_hbm4();
            TrafficShape shape = dense();
            gate.bind(config, shape);
            REQUIRE(config.problems().empty());
            const hbm4::Timing timing(config);
            const TrafficResult run =
                run_traffic(timing, make_traffic(shape, config.banks()), 20'000);
            const CheckResult check = check_commands(config, run.commands);
            CHECK(check.violations == std::vector<std::string>{});
            REQUIRE(check.slack.count(gate.rule) == 1);
            CHECK(check.slack.at(gate.rule) == 0);
        }
    }
}

TEST_CASE("a machine that is one tick faster breaks the gate at t - 1") {
    // The machine runs on a table in which one gap is a tick short; the checker knows the true one.
    const auto broken = [](const char* rule, const std::function<void(hbm4::Timing&)>& shorten) {
        const auto gate = std::find_if(gates().begin(), gates().end(),
                                       [&](const Gate& g) { return std::string(g.rule) == rule; });
        Hbm4Config config = rubin_hbm4();
        TrafficShape shape = dense();
        gate->bind(config, shape);
        hbm4::Timing timing(config);
        shorten(timing);
        const TrafficResult run = run_traffic(timing, make_traffic(shape, config.banks()), 20'000);
        return names(check_commands(config, run.commands).violations, rule);
    };
    CHECK(broken("tRCD_read", [](auto& t) { --t.rcd_read; }));
    CHECK(broken("tRCD_write", [](auto& t) { --t.rcd_write; }));
    CHECK(broken("tRP", [](auto& t) { --t.rp; }));
    CHECK(broken("tRAS", [](auto& t) { --t.ras; }));
    CHECK(broken("tRC", [](auto& t) { --t.rc; }));
    CHECK(broken("tFAW", [](auto& t) { --t.faw; }));
    CHECK(broken("tRTP", [](auto& t) { --t.rtp; }));
    CHECK(broken("tWR", [](auto& t) { --t.write_to_precharge; }));
    CHECK(broken("tPPD", [](auto& t) { --t.ppd; }));
    CHECK(broken("row bus", [](auto& t) { --t.activate_slots; }));
    CHECK(broken("tRFCpb", [](auto& t) { --t.rfc_per_bank; }));
    CHECK(broken("tRFCab", [](auto& t) { --t.rfc_all_bank; }));
    CHECK(broken("tRREFD", [](auto& t) { --t.refresh_to_refresh, --t.refresh_to_activate; }));
    CHECK(broken("tRTW", [](auto& t) { --t.rtw; }));
    CHECK(broken("tWTR_S", [](auto& t) { --t.write_to_read_s; }));
    CHECK(broken("tWTR_L", [](auto& t) { --t.write_to_read_l; }));
    CHECK(broken("tCCD_S", [](auto& t) { --t.ccd_s[0], --t.ccd_s[1]; }));
    CHECK(broken("tCCD_L", [](auto& t) { --t.ccd_l[0], --t.ccd_l[1]; }));
    CHECK(broken("tCCD_R", [](auto& t) { --t.ccd_r[0], --t.ccd_r[1]; }));
    CHECK(broken("tRRD_S", [](auto& t) { --t.rrd_s; }));
    CHECK(broken("tRRD_L", [](auto& t) { --t.rrd_l; }));
}
