// SPDX-License-Identifier: Apache-2.0
// Parameters of what is off: a device says which they are, and they change no command; with it on
// they do, and are not named.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "models/hbm4/address_map/address_map.h"
#include "testbenches/hbm4/devices/device.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;

namespace {

using Sets = std::vector<std::string>;

// What is on, and every parameter that is then in use but not otherwise, with another value.
struct Switch {
    Sets on;
    std::map<std::string, std::string> used;
};

const std::vector<Switch>& switches() {
    static const std::vector<Switch> all = {
        {{"refresh=per_bank"}, {{"t_rfc_per_bank", "900 ns"}, {"refresh_order", "round_robin"}}},
        {{"refresh=per_bank"},
         {{"t_refi", "20 us"}, {"refresh_postpone", "0"}, {"refresh_scale", "0.25x"}}},
        {{"refresh=all_bank"}, {{"t_rfc_all_bank", "900 ns"}}},
        {{"refresh_management=rfm", "raa_initial=2", "raa_maximum=4", "raa_per_refresh=1"},
         {{"raa_initial", "1"}, {"raa_maximum", "3"}, {"raa_per_refresh", "0"}}},
        {{"refresh_management=rfm", "raa_initial=2", "raa_maximum=4"}, {{"t_rfm", "900 ns"}}},
        {{"refresh_management=drfm", "raa_initial=2", "raa_maximum=4"}, {{"t_drfm", "900 ns"}}},
        {{"power_down=power_down"},
         {{"power_down_after", "300 clk"}, {"t_pd", "900 ns"}, {"t_xp", "90 ns"}}},
        {{"power_down=self_refresh"}, {{"t_sr", "9 us"}, {"t_xs", "900 ns"}}},
        {{"page_policy=adaptive"}, {{"page_timeout", "50 clk"}}},
        {{"scheduler=first_ready_capped"}, {{"row_hit_cap", "1"}}},
    };
    return all;
}

Hbm4Config memory(const Sets& sets) {
    Sets paths;
    for (const std::string& set : sets) {
        paths.push_back("gpu.hbm4." + set);
    }
    return device("rubin", paths);
}

std::set<std::string> keys_without_effect(const Hbm4Config& config) {
    std::set<std::string> keys;
    for (const auto& [key, why] : config.without_effect()) {
        keys.insert(key);
    }
    return keys;
}

// Busy stretches, pauses, conflicts of rows: whatever is on comes to act.
bool same_run(const Hbm4Config& a, const Hbm4Config& b) {
    TrafficShape shape;
    shape.requests = 3'000;
    shape.write_percent = 30;
    shape.random_percent = 60;
    shape.longest_gap = 4;
    shape.pause_percent = 1;
    shape.rows = 4;
    const std::vector<Arrival> arrivals = make_traffic(shape, a.banks());
    const TrafficResult one = run_traffic(hbm4::Timing(a), arrivals, 50'000);
    const TrafficResult other = run_traffic(hbm4::Timing(b), arrivals, 50'000);
    return one.commands == other.commands && one.outputs == other.outputs;
}

}  // namespace

TEST_CASE("parameters of what is off change no command, and the device names them") {
    std::map<std::string, std::string> values;
    for (const Switch& one : switches()) {
        values.insert(one.used.begin(), one.used.end());
    }
    for (const Sets& sets : {Sets{}, Sets{"refresh=all_bank"}, Sets{"refresh=none"},
                             Sets{"refresh_management=rfm"}, Sets{"refresh_management=drfm"},
                             Sets{"power_down=power_down"}, Sets{"power_down=self_refresh"}}) {
        const Hbm4Config config = memory(sets);
        for (const std::string& key : keys_without_effect(config)) {
            INFO(key << " with " << (sets.empty() ? "nothing set" : sets.front()));
            REQUIRE(values.count(key) == 1);
            Sets altered = sets;
            altered.push_back(key + "=" + values[key]);
            CHECK(same_run(config, memory(altered)));
        }
    }
}

TEST_CASE("parameters of what is on change commands, and the device does not name them") {
    for (const Switch& one : switches()) {
        const Hbm4Config config = memory(one.on);
        const std::set<std::string> unused = keys_without_effect(config);
        for (const auto& [key, value] : one.used) {
            INFO(key << " with " << one.on.front());
            CHECK(unused.count(key) == 0);
            Sets altered = one.on;
            altered.erase(std::remove_if(altered.begin(), altered.end(),
                                         [&key = key](const std::string& set) {
                                             return set.starts_with(key + "=");
                                         }),
                          altered.end());
            altered.push_back(key + "=" + value);
            CHECK_FALSE(same_run(config, memory(altered)));
        }
    }
}

TEST_CASE("without a hash its function has no effect") {
    const Hbm4Config config = memory({"hash=false"});
    CHECK(keys_without_effect(config).count("hash_function") == 1);
    CHECK(keys_without_effect(memory({})).count("hash_function") == 0);
    const hbm4::AddressMap one(config);
    const hbm4::AddressMap other(memory({"hash=false", "hash_function=folded"}));
    SplitMix64 random(1);
    for (int i = 0; i < 1'000; ++i) {
        const std::uint64_t address = random.next() % one.capacity() / 32 * 32;
        REQUIRE(one.address(one.locate(address)) == address);
        REQUIRE(other.address(one.locate(address)) == address);
    }
}

TEST_CASE("the configuration keeps why a parameter has no effect, for reports") {
    Configuration configuration = Configuration::load({"rubin", "", {}, {kDevices}});
    static_cast<void>(bind_memory(configuration));
    const auto why = [&](const std::string& path) {
        const auto& ledger = configuration.ledger();
        return std::find_if(ledger.begin(), ledger.end(),
                            [&](const LedgerEntry& e) { return e.path == path; })
            ->without_effect;
    };
    CHECK(why("gpu.hbm4.t_xs") == "power_down = none");
    CHECK(why("gpu.hbm4.t_rfc_all_bank") == "refresh = per_bank");
    CHECK(why("gpu.hbm4.t_rp").empty());
}
