// SPDX-License-Identifier: Apache-2.0
// Family cache_bandwidth: every block reads one of several stretches of a data set, over and over
// by one block or another, so that the caches serve it. The stretches are interleaved: in each
// round the blocks read one piece after the other.
#include <fmt/format.h>

#include <algorithm>

#include "app/platform/platform_config.h"
#include "app/validation/experiment.h"
#include "app/validation/family.h"

namespace vr {

namespace {

constexpr std::int64_t kThreads = 1024;  // RRZE gpu-benches, gpu-l2-cache
constexpr std::int64_t kElement = 8;
constexpr std::int64_t kLoads = 2;   // of a thread in a round
constexpr std::int64_t kAhead = 4;   // rounds: the loop is unrolled
constexpr std::int64_t kBlocks = 2;  // on an SM

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

Prediction predict(const MeasuredRow& row, Presets& presets) {
    const auto block = row.number("block_kB");
    const auto data_set = row.number("data_set_kB");
    if (!block || !data_set || row.unit != "GB/s") {
        return left_out("block or data set is not given");
    }
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    const GpuConfig gpu = bind_platform_config(preset->configuration).gpu;
    const double roofline =
        static_cast<double>(gpu.l2.slice_width.value * gpu.l2.clock.value * gpu.l2.slices) * 1e-9;
    if (presets.common().level == Level::kRoofline) {
        return {RowState::kNotModelled, 0, roofline, "level roofline"};
    }
    constexpr std::int64_t kPiece = kThreads * kElement * kLoads;
    const auto block_bytes = static_cast<std::int64_t>(*block * 1024);
    if (row.experiment != "shared_cache_read_bw" || block_bytes % kPiece != 0) {
        return {RowState::kNotModelled, 0, roofline, "blocks that loop over one buffer"};
    }
    const auto stretches =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(*data_set / *block + 0.5));
    Experiment experiment("cache bandwidth");
    const TensorIndex data = experiment.tensor("data", stretches * block_bytes);
    const TensorIndex nothing = experiment.tensor("nothing", kLineBytes);
    const std::int64_t resident = kBlocks * gpu.sms;
    const auto read = [&](std::int64_t launches) {
        experiment.kernel("thread_read", {data}, nothing,
                          {{"threads", kThreads},
                           {"element_bytes", kElement},
                           {"loads", kLoads},
                           {"rounds", block_bytes / kPiece},
                           {"rounds_in_flight", kAhead},
                           {"blocks", stretches},
                           {"launches", launches}});
    };
    // Before: what the caches hold of the data in the long run, and instructions on every SM. Then
    // one life of all blocks, two.
    const std::int64_t most = 2 * gpu.l2.capacity.value / block_bytes;
    read(std::max(resident, std::min(stretches, most)));
    read(resident);
    read(2 * resident);
    const std::vector<Time> spans = experiment.run(*preset);
    return {RowState::kModelled,
            static_cast<double>(resident * block_bytes) / seconds_of(spans[2] - spans[1]) * 1e-9,
            roofline, ""};
}

}  // namespace

Family cache_bandwidth_family() {
    Family family;
    family.name = "cache_bandwidth";
    family.description = "reads that the caches serve, by size of the data set";
    family.predict = predict;
    family.can_plan = true;
    return family;
}

}  // namespace vr
