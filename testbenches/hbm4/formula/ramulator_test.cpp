// SPDX-License-Identifier: Apache-2.0
// The same machine as a public simulator's HBM4, against the figures that it gives.
#include <catch2/catch.hpp>

#include "models/hbm4/driver/memory_driver.h"
#include "testbenches/hbm4/devices/device.h"

using namespace vr;
using namespace vr::testing;

namespace {

// Ramulator 2.1 (CMU-SAFARI/ramulator2, commit c5b1c3a), HBM4 at 8 Gb/s, 32 Gb dies, 8-high, one
// channel of two pseudo-channels, cache-line XOR map, open page, first-ready FCFS, queues of 64 +
// 64, 200,000 sequential reads of 32 B: share of the peak without refresh and with all-bank
// refresh.
constexpr double kWithoutRefresh = 0.991;
constexpr double kAllBankRefresh = 0.865;
constexpr double kWithin = 0.015;

// What differs from the 8-high device of 24 Gb dies, and from the default policy: no buffers in
// front of the queues, no refresh owed, neighbouring accesses in different pseudo-channels.
const std::vector<std::string> kSame = {
    "rows=16384",         "t_rfc_all_bank=450 ns", "t_refi=3900 ns",
    "refresh_postpone=0", "read_buffer=0",         "write_buffer=0",
    "write_high=48",      "write_low=16",          "interleave=32 B"};

double share(const std::string& refresh) {
    std::vector<std::string> sets = kSame;
    sets.push_back("refresh=" + refresh);
    const Hbm4Config config = one_channel(device("hbm4_8.0gbps_8high", sets));
    PatternStreams reads(sequential_streams({{0, false}}, 200'000, 32));
    const MemoryResult r = run_memory(config, reads, {});
    CHECK(r.pseudo_channels == 2);
    CHECK((r.totals.refreshes > 0) == (refresh != "none"));
    return r.utilisation;
}

}  // namespace

TEST_CASE("sequential reads reach what Ramulator 2.1 gives, without and with all-bank refresh") {
    CHECK(share("none") == Approx(kWithoutRefresh).margin(kWithin));
    CHECK(share("all_bank") == Approx(kAllBankRefresh).margin(kWithin));
}
