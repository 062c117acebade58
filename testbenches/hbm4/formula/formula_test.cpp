// SPDX-License-Identifier: Apache-2.0
// What HBM4 devices reach against what their own parameters allow, by formulas that stand here
// alone.
#include <catch2/catch.hpp>
#include <vector>

#include "models/hbm4/controller/pseudo_channel.h"
#include "models/hbm4/driver/memory_driver.h"
#include "models/transport/clock.h"
#include "testbenches/hbm4/devices/device.h"

using namespace vr;
using namespace vr::testing;

namespace {

constexpr std::uint64_t kRequests = 200'000;
constexpr std::uint32_t kAccess = 32;

const std::vector<std::string> kRates = {"8.0", "9.375", "10.75"};
const std::vector<std::string> kHeights = {"8high", "12high", "16high"};

Hbm4Config stack_of(const std::string& rate, const std::string& height) {
    return one_channel(device("hbm4_" + rate + "gbps_" + height));
}

MemoryResult sequential(const Hbm4Config& config) {
    PatternStreams source(sequential_streams({{0, false}}, kRequests, kAccess));
    return run_memory(config, source, {});
}

MemoryResult random_reads(const Hbm4Config& config) {
    PatternSource source({AccessPattern::kRandom, kRequests / 2, kAccess,
                          static_cast<std::uint64_t>(config.capacity().value), 1});
    return run_memory(config, source, {});
}

double seconds(Time time) {
    return static_cast<double>(time.value) * 1e-15;
}

// In whole clocks, as a controller must keep it.
double clocks(Time time, const Hbm4Config& config) {
    return static_cast<double>(Clock(config.clock).first_edge(time));
}

// Four activates in each tFAW, one access of 32 B each, against one access a burst.
double activate_bound(const Hbm4Config& config) {
    return 4.0 * static_cast<double>(config.burst.value) / clocks(config.t_faw, config);
}

MemoryResult two_reads_one_write(const Hbm4Config& config) {
    const auto capacity = static_cast<std::uint64_t>(config.capacity().value);
    PatternStreams source(sequential_streams(
        {{0, false}, {capacity / 4, false}, {capacity / 2, true}}, kRequests, kAccess));
    return run_memory(config, source, {});
}

// 85 % at 8 Gb/s. What is lost, turns of the bus and rows to open, is nanoseconds: the same loss
// beside the shorter bursts of a faster device is its own bound.
double mixed_bound(const Hbm4Config& config) {
    const double loss_at_8 = 1 / 0.85 - 1;
    return 1 / (1 + loss_at_8 * static_cast<double>(config.clock.value) / 2e9);
}

template <class Check>
void for_all(Check check) {
    for (const std::string& rate : kRates) {
        for (const std::string& height : kHeights) {
            INFO(rate << " Gb/s, " << height);
            check(stack_of(rate, height));
        }
    }
}

}  // namespace

TEST_CASE("sequential reads without refresh reach 98.5 percent of the peak") {
    for_all([](Hbm4Config config) {
        config.refresh = "none";
        const MemoryResult r = sequential(config);
        CAPTURE(r.utilisation);
        CHECK(r.utilisation >= 0.985);
        CHECK(r.utilisation <= 1);
    });
}

TEST_CASE("all-bank refresh costs sequential reads its own time and that of closing and opening") {
    for_all([](Hbm4Config config) {
        config.refresh = "none";
        const double without = seconds(sequential(config).finish);
        config.refresh = "all_bank";
        config.refresh_postpone = 0;  // each at its time: 200,000 reads see 25 intervals
        const MemoryResult r = sequential(config);
        const double loss = 1 - without / seconds(r.finish);
        const double interval = seconds(config.t_refi);
        const double own = seconds(config.t_rfc_all_bank) / interval;
        const double whole =
            seconds(config.t_rtp + config.t_rp + config.t_rfc_all_bank + config.t_rcd_read) /
            interval;
        CAPTURE(loss, own, whole, r.totals.refreshes);
        CHECK(loss >= own);
        CHECK(loss <= whole + 0.005);
    });
}

TEST_CASE("per-bank refresh with the default policy leaves 92 percent to sequential reads") {
    for_all([](const Hbm4Config& config) {
        const MemoryResult r = sequential(config);
        CAPTURE(r.utilisation);
        CHECK(r.utilisation >= 0.92);
        CHECK(r.totals.refreshes > 0);
    });
}

TEST_CASE("two streams of reads and one of writes reach 85 percent at 8 Gb/s") {
    for (const std::string& rate : kRates) {
        for (const std::string& height : kHeights) {
            INFO(rate << " Gb/s, " << height);
            Hbm4Config config = stack_of(rate, height);
            const MemoryResult r = two_reads_one_write(config);
            CAPTURE(r.utilisation, mixed_bound(config), config.write_buffer);
            CHECK(r.utilisation >= mixed_bound(config));
            CHECK(r.totals.columns_written == kRequests / 3);
            // What the write buffer is for.
            config.write_buffer = 0;
            config.write_high = 48;
            CHECK(two_reads_one_write(config).utilisation < r.utilisation - 0.02);
        }
    }
}

TEST_CASE("random reads of 32 B keep close to four activates in each tFAW") {
    for_all([](Hbm4Config config) {
        const double bound = activate_bound(config);
        config.refresh = "none";
        const double without = random_reads(config).utilisation / bound;
        config.refresh = "per_bank";
        const double with = random_reads(config).utilisation / bound;
        CAPTURE(bound, without, with);
        CHECK(without >= 0.8);
        CHECK(without <= 1);
        CHECK(with >= 0.7);
        CHECK(with < without);
    });
    CHECK(activate_bound(stack_of("8.0", "8high")) == Approx(0.267).margin(0.0005));
}

TEST_CASE("an unloaded read takes tRCD, CL and a burst from its arrival at the scheduler") {
    for_all([](Hbm4Config config) {
        config.refresh = "none";
        const hbm4::Timing timing(config);
        const double expected = clocks(config.t_rcd_read, config) +
                                static_cast<double>(config.read_latency.value) +
                                static_cast<double>(config.burst.value);
        for (const std::int64_t arrival : {0, 1, 1000}) {
            hbm4::PseudoChannel<> machine(timing);
            hbm4::Input read;
            read.bank = 5;
            read.row = 77;
            read.columns = 1;
            machine.inject(arrival, read, 0);
            std::vector<hbm4::Output> outputs;
            machine.run(kNeverTick, outputs);
            REQUIRE(outputs.size() == 1);
            CHECK(static_cast<double>(outputs[0].tick - arrival) == expected);
            CHECK(outputs[0].queue_ticks == 0);
        }
        // And between the two ends of the controller nothing but its own latency is added.
        AccessList one({{4096, kAccess, false, 0}});
        const MemoryResult r = run_memory(config, one, {});
        const Cycles ends = config.front_latency + config.back_latency;
        const auto ticks = static_cast<std::int64_t>(expected) + ends.value;
        CHECK(r.latency_max == Clock(config.clock).edge(ticks));
    });
}
