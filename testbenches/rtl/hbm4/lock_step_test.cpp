// SPDX-License-Identifier: Apache-2.0
// The SystemVerilog scheduler and the core send the same commands at the same ticks, over random
// machines and traffic; a scheduler with a planted fault is told apart.
#include "rtl/hbm4/rtl_pseudo_channel.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "models/base/error.h"
#include "testbenches/hbm4/random_machine.h"
#include "testbenches/hbm4/standards/parameter_sets.h"
#include "testbenches/rtl/hbm4/run_in_lock_step.h"
#include "testbenches/rtl/hbm4/schedulers.h"

using namespace vr;
using namespace vr::testing;

namespace {

Compared lock_step(const Hbm4Config& config, const std::vector<Arrival>& arrivals,
                   const std::string& which) {
    RtlContext context;
    return run_in_lock_step(config, arrivals,
                            scheduler(which, context, hbm4::scheduler_settings(config)));
}

// Sequential reads, two reads and one write, random: as fast as they are taken, under each kind of
// refresh, on the memory of the preset for Rubin.
Compared saturated(std::int64_t requests) {
    Compared sum;
    for (const char* refresh : {"per_bank", "all_bank", "none"}) {
        for (const auto& [writes, random, columns] :
             {std::array{0, 0, 8}, std::array{33, 0, 8}, std::array{0, 100, 1},
              std::array{33, 100, 8}}) {
            Hbm4Config config = rubin_hbm4();
            config.refresh = refresh;
            TrafficShape shape;
            shape.requests = requests;
            shape.write_percent = static_cast<std::uint64_t>(writes);
            shape.random_percent = static_cast<std::uint64_t>(random);
            shape.columns = static_cast<std::uint64_t>(columns);
            shape.rows = 4096;
            INFO(fmt::format("refresh {}, {} % writes, {} % random", refresh, writes, random));
            Compared one;
            REQUIRE_NOTHROW(
                one = lock_step(config, make_traffic(shape, config.banks()), "scheduler"));
            CHECK(one.requests == requests);
            sum += one;
        }
    }
    return sum;
}

// As many random machines as it takes for so many commands.
Compared random_machines(std::uint64_t seed, std::int64_t requests, std::int64_t commands) {
    SplitMix64 random(seed);
    Compared sum;
    for (int i = 0; sum.commands < commands; ++i) {
        const Hbm4Config config = with_twin(random_machine(random));
        const TrafficShape shape = random_traffic(random, requests);
        INFO(fmt::format("machine {} of seed {}: {} banks, refresh {}, {} % writes, {} % random", i,
                         seed, config.banks(), config.refresh, shape.write_percent,
                         shape.random_percent));
        Compared one;
        REQUIRE_NOTHROW(one = lock_step(config, make_traffic(shape, config.banks()), "scheduler"));
        CHECK(one.requests == requests);
        sum += one;
    }
    return sum;
}

// A scheduler that is told something else of the buffers than there is in them.
class Misled final : public hbm4::SchedulerPins {
  public:
    using Tale = std::function<void(hbm4::SchedulerInputs&)>;
    Misled(std::unique_ptr<hbm4::SchedulerPins> of, Tale tale)
        : of_(std::move(of)), tale_(std::move(tale)) {}
    hbm4::SchedulerTick clock(const hbm4::SchedulerInputs& inputs) override {
        hbm4::SchedulerInputs told = inputs;
        tale_(told);
        return of_->clock(told);
    }
    [[nodiscard]] std::int64_t clocks() const override { return of_->clocks(); }
    [[nodiscard]] std::uint64_t digest() override { return of_->digest(); }

  private:
    std::unique_ptr<hbm4::SchedulerPins> of_;
    Tale tale_;
};

// What the first random machine that sees the fault says.
std::string found(const std::string& fault, const Misled::Tale& tale = {}) {
    SplitMix64 random(3);
    for (int i = 0; i < 60; ++i) {
        const Hbm4Config config = with_twin(random_machine(random));
        const TrafficShape shape = random_traffic(random, 400);
        const std::vector<Arrival> arrivals = make_traffic(shape, config.banks());
        try {
            RtlContext context;
            auto pins = scheduler(fault, context, hbm4::scheduler_settings(config));
            if (tale) {
                pins = std::make_unique<Misled>(std::move(pins), tale);
            }
            (void)run_in_lock_step(config, arrivals, std::move(pins));
        } catch (const CheckFailed& error) {
            CHECK(error.exit_code() == ExitCode::kCheckFailed);
            CHECK_NOTHROW(lock_step(config, arrivals, "scheduler"));
            return error.what();
        }
    }
    return "";
}

}  // namespace

TEST_CASE("RTL and core send the same commands: saturated traffic, each kind of refresh") {
    const Compared sum = saturated(700);
    CHECK(sum.commands > 30'000);
    CHECK(sum.refreshes > 100);
}

TEST_CASE("RTL and core send the same commands over random machines") {
    const Compared sum = random_machines(1, 400, 20'000);
    CHECK(sum.refreshes > 100);
}

// HBM3 and HBM2 leave out rules of HBM4.
TEST_CASE("RTL and core send the same commands by the tables of other standards") {
    for (const char* set : {"hbm3_6400", "hbm2_2000"}) {
        for (const char* refresh : {"per_bank", "all_bank"}) {
            Hbm4Config config = parameter_set(set);
            config.refresh = refresh;
            TrafficShape shape;
            shape.requests = 600;
            shape.write_percent = 30;
            shape.random_percent = 50;
            INFO(set << ", refresh " << refresh);
            Compared one;
            REQUIRE_NOTHROW(
                one = lock_step(config, make_traffic(shape, config.banks()), "scheduler"));
            CHECK(one.requests == shape.requests);
            CHECK(one.refreshes > 0);
        }
    }
}

// 10^6 commands: less than a minute.
TEST_CASE("RTL and core send the same million commands", "[.campaign]") {
    Compared sum = saturated(8'000);
    sum += random_machines(2, 2'000, 1'000'000 - sum.commands);
    CHECK(sum.commands >= 1'000'000);
    CHECK(sum.refreshes > 20'000);
    WARN(fmt::format("{} commands of {} requests, {} refreshes, {} ticks", sum.commands,
                     sum.requests, sum.refreshes, sum.ticks));
}

TEST_CASE("a scheduler with 16 slots a queue is the core with queues of up to 16") {
    SplitMix64 random(4);
    for (int i = 0; i < 20; ++i) {
        Hbm4Config config = with_twin(random_machine(random));
        config.read_queue = std::min<std::int64_t>(config.read_queue, 16);
        config.write_queue = std::min<std::int64_t>(config.write_queue, 16);
        config.write_high = std::min<std::int64_t>(config.write_high, config.write_queue);
        config.write_low = std::min<std::int64_t>(config.write_low, config.write_high - 1);
        REQUIRE(config.problems().empty());
        const TrafficShape shape = random_traffic(random, 200);
        INFO("machine " << i);
        CHECK_NOTHROW(lock_step(config, make_traffic(shape, config.banks()), "small_queue"));
    }
    // Deeper ones do not fit it.
    TrafficShape shape;
    shape.requests = 1;
    CHECK_THROWS_WITH(lock_step(rubin_hbm4(), make_traffic(shape, 48), "small_queue"),
                      Catch::Contains("request_queue.sv:"));
}

TEST_CASE("a four-activate window that is one tick short is found") {
    const std::string told = found("window_short");
    INFO(told);
    CHECK_THAT(told, Catch::StartsWith("lock step: test: RTL and model differ at tick "));
    // The fifth activate comes early.
    CHECK_THAT(told, Catch::Contains("row bus: expected ") && Catch::Contains(", got ACT bank "));
    CHECK_THAT(told, Catch::Contains("\n  waiting: ") && Catch::Contains("\n  before: \n    "));
    CHECK_THAT(told, Catch::Contains("column bus: expected "));
}

TEST_CASE("a round of refresh that ends early and an order that does not move are found") {
    for (const char* fault : {"round_short", "pointer_stuck"}) {
        const std::string told = found(fault);
        INFO(fault << ": " << told);
        CHECK_THAT(told, Catch::StartsWith("lock step: test: RTL and model differ at tick "));
        const std::string row = told.substr(std::min(told.size(), told.find("row bus: ")));
        CHECK((row.find("REFpb") != std::string::npos || row.find("PRE") != std::string::npos));
    }
}

TEST_CASE("a request that is overtaken once too often is found") {
    const std::string told = found("overtaken_once");
    INFO(told);
    CHECK_THAT(told, Catch::StartsWith("lock step: test: RTL and model differ at tick "));
}

TEST_CASE("a scheduler that is not told of the buffers is found") {
    const std::string banks =
        found("scheduler", [](hbm4::SchedulerInputs& told) { told.buffered_banks = 0; });
    INFO(banks);
    CHECK_THAT(banks, Catch::StartsWith("lock step: test: RTL and model differ at tick "));
    // Only the one that is admitted in this tick, which must have arrived.
    const std::string writes = found("scheduler", [](hbm4::SchedulerInputs& told) {
        told.arrived_writes = std::min<std::size_t>(told.arrived_writes, 1);
    });
    INFO(writes);
    CHECK_THAT(writes, Catch::StartsWith("lock step: test: RTL and model differ at tick "));
}

TEST_CASE("the digest of a scheduler's state follows its inputs, and nothing else") {
    const auto digest = [](std::uint64_t seed) {
        const Hbm4Config config = rubin_hbm4();
        const hbm4::Timing timing(config);
        RtlContext context;
        hbm4::RtlPseudoChannel alone(
            timing, scheduler("scheduler", context, hbm4::scheduler_settings(config)));
        TrafficShape shape;
        shape.requests = 20;
        shape.random_percent = 50;
        shape.seed = seed;
        std::vector<hbm4::Output> outputs;
        std::uint32_t token = 0;
        for (const Arrival& arrival : make_traffic(shape, config.banks())) {
            alone.inject(arrival.tick, arrival.input, token++);
        }
        alone.run(kNeverTick, outputs);
        CHECK(outputs.size() == 20);
        return alone.pins().digest();
    };
    CHECK(digest(1) == digest(1));
    CHECK(digest(1) != digest(2));
}
