// SPDX-License-Identifier: Apache-2.0
// The parameter sets of gate_ticks.csv as memories: times in nanoseconds, as data sheets give them.
#pragma once

#include <string>
#include <vector>

#include "models/base/error.h"
#include "testbenches/hbm4/test_config.h"

namespace vr::testing {

inline Hbm4Config parameter_set(const std::string& name) {
    Hbm4Config c = rubin_hbm4();
    if (name == "hbm4_8000") {
        c.clock = {2'000'000'000};
        c.t_ppd = {2};
    } else if (name == "hbm4_9375") {
        c.clock = {2'350'000'000};
    } else if (name == "hbm3_6400") {
        c.standard = "hbm3";
        c.clock = {1'600'000'000};
        c.bank_groups = 4;
        c.banks_per_group = 4;
        c.t_ccd_r = {3};
        c.t_ppd = {2};
        c.t_rcd_read = {19'375'000};
        c.t_rcd_write = {9'375'000};
        c.t_rp = {16'250'000};
        c.t_ras = {28'125'000};
        c.t_rrd_l = {3'125'000};
        c.t_rtp = {5'625'000};
        c.t_wr = {20'625'000};
        c.t_wtr_s = {4'375'000};
        c.t_wtr_l = {6'250'000};
        c.t_rfc_all_bank = tenths_of_ns(4500);
        c.t_rfc_per_bank = tenths_of_ns(2000);
        c.t_rfm = tenths_of_ns(2000);
    } else if (name == "hbm2_2000") {
        c.standard = "hbm2";
        c.clock = {1'000'000'000};
        c.bank_groups = 4;
        c.banks_per_group = 4;
        c.stack_ids = 2;
        c.read_latency = {18};
        c.write_latency = {7};
        c.t_ccd_l = {3};
        c.t_ccd_r = {3};
        c.t_rcd_read = tenths_of_ns(120);
        c.t_rcd_write = tenths_of_ns(60);
        c.t_rp = tenths_of_ns(140);
        c.t_ras = tenths_of_ns(280);
        c.t_rc = tenths_of_ns(420);
        c.t_rrd_s = tenths_of_ns(40);
        c.t_rrd_l = tenths_of_ns(60);
        c.t_faw = tenths_of_ns(160);
        c.t_rtp = tenths_of_ns(50);
        c.t_wr = tenths_of_ns(140);
        c.t_wtr_s = tenths_of_ns(40);
        c.t_wtr_l = tenths_of_ns(90);
        c.t_rtw = tenths_of_ns(180);
        c.t_rfc_all_bank = tenths_of_ns(2200);
        c.t_rfc_per_bank = tenths_of_ns(1600);
    } else {
        ensure(name == "hbm4_10750", "no parameter set is called {}", name);
    }
    return c;
}

}  // namespace vr::testing
