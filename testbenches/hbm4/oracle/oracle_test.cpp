// SPDX-License-Identifier: Apache-2.0
// Core and oracle in lock step: two programs that share nothing but docs/hbm4-semantics.md send the
// same commands at the same ticks, over random machines and random traffic.
#include "models/hbm4/oracle/oracle.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <map>

#include "models/hbm4/standards/standard.h"
#include "testbenches/hbm4/oracle/compare.h"
#include "testbenches/hbm4/random_machine.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;

namespace {

std::string text_of(const hbm4::CommandRecord& c) {
    return fmt::format("{} bank {} row {} column {} at {}", hbm4::name_of(c.command), c.bank, c.row,
                       c.column, c.tick);
}

hbm4::CommandRecord as_record(const oracle::SentCommand& sent) {
    static const std::map<oracle::Verb, hbm4::Command> kCommands = {
        {oracle::Verb::kActivate, hbm4::Command::kActivate},
        {oracle::Verb::kPrecharge, hbm4::Command::kPrecharge},
        {oracle::Verb::kPrechargeAll, hbm4::Command::kPrechargeAll},
        {oracle::Verb::kRead, hbm4::Command::kRead},
        {oracle::Verb::kWrite, hbm4::Command::kWrite},
        {oracle::Verb::kRefreshBank, hbm4::Command::kRefreshBank},
        {oracle::Verb::kRefreshAll, hbm4::Command::kRefreshAll},
        {oracle::Verb::kManageBank, hbm4::Command::kManageBank},
        {oracle::Verb::kManageRow, hbm4::Command::kManageRow},
        {oracle::Verb::kPowerDown, hbm4::Command::kPowerDown},
        {oracle::Verb::kPowerUp, hbm4::Command::kPowerUp},
        {oracle::Verb::kSelfRefresh, hbm4::Command::kSelfRefresh},
        {oracle::Verb::kSelfRefreshExit, hbm4::Command::kSelfRefreshExit}};
    return {sent.tick, kCommands.at(sent.verb), static_cast<std::int32_t>(sent.bank),
            static_cast<std::int32_t>(sent.row), static_cast<std::int32_t>(sent.column)};
}

using Ends = std::vector<hbm4::Output>;

// All requests are known from the start.
Ends known_ahead(const hbm4::Timing& timing, const std::vector<Arrival>& arrivals) {
    hbm4::PseudoChannel<> machine(timing);
    Ends ends;
    std::uint32_t token = 0;
    for (const Arrival& arrival : arrivals) {
        machine.inject(arrival.tick, arrival.input, token++);
    }
    machine.run(kNeverTick, ends);
    return ends;
}

// Time is cut at random, requests come when it is their turn; each tick is visited, or only those
// with work.
Ends in_pieces(const hbm4::Timing& timing, const std::vector<Arrival>& arrivals, std::uint64_t seed,
               bool every_tick) {
    hbm4::PseudoChannel<> machine(timing);
    SplitMix64 random(seed);
    Ends ends;
    std::uint32_t token = 0;
    std::int64_t horizon = 0;
    while (token < arrivals.size() || machine.has_work()) {
        horizon += 1 + static_cast<std::int64_t>(random.next() % 700);
        while (token < arrivals.size() && arrivals[token].tick < horizon) {
            machine.inject(arrivals[token].tick, arrivals[token].input, token);
            ++token;
        }
        if (every_tick) {
            machine.run_every_tick(horizon, ends);
        } else {
            machine.run(horizon, ends);
        }
    }
    return ends;
}

// The first thing in which core and oracle differ, or in which the core differs from itself, or
// nothing.
std::string difference(const Hbm4Config& config, const std::vector<Arrival>& arrivals,
                       const Hbm4Config& of_oracle) {
    const hbm4::Timing timing(config);
    const TrafficResult core = run_traffic(timing, arrivals, 5'000);
    oracle::PseudoChannelOracle reference = fed_oracle(of_oracle, arrivals);
    reference.keeps_commands = true;
    reference.run_until(core.end);
    const std::size_t commands = std::max(core.commands.size(), reference.commands.size());
    for (std::size_t i = 0; i < commands; ++i) {
        const std::string ours =
            i < core.commands.size() ? text_of(core.commands[i]) : std::string("nothing");
        const std::string theirs = i < reference.commands.size()
                                       ? text_of(as_record(reference.commands[i]))
                                       : std::string("nothing");
        if (ours != theirs) {
            return fmt::format("command {}: core {}, oracle {}", i, ours, theirs);
        }
    }
    if (reference.has_work()) {
        return "the oracle has work left";
    }
    if (std::string found = difference_from_oracle(core.outputs, core.counters, reference);
        !found.empty()) {
        return found;
    }
    if (known_ahead(timing, arrivals) != core.outputs) {
        return "requests that are known ahead of their arrival";
    }
    if (in_pieces(timing, arrivals, arrivals.size(), false) != core.outputs) {
        return "horizons";
    }
    return in_pieces(timing, arrivals, arrivals.size(), true) == core.outputs ? "" : "every tick";
}

void compare(std::uint64_t seed, int machines, std::int64_t requests) {
    SplitMix64 random(seed);
    for (int i = 0; i < machines; ++i) {
        const Hbm4Config config = random_machine(random);
        const TrafficShape shape = random_traffic(random, requests);
        const std::string found = difference(config, make_traffic(shape, config.banks()), config);
        INFO(fmt::format("machine {} of seed {}: {} banks, refresh {} {}, {} % writes, {} % random",
                         i, seed, config.banks(), config.refresh, config.refresh_order,
                         shape.write_percent, shape.random_percent));
        REQUIRE(found == "");
    }
}

}  // namespace

TEST_CASE("core and oracle send the same commands and complete at the same ticks") {
    compare(1, 300, 1'000);
}

// Refresh of an idle machine goes on from where work left it, late ones included: whole rounds of
// it are skipped only where each comes on time. Refresh that hardly keeps up is late for long.
TEST_CASE("core and oracle agree over long pauses") {
    SplitMix64 random(5);
    for (int i = 0; i < 150; ++i) {
        Hbm4Config config = random_machine(random);
        if (i % 3 == 0) {
            config.refresh = "all_bank";
            config.refresh_scale = "1x";
            config.t_refi = {config.t_rfc_all_bank.value / 10 * (13 + i % 5)};
            config.refresh_postpone = (8 + i % 16) * config.banks();
        }
        TrafficShape shape = random_traffic(random, 300);
        shape.pause_percent = 25;
        INFO("machine " << i << ", refresh " << config.refresh);
        REQUIRE(config.problems().empty());
        REQUIRE(difference(config, make_traffic(shape, config.banks()), config) == "");
    }
}

// 10^8 requests: about 40 minutes.
TEST_CASE("core and oracle agree over a first thousand machines", "[.campaign]") {
    compare(2, 1000, 50'000);
}

TEST_CASE("core and oracle agree over a second thousand machines", "[.campaign]") {
    compare(3, 1000, 50'000);
}

// The comparison sees every parameter: with one of them altered by one tick (or one request, or
// one column) in the oracle alone, some of a hundred machines tells the two apart.
TEST_CASE("an oracle with one parameter altered by one is told apart") {
    using Alter = std::function<void(Hbm4Config&)>;
    const auto later = [](Time Hbm4Config::*member) {
        return [member](Hbm4Config& c) {
            c.*member += Time{kFemtosecondsPerSecond / c.clock.value + 1};  // one CK at least
        };
    };
    const auto more = [](Cycles Hbm4Config::*member) {
        return [member](Hbm4Config& c) { (c.*member).value += 1; };
    };
    const auto one_more = [](std::int64_t Hbm4Config::*member) {
        return [member](Hbm4Config& c) { ++(c.*member); };
    };
    using C = Hbm4Config;
    const std::vector<std::pair<const char*, Alter>> parameters = {
        {"burst", more(&C::burst)},
        {"read_latency", more(&C::read_latency)},
        {"write_latency", more(&C::write_latency)},
        {"t_ccd_s", more(&C::t_ccd_s)},
        {"t_ccd_l", more(&C::t_ccd_l)},
        {"t_ccd_r", more(&C::t_ccd_r)},
        {"t_ppd", more(&C::t_ppd)},
        {"activate_slots", more(&C::activate_slots)},
        {"t_rcd_read", later(&C::t_rcd_read)},
        {"t_rcd_write", later(&C::t_rcd_write)},
        {"t_rp", later(&C::t_rp)},
        {"t_ras", later(&C::t_ras)},
        {"t_rc", later(&C::t_rc)},
        {"t_rrd_s", later(&C::t_rrd_s)},
        {"t_rrd_l", later(&C::t_rrd_l)},
        {"t_faw", later(&C::t_faw)},
        {"t_rtp", later(&C::t_rtp)},
        {"t_wr", later(&C::t_wr)},
        {"t_wtr_s", later(&C::t_wtr_s)},
        {"t_wtr_l", later(&C::t_wtr_l)},
        {"t_rtw", later(&C::t_rtw)},
        {"t_rfc_all_bank", later(&C::t_rfc_all_bank)},
        {"t_rfc_per_bank", later(&C::t_rfc_per_bank)},
        {"t_refi",
         [](C& c) { c.t_refi += Time{c.banks() * (kFemtosecondsPerSecond / c.clock.value + 1)}; }},
        {"t_rrefd", later(&C::t_rrefd)},
        {"refresh_order",
         [](C& c) {
             c.refresh_order = c.refresh_order == "idle_first" ? "round_robin" : "idle_first";
         }},
        {"refresh_postpone", one_more(&C::refresh_postpone)},
        {"read_queue", one_more(&C::read_queue)},
        {"write_queue", one_more(&C::write_queue)},
        {"read_buffer", one_more(&C::read_buffer)},
        {"write_buffer", one_more(&C::write_buffer)},
        {"refresh_scale", [](C& c) { c.refresh_scale = c.refresh_scale == "1x" ? "0.5x" : "1x"; }},
        {"refresh_management",
         [](C& c) { c.refresh_management = c.refresh_management == "drfm" ? "rfm" : "drfm"; }},
        {"raa_initial", one_more(&C::raa_initial)},
        {"raa_maximum", one_more(&C::raa_maximum)},
        {"raa_per_refresh", one_more(&C::raa_per_refresh)},
        {"t_rfm", later(&C::t_rfm)},
        {"t_drfm", later(&C::t_drfm)},
        {"power_down",
         [](C& c) { c.power_down = c.power_down == "power_down" ? "self_refresh" : "power_down"; }},
        {"power_down_after", more(&C::power_down_after)},
        {"t_pd", later(&C::t_pd)},
        {"t_xp", later(&C::t_xp)},
        {"t_sr", later(&C::t_sr)},
        {"t_xs", later(&C::t_xs)},
        {"page_timeout", more(&C::page_timeout)},
        {"scheduler",
         [](C& c) { c.scheduler = c.scheduler == "first_come" ? "first_ready" : "first_come"; }},
        {"row_hit_cap", one_more(&C::row_hit_cap)},
        {"prepare_rows", [](C& c) { c.prepare_rows = !c.prepare_rows; }},
        {"write_high", one_more(&C::write_high)},
        {"write_low", one_more(&C::write_low)},
        {"turn_columns", one_more(&C::turn_columns)},
        {"read_age_limit", more(&C::read_age_limit)},
        {"write_age_limit", more(&C::write_age_limit)},
    };
    std::map<std::string, int> machines;  // that it took
    for (const auto& [name, alter] : parameters) {
        SplitMix64 random(77);
        for (int i = 1; i <= 100 && machines.count(name) == 0; ++i) {
            const Hbm4Config config = random_machine(random);
            const TrafficShape shape = random_traffic(random, 1'000);
            Hbm4Config altered = config;
            alter(altered);
            if (difference(config, make_traffic(shape, config.banks()), altered) != "") {
                machines[name] = i;
            }
        }
        INFO(name);
        CHECK(machines.count(name) == 1);
    }
    CHECK(machines.size() == parameters.size());
}
