// SPDX-License-Identifier: Apache-2.0
// The memory that the tests of this folder run on: figures as in the preset for Rubin, but for CL
// and CWL. They are this test machine's own: 20 and 10 CK, the clocks of HBM4 at 8 Gb/s, where the
// preset has 10 and 5 ns in clocks of its rate.
#pragma once

#include "models/hbm4/hbm4_config.h"

namespace vr::testing {

inline constexpr Time tenths_of_ns(std::int64_t n) {
    return {n * 100'000};
}

/// 8 stacks, 512 pseudo-channels, 288 GiB, CK 2,687.5 MHz: 10.75 Gb/s a pin, 22.016 TB/s.
inline Hbm4Config rubin_hbm4() {
    Hbm4Config c;
    c.stacks = 8;
    c.channels_per_stack = 32;
    c.pseudo_channels_per_channel = 2;
    c.stack_ids = 3;
    c.bank_groups = 2;
    c.banks_per_group = 8;
    c.rows = 12'288;
    c.row_bytes = {1024};
    c.access_bytes = {32};
    c.clock = {2'687'500'000};
    c.burst = {2};
    c.read_latency = {20};
    c.write_latency = {10};
    c.t_ccd_s = {2};
    c.t_ccd_l = {4};
    c.t_ccd_r = {2};
    c.t_ppd = {3};  // 1 ns
    c.activate_slots = {2};
    c.t_rcd_read = tenths_of_ns(195);
    c.t_rcd_write = tenths_of_ns(95);
    c.t_rp = tenths_of_ns(165);
    c.t_ras = tenths_of_ns(285);
    c.t_rc = tenths_of_ns(450);
    c.t_rrd_s = tenths_of_ns(25);
    c.t_rrd_l = tenths_of_ns(35);
    c.t_faw = tenths_of_ns(150);
    c.t_rtp = tenths_of_ns(60);
    c.t_wr = tenths_of_ns(210);
    c.t_wtr_s = tenths_of_ns(45);
    c.t_wtr_l = tenths_of_ns(65);
    c.t_rtw = tenths_of_ns(125);
    c.t_rfc_all_bank = tenths_of_ns(5300);
    c.t_rfc_per_bank = tenths_of_ns(2800);
    c.t_refi = tenths_of_ns(38'400);  // 48 banks x 80 ns
    c.t_rrefd = tenths_of_ns(80);
    c.refresh = "per_bank";
    c.refresh_postpone = 64;
    c.page_policy = "open";
    c.read_queue = 64;
    c.write_queue = 64;
    c.read_buffer = 256;
    c.write_buffer = 256;
    c.write_high = 128;
    c.write_low = 32;
    c.turn_columns = 128;
    c.read_age_limit = {2000};
    c.write_age_limit = {4000};
    c.front_latency = {10};
    c.back_latency = {10};
    c.interleave = {256};
    c.hash = true;
    return c;
}

/// One channel of it: two pseudo-channels.
inline Hbm4Config small_hbm4() {
    Hbm4Config config = rubin_hbm4();
    config.stacks = 1;
    config.channels_per_stack = 1;
    return config;
}

}  // namespace vr::testing
