// SPDX-License-Identifier: Apache-2.0
// Families of streaming kernels on a whole GPU: memory_stream_vs_occupancy (arrays of many L2s, by
// the number of threads) and l2_stream (by working set). Every thread moves one element of 8 B of
// each array and goes; blocks follow one another, as many at a time as the row says.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <string_view>

#include "app/platform/platform_config.h"
#include "app/validation/experiment.h"
#include "app/validation/family.h"

namespace vr {

namespace {

struct StreamKernel {
    std::string_view name;
    std::int64_t loads;    ///< arrays
    std::int64_t stores;   ///< arrays
    bool stencil = false;  ///< the load is made three times, at i - 1, i and i + 1
};
// RRZE gpu-benches, gpu-stream and gpu-l2-stream: init a = c; read reads a; scale a = b c;
// triad a = b + c d; stencil3 a = b[-1] + b + b[+1].
constexpr std::array kKernels = {StreamKernel{"load", 1, 0},          StreamKernel{"read", 1, 0},
                                 StreamKernel{"store", 0, 1},         StreamKernel{"init", 0, 1},
                                 StreamKernel{"scale", 1, 1},         StreamKernel{"triad", 3, 1},
                                 StreamKernel{"stencil3", 1, 1, true}};
constexpr std::int64_t kElement = 8;
constexpr std::int64_t kMostThreads = 1024;  // of a block
// Lives of a block that the two timed kernels last: what they differ in is the steady state.
constexpr std::int64_t kShort = 4;
constexpr std::int64_t kLong = 16;
constexpr std::int64_t kNeverFound = 4;  // capacities of the L2

const StreamKernel* kernel_of(const std::string& experiment) {
    for (const StreamKernel& kernel : kKernels) {
        if (experiment.ends_with(fmt::format("stream_{}", kernel.name))) {
            return &kernel;
        }
    }
    return nullptr;
}

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

struct StreamRun {
    const StreamKernel* kernel = nullptr;
    std::int64_t threads = 0;      ///< of a block
    std::int64_t blocks = 0;       ///< on each SM
    std::int64_t working_set = 0;  ///< bytes of each array; 0: more than any cache
};

// GB/s of the elements that the kernel's source names.
double rate(const StreamRun& run, Presets::Entry& preset) {
    const GpuConfig gpu = bind_platform_config(preset.configuration).gpu;
    const std::int64_t resident = run.blocks * gpu.sms;
    const std::int64_t tile = run.threads * kElement;
    Experiment experiment("stream");
    const std::int64_t arrays = run.kernel->loads + run.kernel->stores;
    // Data of a working set are found again by the next kernel; other arrays are new ones.
    std::vector<TensorIndex> kept;
    const auto tensors = [&](std::int64_t bytes) {
        if (run.working_set > 0 && !kept.empty()) {
            return kept;
        }
        std::vector<TensorIndex> made;
        for (std::int64_t i = 0; i < run.kernel->loads + 1; ++i) {
            made.push_back(
                experiment.tensor("array", run.working_set > 0 ? run.working_set : bytes));
        }
        kept = made;
        return made;
    };
    const auto launch = [&](std::int64_t threads, std::int64_t blocks, std::int64_t tiles) {
        std::vector<TensorIndex> arrays_of = tensors(tiles * threads * kElement);
        const TensorIndex output = arrays_of.back();
        arrays_of.pop_back();
        experiment.kernel("thread_stream", arrays_of, output,
                          {{"threads", threads},
                           {"element_bytes", kElement},
                           {"launches", tiles},
                           {"stores", run.kernel->stores},
                           {"stencil", run.kernel->stencil ? 1 : 0},
                           {"shared_bytes", gpu.sm.shared_bytes.value / blocks}});
    };
    // Before: an L2 as full, and as full of written lines, as it is in the long run. Of lines that
    // are only read and never found again none need be there.
    if (run.kernel->stores > 0 || run.working_set > 0) {
        const std::int64_t most = gpu.l2.capacity.value * 5 / 4 / arrays;
        const std::int64_t fill = run.working_set > 0 ? std::min(run.working_set, most) : most;
        launch(kMostThreads, 2, std::max<std::int64_t>(1, fill / (kMostThreads * kElement)));
    }
    // Where only a part may be found again, whole passes are timed.
    const std::int64_t pass = divide_round_up(run.working_set, tile);
    const bool in_part = run.working_set * arrays > gpu.l2.capacity.value / 2;
    const std::int64_t brief = in_part ? pass : resident * kShort;
    const std::int64_t full = in_part ? 2 * pass : resident * kLong;
    launch(run.threads, run.blocks, resident);  // the SMs hold the kernel's instructions
    launch(run.threads, run.blocks, brief);
    launch(run.threads, run.blocks, full);
    const std::vector<Time> spans = experiment.run(preset);
    const Time span = spans.back() - spans[spans.size() - 2];
    return static_cast<double>((full - brief) * tile * arrays) / seconds_of(span) * 1e-9;
}

Prediction predict(const MeasuredRow& row, Presets& presets) {
    StreamRun run;
    run.kernel = kernel_of(row.experiment);
    if (run.kernel == nullptr || row.unit != "GB/s") {
        return left_out("no stream of elements");
    }
    const auto threads = row.integer("threads_per_block");
    const auto occupancy = row.number("occupancy_pct");
    if (!threads || !occupancy) {
        return left_out("threads or occupancy is not given");
    }
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    const GpuConfig gpu = bind_platform_config(preset->configuration).gpu;
    const double resident = *occupancy / 100 * static_cast<double>(gpu.sm.thread_slots);
    run.threads = *threads;
    run.blocks =
        std::max<std::int64_t>(1, std::llround(resident / static_cast<double>(run.threads)));
    if (run.threads > kMostThreads) {  // the source counts the threads of both blocks
        run.threads /= 2;
        run.blocks = 2;
    }
    if (row.experiment.starts_with("l2_stream")) {
        const auto working_set = row.number("working_set_kB");
        if (!working_set) {
            return left_out("the working set is not given");
        }
        run.working_set = static_cast<std::int64_t>(*working_set * 1000) / kElement * kElement;
        // Of data that stream through a cache of a quarter of them nothing is found again.
        const std::int64_t arrays = run.kernel->loads + run.kernel->stores;
        if (run.working_set * arrays > kNeverFound * gpu.l2.capacity.value) {
            run.working_set = 0;
        }
    }
    const double peak = static_cast<double>(gpu.hbm4.peak_bandwidth().value) * 1e-9;
    if (presets.common().level == Level::kRoofline) {
        return {RowState::kNotModelled, 0, peak, "level roofline"};
    }
    return {RowState::kModelled, rate(run, *preset), peak, ""};
}

}  // namespace

Prediction predict_streams(const MeasuredRow& row, Presets& presets) {
    return predict(row, presets);
}

}  // namespace vr
