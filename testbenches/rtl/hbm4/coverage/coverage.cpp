// SPDX-License-Identifier: Apache-2.0
// Line and toggle coverage of the scheduler in lock step with the core.
// `cmake --build ... --target rtl_coverage` prints the table.
#include "testbenches/rtl/support/coverage.h"

#include <Vhbm4_covered.h>
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "rtl/hbm4/verilated_scheduler.h"
#include "testbenches/hbm4/random_machine.h"
#include "testbenches/launcher/command.h"
#include "testbenches/rtl/hbm4/run_in_lock_step.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("lock step reaches the scheduler's lines and toggles its signals", "[coverage]") {
    const test::TemporaryFolder folder;
    const std::string file = (folder.path() / "coverage.dat").string();
    SplitMix64 random(6);
    {
        RtlContext context;
        for (int i = 0; i < 24; ++i) {
            const Hbm4Config config = random_machine(random);
            const TrafficShape shape = random_traffic(random, 150);
            (void)run_in_lock_step(config, make_traffic(shape, config.banks()),
                                   std::make_unique<hbm4::VerilatedScheduler<Vhbm4_covered>>(
                                       context, "hbm4", hbm4::scheduler_settings(config)));
        }
        context.write_coverage(file);
    }
    const Coverage all = read_coverage(file);
    REQUIRE_FALSE(all.empty());
    std::cout << "coverage of the HBM4 command scheduler                 points\n";
    for (const auto& [key, share] : all) {
        std::cout << fmt::format("  {:<8}{:<32} {:>6.1f} % {:>8}\n", key.first, key.second,
                                 share.percent(), share.points);
    }
    CHECK(all.at({"line", "all"}).percent() >= 95.0);
    CHECK(all.at({"toggle", "all"}).percent() >= 70.0);
}
