// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/power/power.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace vr {

namespace {

double share(Frequency clock, Frequency full) {
    return static_cast<double>(clock.value) / static_cast<double>(full.value);
}

double seconds(Time time) {
    return static_cast<double>(time.value) / static_cast<double>(kFemtosecondsPerSecond);
}

double joules(std::int64_t count, Energy each) {
    return static_cast<double>(count) * static_cast<double>(each.value) * 1e-15;
}

// What is to be expected at a clock from the run at the nearest one that is known: what waited for
// something with a clock of its own takes as long, the rest follows the clock.
PowerSample expected_at(const std::map<std::int64_t, PowerSample>& known, Frequency clock) {
    auto nearest = known.lower_bound(clock.value);
    if (nearest == known.end()) {
        --nearest;
    } else if (nearest != known.begin()) {
        const auto below = std::prev(nearest);
        if (clock.value - below->first < nearest->first - clock.value) {
            nearest = below;
        }
    }
    PowerSample sample = nearest->second;
    const auto following = static_cast<double>((sample.time - sample.unscaled).value);
    sample.time = sample.unscaled +
                  Time{static_cast<std::int64_t>(following * static_cast<double>(nearest->first) /
                                                 static_cast<double>(clock.value))};
    return sample;
}

}  // namespace

double relative_voltage(const PowerConfig& config, Frequency clock, Frequency full) {
    const double least = static_cast<double>(config.least_voltage) / 100;
    const double knee = static_cast<double>(config.least_voltage_clock) / 100;
    const double f = share(clock, full);
    return f <= knee ? least : least + (1 - least) * (f - knee) / (1 - knee);
}

std::vector<PowerPart> power_parts(const PowerConfig& config, const PowerActivity& activity,
                                   Time time, Frequency clock, Frequency full) {
    const double voltage = relative_voltage(config, clock, full);
    const double scale = voltage * voltage;
    const double span = seconds(time);
    const double toggling =
        config.data == "zeros" ? static_cast<double>(config.zero_share) / 100 : 1.0;
    const auto dynamic = [&](std::int64_t count, Energy each) {
        return scale * joules(count, each) / span;
    };
    const double multiply =
        toggling * (dynamic(activity.bf16_multiply_adds, config.bf16_multiply_add) +
                    dynamic(activity.fp8_multiply_adds, config.fp8_multiply_add) +
                    dynamic(activity.fp4_multiply_adds, config.fp4_multiply_add));
    return {{"leakage", scale * static_cast<double>(config.leakage)},
            {"clock tree", scale * share(clock, full) * static_cast<double>(config.clock_tree)},
            {"tensor cores", multiply},
            {"vector pipes", dynamic(activity.vector_operations, config.vector_operation)},
            {"shared memory", dynamic(activity.shared_memory_bytes, config.shared_memory_byte)},
            {"L2 to SM", dynamic(activity.l2_bytes, config.l2_byte)},
            {"memory", joules(activity.memory_bytes, config.memory_byte) / span}};
}

double total_watts(const std::vector<PowerPart>& parts) {
    double sum = 0;
    for (const PowerPart& part : parts) {
        sum += part.watts;
    }
    return sum;
}

GovernedClock govern(const PowerConfig& config, Frequency full,
                     const std::function<PowerSample(Frequency)>& run) {
    const auto limit = static_cast<double>(config.limit);
    const std::int64_t step = config.clock_step.value;
    const std::int64_t lowest = std::min(full.value, config.least_clock.value);
    const std::int64_t steps = (full.value - lowest) / step;
    const auto clock_of = [&](std::int64_t i) { return Frequency{full.value - i * step}; };
    std::map<std::int64_t, PowerSample> known;
    const auto fits = [&](Frequency clock, const PowerSample& sample) {
        return total_watts(power_parts(config, sample.activity, sample.time, clock, full)) <= limit;
    };
    std::int64_t chosen = 0;
    while (true) {
        const Frequency clock = clock_of(chosen);
        known.insert_or_assign(clock.value, run(clock));
        std::int64_t next = 0;
        while (next < steps && !fits(clock_of(next), expected_at(known, clock_of(next)))) {
            ++next;
        }
        if (next == chosen) {
            break;
        }
        if (known.count(clock_of(next).value) != 0) {  // both were run and point at each other
            chosen = std::max(next, chosen);
            break;
        }
        chosen = next;
    }
    const Frequency clock = clock_of(chosen);
    return {clock, chosen > 0, !fits(clock, known.at(clock.value))};
}

}  // namespace vr
