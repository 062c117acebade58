// SPDX-License-Identifier: Apache-2.0
// Random memories and random traffic for them, within what the parameters allow.
#pragma once

#include "testbenches/hbm4/test_config.h"
#include "testbenches/hbm4/traffic.h"

namespace vr::testing {

// A machine within what Hbm4Config allows, every parameter that a pseudo-channel has drawn anew.
inline Hbm4Config random_machine(SplitMix64& random) {
    const auto below = [&](std::uint64_t n) {
        return static_cast<std::int64_t>(random.next() % n);
    };
    const auto ns = [&](std::int64_t least, std::uint64_t tenths) {
        return tenths_of_ns(10 * least + below(tenths));
    };
    Hbm4Config c = rubin_hbm4();
    do {
        c.clock = {std::int64_t{2'000'000'000} + below(800) * 1'000'000};
        c.stack_ids = 1 + below(4);
        c.bank_groups = std::int64_t{1} << below(3);
        c.banks_per_group = std::int64_t{1} << below(4);
        c.burst = {1 + below(3)};
        c.read_latency = {8 + below(20)};
        c.write_latency = {4 + below(12)};
        c.t_ccd_s = {c.burst.value + below(2)};
        c.t_ccd_l = {c.t_ccd_s.value + below(4)};
        c.t_ccd_r = {c.burst.value + below(3)};
        c.t_ppd = {1 + below(5)};
        c.activate_slots = {1 + below(3)};
        c.t_rcd_read = ns(5, 200);
        c.t_rcd_write = ns(3, 120);
        c.t_rp = ns(5, 200);
        c.t_ras = ns(26, 150);
        c.t_rc = ns(30, 400);
        c.t_rrd_s = ns(1, 40);
        c.t_rrd_l = c.t_rrd_s + ns(0, 60);
        c.t_faw = ns(4, 300);
        c.t_rtp = ns(1, 200);
        c.t_wr = ns(1, 300);
        c.t_wtr_s = ns(1, 60);
        c.t_wtr_l = c.t_wtr_s + ns(0, 60);
        c.t_rtw = ns(2, 200);
        c.t_rfc_per_bank = ns(20, 3000);
        c.t_rfc_all_bank = ns(50, 5000);
        c.t_refi = ns(600, 40'000);
        c.t_rrefd = ns(1, 100);
        const char* modes[] = {"per_bank", "all_bank", "none"};
        c.refresh = modes[below(3)];
        c.refresh_order =
            std::array{"round_robin", "round_robin", "random",
                       "idle_first",  "idle_first",  "idle_first"}[static_cast<std::size_t>(
                below(6))];
        c.refresh_postpone = below(2) == 0 ? below(6) : below(40);
        c.refresh_postpone *= c.refresh == "all_bank" ? c.banks() : 1;
        c.read_queue = 1 + below(64);
        c.write_queue = 1 + below(64);
        const std::uint64_t deepest = below(2) == 0 ? 1 : 200;  // one: no buffer
        c.read_buffer = below(deepest);
        c.write_buffer = below(deepest);
        c.write_high = 1 + below(static_cast<std::uint64_t>(c.write_queue + c.write_buffer));
        c.write_low = below(static_cast<std::uint64_t>(c.write_high));
        c.turn_columns = 1 + below(100);
        const char* pages[] = {"open", "open", "closed", "adaptive"};
        c.page_policy = pages[below(4)];
        c.page_timeout = {below(300)};
        c.prepare_rows = below(4) != 0;
        c.scheduler = std::array{"first_ready", "first_ready", "first_ready_capped",
                                 "first_come"}[static_cast<std::size_t>(below(4))];
        c.row_hit_cap = 1 + below(30);
        c.read_age_limit = {16 + below(below(2) == 0 ? 200 : 3000)};
        c.write_age_limit = {16 + below(below(2) == 0 ? 200 : 3000)};
        const char* scales[] = {"1x", "1x", "4x", "2x", "0.5x", "0.25x"};
        c.refresh_scale = scales[below(6)];
        if (c.refresh_scale[0] == '0') {
            c.t_refi.value *= 4;  // else there may be no time for anything but refresh
        }
        const char* managements[] = {"none", "none", "none", "none", "rfm", "drfm"};
        c.refresh_management = managements[below(6)];
        c.power_down = std::array{"none", "none", "power_down",
                                  "self_refresh"}[static_cast<std::size_t>(below(4))];
        c.power_down_after = {below(2) == 0 ? 0 : below(400)};
        c.t_pd = ns(1, 200);
        c.t_xp = ns(1, 200);
        c.t_sr = ns(1, 200);
        c.t_xs = ns(1, 3000);
        c.raa_initial = 1 + below(12);
        c.raa_maximum = c.raa_initial + below(20);
        c.raa_per_refresh = below(10);
        c.t_rfm = ns(20, 2000);
        c.t_drfm = ns(20, 4000);
    } while (!c.problems().empty());
    return c;
}

/// The same machine with policies that have a normal form: what compares states may skip and share.
inline Hbm4Config with_normal_form(Hbm4Config config) {
    config.refresh_order = config.refresh_order == "random" ? "round_robin" : config.refresh_order;
    return config;
}

/// The same machine with the policies that the RTL twin has.
inline Hbm4Config with_twin(Hbm4Config config) {
    config.page_policy = "open";
    config.refresh_order = "idle_first";
    config.scheduler = "first_ready";
    config.refresh_management = "none";
    config.power_down = "none";
    return config;
}

inline TrafficShape random_traffic(SplitMix64& random, std::int64_t requests) {
    const auto below = [&](std::uint64_t n) { return random.next() % n; };
    TrafficShape shape;
    shape.requests = requests;
    shape.write_percent = below(3) == 0 ? 0 : below(101);
    shape.random_percent = below(3) == 0 ? 0 : below(101);
    const std::uint64_t gaps[] = {0, 4, 40, 600};
    shape.longest_gap = gaps[below(4)];
    shape.pause_percent = below(3) == 0 ? 2 : 0;
    const std::uint64_t rows[] = {2, 16, 4096};
    shape.rows = rows[below(3)];
    shape.columns = 1 + below(8);
    shape.seed = random.next();
    return shape;
}

}  // namespace vr::testing
