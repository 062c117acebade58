// SPDX-License-Identifier: Apache-2.0
// Line and toggle coverage of the scheduler in lock step with the core.
// `cmake --build ... --target rtl_coverage` prints the table. Verilator counts no toggles of
// unpacked arrays and of what is wider than 256 bits: the registers of slots and bank timers. What
// is left are upper bits of distances and ticks.
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

namespace {

using Covered = hbm4::VerilatedScheduler<Vhbm4_covered>;

// A scheduler that outlives its run, because the counts are in it.
class Borrowed final : public hbm4::SchedulerPins {
  public:
    explicit Borrowed(hbm4::SchedulerPins& from) : from_(from) {}
    hbm4::SchedulerTick clock(const hbm4::SchedulerInputs& inputs) override {
        return from_.clock(inputs);
    }
    [[nodiscard]] std::int64_t clocks() const override { return from_.clocks(); }
    [[nodiscard]] std::uint64_t digest() override { return from_.digest(); }

  private:
    hbm4::SchedulerPins& from_;
};

// Every distance as long as Hbm4Config allows: it takes that to count from the upper bits.
Hbm4Config slow_machine(const char* refresh) {
    constexpr Time kMicrosecond = tenths_of_ns(10'000);
    Hbm4Config c = rubin_hbm4();
    c.clock = {10'000'000'000};
    c.burst = {16};
    c.read_latency = {200};
    c.write_latency = {200};
    c.t_ccd_s = c.t_ccd_l = c.t_ccd_r = c.t_ppd = {64};
    c.activate_slots = {4};
    c.t_rcd_read = c.t_rcd_write = tenths_of_ns(9'000);
    for (Time Hbm4Config::*time :
         {&Hbm4Config::t_rp, &Hbm4Config::t_ras, &Hbm4Config::t_rc, &Hbm4Config::t_rrd_s,
          &Hbm4Config::t_rrd_l, &Hbm4Config::t_faw, &Hbm4Config::t_rtp, &Hbm4Config::t_wr,
          &Hbm4Config::t_wtr_s, &Hbm4Config::t_wtr_l, &Hbm4Config::t_rtw, &Hbm4Config::t_rrefd}) {
        c.*time = kMicrosecond;
    }
    c.t_rfc_per_bank = c.t_rfc_all_bank = tenths_of_ns(100'000);
    c.t_refi = tenths_of_ns(1'000'000);
    c.refresh = refresh;
    c.refresh_postpone = 512;
    return c;
}

}  // namespace

TEST_CASE("lock step reaches the scheduler's lines and toggles its signals", "[coverage]") {
    const test::TemporaryFolder folder;
    const std::string file = (folder.path() / "coverage.dat").string();
    SplitMix64 random(6);
    RtlContext context;
    std::vector<std::unique_ptr<Covered>> schedulers;
    const auto run = [&](const Hbm4Config& config, const TrafficShape& shape) {
        REQUIRE(config.problems().empty());
        schedulers.push_back(
            std::make_unique<Covered>(context, "hbm4", hbm4::scheduler_settings(config)));
        (void)run_in_lock_step(config, make_traffic(shape, config.banks()),
                               std::make_unique<Borrowed>(*schedulers.back()));
    };
    for (int i = 0; i < 24; ++i) {
        const Hbm4Config config = with_twin(random_machine(random));
        run(config, random_traffic(random, 150));
    }
    for (const char* refresh : {"per_bank", "all_bank"}) {
        TrafficShape shape;
        shape.requests = 60;
        shape.write_percent = 50;
        shape.random_percent = 90;
        shape.rows = std::uint64_t{1} << 20;
        shape.columns = 255;
        run(slow_machine(refresh), shape);
    }
    context.write_coverage(file);
    const Coverage all = read_coverage(file);
    REQUIRE_FALSE(all.empty());
    std::cout << "coverage of the HBM4 command scheduler                 points\n";
    for (const auto& [key, share] : all) {
        std::cout << fmt::format("  {:<8}{:<32} {:>6.1f} % {:>8}\n", key.first, key.second,
                                 share.percent(), share.points);
    }
    for (const std::string& line : unreached_lines(file)) {
        std::cout << "  not reached: " << line << "\n";
    }
    CHECK(all.at({"branch", "all"}).percent() >= 95.0);
    CHECK(all.at({"line", "all"}).percent() >= 95.0);
    CHECK(all.at({"toggle", "all"}).percent() >= 80.0);
}
