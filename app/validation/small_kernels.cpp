// SPDX-License-Identifier: Apache-2.0
// Family kernel_launch_small_kernels: the same scale kernel (a = b c, one element of 8 B a thread)
// again and again, by how it comes to the GPU.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "app/platform/platform_config.h"
#include "app/validation/experiment.h"
#include "app/validation/family.h"

namespace vr {

namespace {

constexpr std::string_view kPrefix = "repeated_small_kernel_";
constexpr std::int64_t kElement = 8;
constexpr std::int64_t kArrays = 2;
// Halves of the L2's capacity: data that stream through a cache of two thirds of them are not found
// again, and beyond that time grows in step with them.
constexpr std::int64_t kNeverFound = 3;
constexpr std::int64_t kMostTimed = 8;
constexpr std::int64_t kBarrierChain = 40;  // instructions on the way into the barrier
constexpr std::int64_t kTimedBytes = std::int64_t{32} << 20;

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

struct SmallKernel {
    std::string way;  ///< the experiment's name without what all have in common
    std::int64_t threads = 0;
    std::int64_t most_blocks = 0;  ///< of a kernel that stays; 0: each repetition is a kernel

    /// Repetitions before those that are timed: until the first, which waits for its instructions,
    /// holds nobody back.
    [[nodiscard]] std::int64_t before(std::int64_t elements) const {
        return timed(elements) > 1 ? 2 * timed(elements) : 1;
    }
    [[nodiscard]] std::int64_t timed(std::int64_t elements) const {
        return std::clamp<std::int64_t>(kTimedBytes / (elements * kElement), 1, kMostTimed);
    }
};

// Seconds of a repetition in the long run, for each of the sizes (elements of an array).
std::vector<double> launched(const SmallKernel& kernel, const std::vector<std::int64_t>& sizes,
                             Presets::Entry& preset) {
    Experiment experiment("small kernels");
    if (kernel.way == "stream_launch") {
        experiment.submit(Submission::kStream);
    }
    for (const std::int64_t elements : sizes) {
        const TensorIndex from = experiment.tensor("from", elements * kElement);
        const TensorIndex to = experiment.tensor("to", elements * kElement);
        for (std::int64_t i = 0; i < kernel.before(elements) + kernel.timed(elements); ++i) {
            experiment.kernel("thread_stream", {from}, to,
                              {{"threads", kernel.threads}, {"element_bytes", kElement}});
        }
    }
    const std::vector<Time> spans = experiment.run(preset);
    std::vector<double> seconds;
    auto span = spans.begin();
    for (const std::int64_t elements : sizes) {
        const std::int64_t count = kernel.timed(elements);
        span += kernel.before(elements);
        Time all;
        for (std::int64_t i = 0; i < count; ++i) {
            all = all + *span++;
        }
        seconds.push_back(seconds_of(all) / static_cast<double>(count));
    }
    return seconds;
}

// The same of a kernel that stays and passes over the data again and again: what it takes longer
// for more passes.
std::vector<double> stayed(const SmallKernel& kernel, const std::vector<std::int64_t>& sizes,
                           Presets::Entry& preset) {
    Experiment experiment("small kernels");
    const TensorIndex word = experiment.tensor("word", kElement);
    for (const std::int64_t elements : sizes) {
        const TensorIndex from = experiment.tensor("from", elements * kElement);
        const TensorIndex to = experiment.tensor("to", elements * kElement);
        const std::int64_t timed = kernel.timed(elements);
        const std::int64_t before = timed > 1 ? 2 : 1;
        for (const std::int64_t passes : {std::int64_t{1}, before, before + timed}) {
            experiment.kernel("thread_passes", {from, word}, to,
                              {{"threads", kernel.threads},
                               {"element_bytes", kElement},
                               {"blocks", std::min(elements / kernel.threads, kernel.most_blocks)},
                               {"passes", passes},
                               {"chain", kBarrierChain},
                               {"flag", kernel.way == "persistent_flag_sync" ? 1 : 0}});
        }
    }
    const std::vector<Time> spans = experiment.run(preset);
    std::vector<double> seconds;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        seconds.push_back(seconds_of(spans[3 * i + 2] - spans[3 * i + 1]) /
                          static_cast<double>(kernel.timed(sizes[i])));
    }
    return seconds;
}

// As many blocks as the source's query of the occupancy says: threads alone limit it. The rows of
// GH200 were measured with fewer: their arrays beyond the caches keep 512 threads an SM busy (grid
// sync) and 256 (flags) where a block has 128, and four times as many where it has 512.
std::int64_t most_blocks(const MeasuredRow& row, std::int64_t threads, const GpuConfig& gpu) {
    const std::int64_t room = std::min(gpu.sm.block_slots, gpu.sm.thread_slots / threads);
    const std::int64_t found = row.experiment.ends_with("grid_sync") ? 4 : 2;
    return gpu.sms * (row.device.starts_with("GH200") ? std::min(room, found) : room);
}

std::vector<double> measure(const SmallKernel& kernel, const std::vector<std::int64_t>& sizes,
                            Presets::Entry& preset) {
    return kernel.most_blocks > 0 ? stayed(kernel, sizes, preset) : launched(kernel, sizes, preset);
}

double repetition(const SmallKernel& kernel, std::int64_t elements, Presets::Entry& preset) {
    const std::int64_t l2 = bind_platform_config(preset.configuration).gpu.l2.capacity.value;
    const std::int64_t half = l2 / 2 / (kArrays * kElement);  // elements of an array
    const std::int64_t small = kNeverFound * half;
    const std::int64_t large = small + half;
    if (elements <= large) {
        return measure(kernel, {elements}, preset).front();
    }
    const std::vector<double> known = measure(kernel, {small, large}, preset);
    const double slope = (known[1] - known[0]) / static_cast<double>(large - small);
    return known[1] + slope * static_cast<double>(elements - large);
}

Prediction predict(const MeasuredRow& row, Presets& presets) {
    const auto threads = row.integer("threads_per_block");
    const auto elements = row.integer("elements_f64");
    const auto bytes = row.integer("bytes_moved");
    if (!threads || !elements || !bytes || !row.experiment.starts_with(kPrefix) ||
        row.unit != "GB/s") {
        return left_out("threads, elements or bytes are not given");
    }
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    const GpuConfig gpu = bind_platform_config(preset->configuration).gpu;
    const double peak = static_cast<double>(gpu.hbm4.peak_bandwidth().value) * 1e-9;
    if (presets.common().level == Level::kRoofline) {
        return {RowState::kNotModelled, 0, peak, "level roofline"};
    }
    SmallKernel kernel{row.experiment.substr(kPrefix.size()), *threads, 0};
    if (kernel.way.starts_with("persistent")) {
        kernel.most_blocks = most_blocks(row, kernel.threads, gpu);
    }
    const double time = repetition(kernel, *elements, *preset);
    return {RowState::kModelled, static_cast<double>(*bytes) / time * 1e-9, peak, ""};
}

}  // namespace

Family small_kernels_family() {
    Family family;
    family.name = "kernel_launch_small_kernels";
    family.description = "the same small kernel again and again, by how it comes to the GPU";
    family.median_limit = 0.15;
    family.percentile90_limit = 0.375;
    family.predict = predict;
    return family;
}

}  // namespace vr
