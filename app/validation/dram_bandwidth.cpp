// SPDX-License-Identifier: Apache-2.0
// Families of streaming kernels whose rows show the saturated DRAM of a GPU. The kernel's streams
// run from a traffic generator into the device's memory; there is no GPU in front, so rows that the
// L2 or the threads limit are left out, by the rule in why_not_saturated().
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "app/memory_device.h"
#include "app/paths.h"
#include "app/validation/family.h"
#include "models/hbm4/driver/memory_driver.h"
#include "models/hbm4/driver/scattered_source.h"

namespace vr {

namespace {

// What a kernel asks of the DRAM for each element: a GPU's L2 writes full lines without reading
// them first, and what a stencil reads twice comes from a cache.
struct Kernel {
    std::string_view name;
    std::int64_t reads, writes;
};
constexpr std::array kKernels = {
    Kernel{"load", 1, 0}, Kernel{"read", 1, 0}, Kernel{"store", 0, 1}, Kernel{"init", 0, 1},
    Kernel{"copy", 1, 1}, Kernel{"mul", 1, 1},  Kernel{"scale", 1, 1}, Kernel{"stencil3", 1, 1},
    Kernel{"add", 2, 1},  Kernel{"dot", 2, 0},  Kernel{"triad", 2, 1}};
constexpr std::int64_t kElement = 8;   // bytes: every kernel here works on doubles
constexpr std::uint32_t kBlock = 256;  // bytes: what a warp of 32 threads moves together

struct Saturation {
    std::int64_t working_set{}, occupancy{}, headroom_percent{};
    Time residence_with_loads{}, residence_without_loads{};

    template <class Visitor>
    void parameters(Visitor& p) {
        p("working_set", working_set, {"1", "1000"}, "least working set, in sizes of the L2");
        p("occupancy", occupancy, {"1", "100"}, "least occupancy of long-lived threads, percent");
        p("headroom_percent", headroom_percent, {"100", "1000"},
          "what the threads could move, in percent of the peak");
        p("residence_with_loads", residence_with_loads, {"1 ns", "1 ms"},
          "time of a thread of one element that loads");
        p("residence_without_loads", residence_without_loads, {"1 ns", "1 ms"},
          "time of a thread of one element that stores only");
    }
};

struct MeasuredGpu {
    std::string names, memory;
    Bytes l2{};
    std::int64_t threads{};

    template <class Visitor>
    void parameters(Visitor& p) {
        p("names", names, {}, "as measured rows write the device, separated by \"; \"");
        p("memory", memory, {}, "device of models/hbm4/devices");
        p("l2", l2, {"1 MiB", "1 GiB"}, "L2 capacity");
        p("threads", threads, {"1", "10000000"}, "threads that the GPU holds at a time");
    }
    [[nodiscard]] bool is(const std::string& device) const {
        return fmt::format("; {}; ", names).find(fmt::format("; {}; ", device)) !=
               std::string::npos;
    }
};

// What the rows of a family need, read once.
class Streams {
  public:
    Prediction predict(const MeasuredRow& row, Presets& presets);

  private:
    void read();
    const MeasuredGpu* gpu_of(const std::string& device) const;
    std::string why_not_saturated(const MeasuredRow& row, const Kernel& kernel,
                                  const MeasuredGpu& gpu, double peak) const;

    bool read_ = false;
    Saturation saturation_;
    std::vector<MeasuredGpu> gpus_;
    std::map<std::string, Hbm4Config> memories_;
};

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

// "l2_stream_triad" and "babelstream_triad" are triad; null for what is no stream in GPU memory.
const Kernel* kernel_of(const std::string& experiment) {
    constexpr std::array<std::string_view, 3> kPrefixes = {"l2_stream_", "stream_", "babelstream_"};
    // STREAM's figure is that of its triad.
    std::string_view name = experiment == "gpu_hbm_stream" ? "triad" : std::string_view{};
    for (const std::string_view prefix : kPrefixes) {
        if (experiment.starts_with(prefix)) {
            name = std::string_view(experiment).substr(prefix.size());
        }
    }
    for (const Kernel& kernel : kKernels) {
        if (kernel.name == name) {
            return &kernel;
        }
    }
    return nullptr;
}

void Streams::read() {
    ConfigurationRequest request;
    request.platform = tree_path("testbenches/validation/data/gpus.toml");
    Configuration file = Configuration::load(request);
    saturation_ = file.bind<Saturation>("saturation");
    for (const std::string& name : Configuration::presets({tree_path("models/hbm4/devices")})) {
        if (file.has("gpu." + name)) {
            gpus_.push_back(file.bind<MeasuredGpu>("gpu." + name));
        }
    }
    file.finish();
    read_ = true;
}

const MeasuredGpu* Streams::gpu_of(const std::string& device) const {
    for (const MeasuredGpu& gpu : gpus_) {
        if (gpu.is(device)) {
            return &gpu;
        }
    }
    return nullptr;
}

// The physical rule, from a row's own parameters and never from its value. A working set of several
// L2s, so that nothing is found there again; and threads enough: where each thread lives for a
// whole loop, all that the GPU holds; where it moves one element and goes, as many as could move
// more than the peak in the time that one of them stays (Little's law).
std::string Streams::why_not_saturated(const MeasuredRow& row, const Kernel& kernel,
                                       const MeasuredGpu& gpu, double peak) const {
    if (row.experiment.starts_with("l2_stream_")) {
        const auto working_set = row.number("working_set_kB");
        const auto occupancy = row.number("occupancy_pct");
        if (!working_set || !occupancy) {
            return "working set or occupancy is not given";
        }
        if (*working_set * 1000 < static_cast<double>(saturation_.working_set * gpu.l2.value)) {
            return "no saturated DRAM: the working set is not several times the L2";
        }
        return *occupancy >= static_cast<double>(saturation_.occupancy)
                   ? ""
                   : "no saturated DRAM: too few threads";
    }
    if (row.experiment.starts_with("stream_")) {
        const auto threads = row.number("threads_total");
        if (!threads) {
            return "the number of threads is not given";
        }
        const Time stay = kernel.reads > 0 ? saturation_.residence_with_loads
                                           : saturation_.residence_without_loads;
        const double moved =
            *threads * static_cast<double>((kernel.reads + kernel.writes) * kElement);
        const double could = moved / (static_cast<double>(stay.value) * 1e-15);
        return could * 100 >= peak * static_cast<double>(saturation_.headroom_percent)
                   ? ""
                   : "no saturated DRAM: too few threads";
    }
    return "";  // BabelStream and STREAM: arrays of many L2s, all threads
}

// Of one channel: consecutive blocks load all alike (address_map_parts_test.cpp), so the memory's
// rate is that of a channel times their number. The resident warps run side by side, each with a
// block of every array, and nothing orders them: what comes next is any of theirs. It comes as the
// column accesses in which the controller's queues and buffers are counted.
double measure(const Kernel& kernel, const Hbm4Config& memory, std::uint64_t window) {
    const std::int64_t arrays = kernel.reads + kernel.writes;
    constexpr std::uint64_t kBlocks = 30'000;  // 7.7 MB through a channel: 0.1 to 0.2 ms
    const Hbm4Config channel = one_channel(memory);
    const auto access = static_cast<std::uint32_t>(channel.access_bytes.value);
    const auto capacity = static_cast<std::uint64_t>(channel.capacity().value);
    std::vector<StreamStart> streams;
    for (std::int64_t i = 0; i < arrays; ++i) {
        // Arrays of a quarter of the memory, one behind the other.
        streams.push_back(
            {static_cast<std::uint64_t>(i) * (capacity / 4 / kBlock) * kBlock, i >= kernel.reads});
    }
    const std::uint64_t accesses = kBlock / access;  // of a block
    PatternStreams in_order(sequential_streams(streams, kBlocks * accesses, access), accesses);
    ScatteredSource source(in_order, accesses, window);
    const MemoryResult result = run_memory(channel, source, {});
    return result.utilisation * static_cast<double>(memory.peak_bandwidth().value);
}

// GB/s while `threads` are resident.
double saturated(const Kernel& kernel, const Hbm4Config& memory, const std::string& name,
                 std::int64_t threads, Simulations& simulations) {
    const std::int64_t arrays = kernel.reads + kernel.writes;
    const std::int64_t channels = memory.stacks * memory.channels_per_stack;
    const std::int64_t blocks = threads * kElement * arrays / kBlock / channels;
    const auto window = static_cast<std::uint64_t>(std::max<std::int64_t>(blocks, 1));
    const std::string key =
        fmt::format("memory {} {} {} {}", name, kernel.reads, kernel.writes, window);
    return simulations.rate(key, [=] { return measure(kernel, memory, window); }) * 1e-9;
}

Prediction Streams::predict(const MeasuredRow& row, Presets& presets) {
    const CommonOptions& common = presets.common();
    if (!read_) {
        read();
    }
    const Kernel* kernel = kernel_of(row.experiment);
    if (kernel == nullptr) {
        return left_out("no stream in the memory of a GPU");
    }
    if (row.unit != "GB/s") {
        return left_out(fmt::format("unit '{}' is no bandwidth", row.unit));
    }
    const MeasuredGpu* gpu = gpu_of(row.device);
    if (gpu == nullptr) {
        return left_out(fmt::format("no memory device for {}", row.device));
    }
    auto memory = memories_.find(gpu->memory);
    if (memory == memories_.end()) {
        CommonOptions of = common;
        of.profile.clear();
        memory = memories_.emplace(gpu->memory, load_memory(of, gpu->memory).memory).first;
    }
    const double peak = static_cast<double>(memory->second.peak_bandwidth().value);
    if (std::string why = why_not_saturated(row, *kernel, *gpu, peak); !why.empty()) {
        return left_out(std::move(why));
    }
    if (common.level == Level::kRoofline) {
        return {RowState::kNotModelled, 0, peak * 1e-9, "level roofline"};
    }
    const auto threads = row.integer("threads_total").value_or(gpu->threads);
    const double rate =
        saturated(*kernel, memory->second, gpu->memory, threads, presets.simulations());
    return {RowState::kModelled, rate, peak * 1e-9, ""};
}

Family stream_family(const char* name, const char* description) {
    Family family;
    family.name = name;
    family.description = description;
    family.predict = [streams = std::make_shared<Streams>()](const MeasuredRow& row,
                                                             Presets& presets) {
        return streams->predict(row, presets);
    };
    return family;
}

}  // namespace

std::vector<Family> dram_bandwidth_families() {
    return {stream_family("l2_stream", "streams by working set: those that the DRAM limits"),
            stream_family("memory_stream_vs_occupancy",
                          "streams by number of threads: those that the DRAM limits"),
            stream_family("p2p_c2c_cpu_misc", "mixed bandwidths: the streams in GPU memory")};
}

}  // namespace vr
