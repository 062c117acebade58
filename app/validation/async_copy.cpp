// SPDX-License-Identifier: Apache-2.0
// Family async_copy_b200: asynchronous copies from HBM into shared memory on every SM, by threads
// (cp.async) and by TMA: rates by what is in flight, latencies, TMA multicast.
// Not modelled: clusters of more than a pair; the sharing of equal reads before they reach L2.
#include <fmt/format.h>

#include <algorithm>

#include "app/platform/platform_config.h"
#include "app/report/run_result.h"
#include "app/validation/experiment.h"
#include "app/validation/family.h"

namespace vr {

namespace {

// SemiAnalysis microbench-blackwell: ldgsts_throughput, tma2d_throughput, tma2dmcast_throughput,
// and two of a single load: ldgsts_latency, tma2d_latency.
constexpr std::int64_t kWord = 4;   // bytes of an element of the tensor that TMA reads
constexpr std::int64_t kWarps = 4;  // of a block of tma2dmcast_throughput, each with its box
// Instructions in a row of a loop of copies by threads: the slot's number modulo the stages, the
// address, the copy, its commit.
constexpr std::int64_t kLoopChain = 32;
// Of a loop of boxes that waits for a cluster: the phase, the row, the box.
constexpr std::int64_t kBoxChain = 8;
constexpr std::int64_t kTimedBytes = std::int64_t{32} << 20;
constexpr std::int64_t kFewestRounds = 16;
constexpr std::int64_t kMostRounds = 64;

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

// What all blocks read in one round, and how.
struct Streaming {
    const char* kernel = "";
    std::int64_t round_bytes = 0;  ///< new ones, of all blocks
    std::int64_t apart = 1;
    std::int64_t stages = 1;
    Experiment::Arguments arguments;
};

struct Streamed {
    double round_seconds = 0;
    double l2_lines_per_byte = 0;  ///< looked up for a byte that SMs asked for
};

// Each kernel reads bytes that no other has read. The first brings the instructions.
Streamed stream(const Streaming& what, Presets::Entry& preset) {
    Experiment experiment(what.kernel);
    const TensorIndex nothing = experiment.tensor("nothing", kLineBytes);
    const std::int64_t before = 2 * what.stages;
    const std::int64_t timed =
        std::clamp(kTimedBytes / what.round_bytes, kFewestRounds, kMostRounds);
    for (const std::int64_t rounds : {std::int64_t{1}, before, before + timed}) {
        const TensorIndex data = experiment.tensor("data", rounds * what.apart * what.round_bytes);
        Experiment::Arguments arguments = what.arguments;
        arguments.insert(arguments.end(), {{"rounds", rounds}, {"apart", what.apart}});
        experiment.kernel(what.kernel, {data}, nothing, arguments);
    }
    const std::vector<Time> spans = experiment.run(preset);
    const SimulatedRun whole = experiment.simulate(preset);
    return {seconds_of(spans[2] - spans[1]) / static_cast<double>(timed),
            static_cast<double>(whole.l2_lookups) / static_cast<double>(whole.l2_requested)};
}

Streaming by_threads(std::int64_t blocks, std::int64_t threads, std::int64_t bytes,
                     std::int64_t stages, std::int64_t chain) {
    return {"thread_read",
            blocks * threads * bytes,
            stages,
            stages,
            {{"threads", threads},
             {"element_bytes", bytes},
             {"loads", 1},
             {"blocks", blocks},
             {"rounds_in_flight", stages},
             {"instructions", 0},
             {"group", 32},
             {"chain", chain}}};
}

struct Box {
    std::int64_t rows = 0;
    std::int64_t row_bytes = 0;
    std::int64_t count = 1;
    [[nodiscard]] std::int64_t bytes() const { return rows * row_bytes * count; }
};

Streaming by_tma(std::int64_t blocks, const Box& box, std::int64_t stages, std::int64_t chain) {
    return {"tma_read",
            blocks * box.bytes(),
            1,
            stages,
            {{"rows", box.rows},
             {"row_bytes", box.row_bytes},
             {"boxes", box.count},
             {"stages", stages},
             {"blocks", blocks},
             {"chain", chain}}};
}

Prediction not_modelled(double roofline, std::string why) {
    return {RowState::kNotModelled, 0, roofline, std::move(why)};
}

// Every cluster reads boxes of its own; its blocks the same ones, and wait for each other in each
// round. The source counts in L2 what the slices look up: a line from the other die twice.
Prediction predict_multicast(const MeasuredRow& row, const GpuConfig& gpu, double peak,
                             Presets::Entry& preset) {
    const auto cluster = row.integer("cluster_size");
    const auto width = row.integer("tile_width");
    const auto height = row.integer("tile_height");
    if (!cluster || !width || !height) {
        return left_out("cluster or tile is not given");
    }
    const bool fill = row.experiment == "tma2d_multicast_smem_fill_bw";
    const double roofline = fill ? peak * static_cast<double>(*cluster) : peak;
    const bool multicast = row.text("mode") == "explicit_mcast" && *cluster == 2;
    if (*cluster > 2) {
        return not_modelled(roofline, "clusters of more than a pair, and where they find room");
    }
    if (!fill && *cluster == 2 && !multicast) {
        return not_modelled(roofline, "equal reads that meet before they reach L2");
    }
    const Box box{*height, *width * kWord, kWarps};
    const std::int64_t clusters = gpu.sms / *cluster;
    Streaming what = by_tma(clusters, box, 1, kBoxChain);
    what.apart = *cluster;
    what.arguments.insert(what.arguments.end(),
                          {{"launches", multicast ? clusters : clusters * *cluster},
                           {"multicast", multicast ? 1 : 0},
                           {"fence", 1}});
    const Streamed found = stream(what, preset);
    const double rate =
        static_cast<double>(what.round_bytes) / found.round_seconds * 1e-9;  // of new bytes
    return {RowState::kModelled,
            fill ? rate * static_cast<double>(*cluster)
                 : rate * found.l2_lines_per_byte * static_cast<double>(kLineBytes),
            roofline, ""};
}

Prediction predict(const MeasuredRow& row, Presets& presets) {
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    const GpuConfig gpu = bind_platform_config(preset->configuration).gpu;
    const double peak = static_cast<double>(gpu.hbm4.peak_bandwidth().value) * 1e-9;
    const bool latency = row.unit == "cycles";
    if (presets.common().level == Level::kRoofline) {
        return not_modelled(latency ? 1 : peak, "level roofline");
    }
    if (row.experiment.starts_with("tma2d_multicast")) {
        return predict_multicast(row, gpu, peak, *preset);
    }
    const std::int64_t stages = row.integer("stages").value_or(1);
    const std::int64_t chain = latency ? 0 : kLoopChain;
    const auto blocks = row.integer("ctas_per_sm");
    Streaming what;
    if (row.experiment.starts_with("ldgsts")) {
        const auto threads = row.integer("threads");
        const auto bytes = row.integer("bytes_per_access");
        if (!threads || !bytes || !blocks) {
            return left_out("blocks, threads or bytes are not given");
        }
        what = by_threads(gpu.sms * *blocks, *threads, *bytes, stages, chain);
    } else if (row.experiment.starts_with("tma2d")) {
        const auto width = row.integer("tile_width");
        const auto height = row.integer("tile_height");
        if (!width || !height || blocks.value_or(0) != 1) {
            return left_out("tile is not given, or blocks share an SM");
        }
        what = by_tma(gpu.sms, {*height, *width * kWord, 1}, stages, 0);
    } else {
        return left_out("no asynchronous copy");
    }
    if (latency) {  // every launch of the source reads pages that nobody has used before
        what.apart = divide_round_up(gpu.sm.translation.page.value, what.round_bytes);
    }
    const Streamed found = stream(what, *preset);
    if (latency) {
        return {RowState::kModelled, found.round_seconds * static_cast<double>(gpu.sm.clock.value),
                1, ""};
    }
    return {RowState::kModelled, static_cast<double>(what.round_bytes) / found.round_seconds * 1e-9,
            peak, ""};
}

}  // namespace

Family async_copy_family() {
    Family family;
    family.name = "async_copy_b200";
    family.description = "asynchronous copies on every SM, by threads and by TMA";
    family.predict = predict;
    return family;
}

}  // namespace vr
