// SPDX-License-Identifier: Apache-2.0
// Power of a run and the clock that a limit allows, on machines whose answers are formulas.
#include <catch2/catch.hpp>
#include <cmath>

#include "models/gpu/power/power.h"

namespace {

using vr::Frequency;
using vr::GovernedClock;
using vr::PowerActivity;
using vr::PowerConfig;
using vr::PowerSample;
using vr::Time;

constexpr Frequency kFull{2'000'000'000};
constexpr Frequency kStep{10'000'000};

PowerConfig config_of(std::int64_t limit) {
    PowerConfig config;
    config.governor = "steady";
    config.limit = limit;
    config.clock_step = kStep;
    config.least_clock = {500'000'000};
    config.least_voltage = 70;
    config.least_voltage_clock = 50;
    config.leakage = 50;
    config.clock_tree = 100;
    config.bf16_multiply_add = {1000};
    config.fp8_multiply_add = {500};
    config.fp4_multiply_add = {250};
    config.vector_operation = {4000};
    config.shared_memory_byte = {2000};
    config.l2_byte = {10'000};
    config.memory_byte = {60'000};
    config.data = "random";
    config.zero_share = 40;
    return config;
}

// Work whose time is `fixed` seconds beside `clocks` clocks.
struct Machine {
    PowerActivity activity;
    double fixed = 0;
    double clocks = 0;
    bool tells_fixed = true;
    int runs = 0;
    PowerSample operator()(Frequency clock) {
        ++runs;
        const double seconds = fixed + clocks / static_cast<double>(clock.value);
        const auto time = [](double s) { return Time{static_cast<std::int64_t>(s * 1e15)}; };
        return {activity, time(seconds), time(tells_fixed ? fixed : 0.0)};
    }
};

double watts_at(const PowerConfig& config, Machine machine, Frequency clock) {
    const PowerSample sample = machine(clock);
    return total_watts(power_parts(config, sample.activity, sample.time, clock, kFull));
}

TEST_CASE("power is energy times rate, voltage squared") {
    const PowerConfig config = config_of(1000);
    PowerActivity activity;
    activity.bf16_multiply_adds = 200'000'000'000'000;  // in a second: 200 W
    activity.fp8_multiply_adds = 100'000'000'000'000;   // 50 W
    activity.fp4_multiply_adds = 400'000'000'000'000;   // 100 W
    activity.vector_operations = 10'000'000'000'000;    // 40 W
    activity.shared_memory_bytes = 5'000'000'000'000;   // 10 W
    activity.l2_bytes = 4'000'000'000'000;              // 40 W
    activity.memory_bytes = 2'000'000'000'000;          // 120 W
    const Time second{vr::kFemtosecondsPerSecond};
    CHECK(total_watts(power_parts(config, activity, second, kFull, kFull)) == Approx(710));
    // At half the clock: 0.7 of the voltage; the memory has its own.
    const double core = 0.49 * (50 + 0.5 * 100 + 440);
    CHECK(total_watts(power_parts(config, activity, second, {1'000'000'000}, kFull)) ==
          Approx(core + 120));
    CHECK(relative_voltage(config, {1'500'000'000}, kFull) == Approx(0.85));
    CHECK(relative_voltage(config, {600'000'000}, kFull) == Approx(0.7));
    PowerConfig zeros = config;
    zeros.data = "zeros";
    CHECK(total_watts(power_parts(zeros, activity, second, kFull, kFull)) ==
          Approx(710 - 0.6 * 350));
}

TEST_CASE("the clock is the highest step whose run stays in the limit") {
    for (const double fixed : {0.0, 0.2, 0.7}) {
        for (const std::int64_t limit : {250, 300, 380, 450}) {
            Machine machine;
            machine.activity.bf16_multiply_adds = 400'000'000'000'000;
            machine.activity.memory_bytes = 1'000'000'000'000;
            machine.fixed = fixed;
            machine.clocks = (1 - fixed) * 2e9;
            const PowerConfig config = config_of(limit);
            INFO("fixed " << fixed << ", limit " << limit);
            const GovernedClock governed = govern(config, kFull, [&](Frequency clock) {
                CHECK((kFull.value - clock.value) % kStep.value == 0);
                return machine(clock);
            });
            CHECK(governed.limited);
            CHECK_FALSE(governed.exceeds);
            CHECK(watts_at(config, machine, governed.clock) <= static_cast<double>(limit));
            CHECK(watts_at(config, machine, Frequency{governed.clock.value + kStep.value}) >
                  static_cast<double>(limit));
            CHECK(machine.runs <= 3);
            Machine silent = machine;
            silent.tells_fixed = false;
            silent.runs = 0;
            CHECK(govern(config, kFull, std::ref(silent)).clock == governed.clock);
            CHECK(silent.runs <= 7);
        }
    }
}

TEST_CASE("work that memory bounds keeps its time and gives up clock only where it must") {
    Machine machine;
    machine.activity.memory_bytes = 3'000'000'000'000;
    machine.fixed = 1;
    const GovernedClock free = govern(config_of(400), kFull, std::ref(machine));
    CHECK(free.clock == kFull);
    CHECK_FALSE(free.limited);
    CHECK(machine.runs == 1);
    const GovernedClock held = govern(config_of(300), kFull, std::ref(machine));
    CHECK(held.limited);
    CHECK(watts_at(config_of(300), machine, held.clock) <= 300);
}

TEST_CASE("a limit below what the lowest clock draws is said") {
    Machine machine;
    machine.activity.memory_bytes = 3'000'000'000'000;
    machine.fixed = 1;
    const GovernedClock governed = govern(config_of(150), kFull, std::ref(machine));
    CHECK(governed.exceeds);
    CHECK(governed.clock == Frequency{500'000'000});
}

}  // namespace
