// SPDX-License-Identifier: Apache-2.0
#include "app/platform/governed_run.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace vr {

namespace {

// What keeps its clock when the SMs' changes (at_sm_clock).
bool keeps_its_clock(const std::string& resource) {
    return resource == "HBM" || resource == "HBM latency" || resource == "launch" ||
           resource == "fabric" || resource == "C2C" || resource == "host memory";
}

PowerSample sample_of(const PlatformConfig& config, const RunResult& result) {
    // Of one GPU: the average of all.
    const std::int64_t gpus = config.system.gpus;
    const auto each = [gpus](std::int64_t amount) { return amount / gpus; };
    const RunActivity& done = result.activity;
    Time unscaled;
    for (const ChargeResult& charge : result.attribution) {
        unscaled += keeps_its_clock(charge.resource) ? charge.amount : Time{};
    }
    return {{each(done.bf16_multiply_adds), each(done.fp8_multiply_adds),
             each(done.fp4_multiply_adds), each(done.vector_operations),
             each(done.shared_memory_bytes), each(done.l2_bytes), each(done.memory_bytes)},
            std::max(result.makespan, Time{1}),
            unscaled};
}

}  // namespace

PlatformConfig at_sm_clock(const PlatformConfig& config, Frequency clock) {
    PlatformConfig scaled = config;
    GpuConfig& gpu = scaled.gpu;
    const std::int64_t full = config.gpu.sm.clock.value;
    const std::int64_t reference = config.gpu.reference_clock.value;
    const auto scale = [&](Frequency& value) {
        __extension__ using Wide = __int128;
        const auto exact = static_cast<std::int64_t>(Wide{value.value} * clock.value / full);
        value = {std::max(reference, exact / reference * reference)};
    };
    for (Frequency* value :
         {&gpu.sm.clock, &gpu.sm.vector_pipes.clock, &gpu.sm.tensor_core.clock_bf16,
          &gpu.sm.tensor_core.clock_fp8, &gpu.sm.tensor_core.clock_fp4, &gpu.crossbar.clock,
          &gpu.l2.clock, &gpu.copy_engine.clock, &gpu.thread_block_scheduler.clock}) {
        scale(*value);
    }
    return scaled;
}

PowerResult power_of(const PlatformConfig& config, const RunResult& result, Frequency clock) {
    const PowerSample sample = sample_of(config, result);
    const Frequency full = config.gpu.sm.clock;
    PowerResult power;
    power.governor = config.gpu.power.governor;
    power.clock = clock;
    power.full_clock = full;
    power.limit_milliwatts = config.gpu.power.limit * 1000;
    for (const PowerPart& part :
         power_parts(config.gpu.power, sample.activity, sample.time, clock, full)) {
        power.parts.push_back({part.name, std::llround(part.watts * 1000)});
        power.milliwatts += power.parts.back().milliwatts;
    }
    return power;
}

RunResult run_governed(const PlatformConfig& config, bool observed,
                       const std::function<RunResult(const PlatformConfig&, bool trial)>& run) {
    if (config.gpu.power.governor == "none") {
        RunResult result = run(config, false);
        result.power = power_of(config, result, config.gpu.sm.clock);
        return result;
    }
    std::map<std::int64_t, RunResult> trials;
    const GovernedClock governed =
        govern(config.gpu.power, config.gpu.sm.clock, [&](Frequency clock) {
            RunResult& trial = trials[clock.value];
            trial = run(at_sm_clock(config, clock), true);
            return sample_of(config, trial);
        });
    RunResult result = observed ? run(at_sm_clock(config, governed.clock), false)
                                : std::move(trials.at(governed.clock.value));
    result.power = power_of(config, result, governed.clock);
    if (governed.limited) {
        for (ResourceParameters& behind : result.resource_parameters) {
            behind.prefixes.push_back("gpu.power");
        }
    }
    if (governed.exceeds) {
        result.outside_envelope.push_back(
            fmt::format("power: {} W at the lowest clock, the limit is {} W",
                        (result.power->milliwatts + 500) / 1000, config.gpu.power.limit));
    }
    return result;
}

}  // namespace vr
