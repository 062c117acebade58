// SPDX-License-Identifier: Apache-2.0
// Families of pointer chases on a whole GPU: memory_latency_gpu and memory_latency_hopper_tma. One
// warp walks over a buffer in random order, each load after the one before it; the value is clocks
// of the SM per load, in a buffer that was walked before.
#include <fmt/format.h>

#include <algorithm>

#include "app/platform/platform_config.h"
#include "app/validation/experiment.h"
#include "app/validation/family.h"

namespace vr {

namespace {

constexpr std::int64_t kStride = 128;   // bytes: a line per step
constexpr std::int64_t kSteps = 2'000;  // timed
constexpr std::int64_t kAhead = 32;     // loads in flight before that, for speed
// How many capacities of the L2 are walked before the timed steps, at most: by then it holds what
// it will hold.
constexpr std::int64_t kCapacities = 2;

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

Prediction predict(const MeasuredRow& row, Presets& presets) {
    const auto kilobytes = row.number("buffer_kB");
    const auto megahertz = row.number("sm_clock_MHz");
    if (!kilobytes || !megahertz) {
        return left_out("buffer or clock is not given");
    }
    if (row.unit != "cycles" || !row.experiment.starts_with("pointer_chase")) {
        return left_out("no pointer chase");
    }
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    const GpuConfig gpu = bind_platform_config(preset->configuration).gpu;
    if (presets.common().level == Level::kRoofline) {
        return {RowState::kNotModelled, 0, 1, "level roofline"};
    }
    const auto bytes = static_cast<std::int64_t>(*kilobytes * 1000) / kStride * kStride;
    const std::int64_t lines = bytes / kStride;
    const std::int64_t walked = std::min(lines * 2, kCapacities * gpu.l2.capacity.value / kStride);
    const std::int64_t tma = row.experiment.ends_with("_tma") ? 1 : 0;
    Experiment experiment(row.experiment);
    const TensorIndex buffer = experiment.tensor("buffer", bytes);
    const TensorIndex nothing = experiment.tensor("nothing", kStride);
    experiment.kernel(
        "pointer_chase", {buffer}, nothing,
        {{"stride", kStride}, {"steps", walked}, {"in_flight", kAhead}, {"tma", tma}});
    const auto timed = [&](std::int64_t steps, std::int64_t first) {
        experiment.kernel("pointer_chase", {buffer}, nothing,
                          {{"stride", kStride}, {"steps", steps}, {"first", first}, {"tma", tma}});
    };
    timed(kSteps / 10, walked);
    timed(kSteps + kSteps / 10, walked + kSteps / 10);
    const std::vector<Time> spans = experiment.run(*preset);
    const double clocks =
        seconds_of(spans[2] - spans[1]) / static_cast<double>(kSteps) * *megahertz * 1e6;
    return {RowState::kModelled, clocks, 1, ""};
}

Family chase(const char* name, const char* description) {
    Family family;
    family.name = name;
    family.description = description;
    family.predict = predict;
    family.median_limit = 0.05;
    family.percentile90_limit = 0.125;
    return family;
}

}  // namespace

std::vector<Family> latency_families() {
    return {chase("memory_latency_gpu", "pointer chase of one warp, by size of the buffer"),
            chase("memory_latency_hopper_tma", "the same by plain loads and by TMA")};
}

}  // namespace vr
