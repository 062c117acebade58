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
constexpr std::int64_t kLoads = 2;           // of a thread in a round
constexpr std::int64_t kAhead = 4;           // rounds: the loop is unrolled
constexpr std::int64_t kBlocks = 2;          // on an SM
constexpr std::int64_t kHeldCapacities = 2;  // data sets above leave nothing for the next time

// RRZE gpu-benches, gpu-cache: one block on an SM reads one buffer, the same for all, again and
// again, with as many loads ahead as the compiler unrolls.
constexpr std::int64_t kPrivateThreads = 256;
constexpr std::int64_t kPrivateElement = 4;
constexpr std::int64_t kPrivateGroup = 64;  // threads: the parts of a block run apart
constexpr std::int64_t kPrivateAhead = 32;
constexpr std::int64_t kPrivateInstructions = 2;             // of a round: load, add
constexpr std::int64_t kPassInstructions = 7;                // of a pass: multiply, addresses, loop
constexpr std::int64_t kTimedBytes = std::int64_t{1} << 20;  // of an SM

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

// GB/s of all SMs.
double private_rate(std::int64_t bytes, std::int64_t sms, Presets::Entry& preset) {
    constexpr std::int64_t kRound = kPrivateThreads * kPrivateElement;
    const std::int64_t rounds = divide_round_up(bytes, kRound);
    Experiment experiment("private cache bandwidth");
    const TensorIndex data = experiment.tensor("data", rounds * kRound);
    const TensorIndex nothing = experiment.tensor("nothing", kLineBytes);
    // Once by all together: what L2 holds of it in the long run.
    experiment.kernel("thread_read", {data}, nothing,
                      {{"threads", kPrivateThreads},
                       {"element_bytes", kPrivateElement},
                       {"loads", 1},
                       {"rounds", divide_round_up(rounds, sms)},
                       {"blocks", sms},
                       {"rounds_in_flight", kPrivateAhead}});
    // Whole passes; of a buffer that no L1 holds, a part of one.
    const bool whole = bytes <= kTimedBytes;
    const std::int64_t more = whole ? divide_round_up(kTimedBytes, bytes) : 1;
    const auto read = [&](std::int64_t passes, std::int64_t first_bytes) {
        experiment.kernel("thread_read", {data}, nothing,
                          {{"threads", kPrivateThreads},
                           {"element_bytes", kPrivateElement},
                           {"loads", 1},
                           {"group", kPrivateGroup},
                           {"issue", 1},
                           {"rounds", whole ? rounds : first_bytes / kRound},
                           {"rounds_in_flight", kPrivateAhead},
                           {"instructions", kPrivateInstructions},
                           {"start_instructions", kPassInstructions},
                           {"launches", sms},
                           {"passes", passes}});
    };
    read(1, kTimedBytes / 4);
    read(2, kTimedBytes / 4);
    read(whole ? 2 + more : 2, kTimedBytes * 3 / 4);
    const std::vector<Time> spans = experiment.run(preset);
    const std::int64_t timed = whole ? more * rounds * kRound : kTimedBytes;
    return static_cast<double>(sms * timed) / seconds_of(spans[3] - spans[2]) * 1e-9;
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
    if (row.experiment == "private_cache_read_bw_all_SM_same_buffer") {
        const LoadStoreConfig& path = gpu.sm.load_store;
        const double peak =
            static_cast<double>(path.lines_per_clock * kLineBytes * gpu.sm.clock.value * gpu.sms) *
            1e-9;
        return {RowState::kModelled,
                private_rate(static_cast<std::int64_t>(*data_set * 1024), gpu.sms, *preset),
                *data_set * 1024 > static_cast<double>(path.cache.value) ? roofline : peak, ""};
    }
    constexpr std::int64_t kPiece = kThreads * kElement * kLoads;
    const auto block_bytes = static_cast<std::int64_t>(*block * 1024);
    if (row.experiment != "shared_cache_read_bw" || block_bytes % kPiece != 0) {
        return {RowState::kNotModelled, 0, roofline, "blocks of another size"};
    }
    const auto stretches =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(*data_set / *block + 0.5));
    Experiment experiment("cache bandwidth");
    const TensorIndex data = experiment.tensor("data", stretches * block_bytes);
    const TensorIndex nothing = experiment.tensor("nothing", kLineBytes);
    const std::int64_t resident = kBlocks * gpu.sms;
    const std::int64_t rounds = block_bytes / kPiece;
    Experiment::Arguments read = {{"threads", kThreads}, {"element_bytes", kElement},
                                  {"loads", kLoads},     {"rounds", rounds},
                                  {"blocks", stretches}, {"rounds_in_flight", kAhead}};
    // 200,000 blocks, one after the other on each SM: they have long ceased to begin together.
    // First what the caches may hold of the data, then some turns until they have settled; more of
    // them where they hold a part. Timed is half of the life of a block, as the difference of two.
    const bool held = stretches * block_bytes <= kHeldCapacities * gpu.l2.capacity.value;
    const bool whole = 2 * stretches * block_bytes <= gpu.l2.capacity.value;
    if (held) {
        experiment.kernel("thread_read", {data}, nothing, read);
    }
    const std::int64_t half = divide_round_up(rounds, 2);
    std::int64_t begin = 0;
    for (const std::int64_t length :
         {held && !whole ? rounds : divide_round_up(half, 2), half, 2 * half}) {
        Experiment::Arguments cut = read;
        cut.insert(cut.end(), {{"under_way", resident}, {"begin", begin}, {"length", length}});
        experiment.kernel("thread_read", {data}, nothing, cut);
        begin += length;
    }
    const std::vector<Time> spans = experiment.run(*preset);
    const Time timed = spans.back() - spans[spans.size() - 2];
    return {RowState::kModelled,
            static_cast<double>(resident * half * kPiece) / seconds_of(timed) * 1e-9, roofline, ""};
}

}  // namespace

Family cache_bandwidth_family() {
    Family family;
    family.name = "cache_bandwidth";
    family.description = "reads that the caches serve, by size of the data set";
    family.predict = predict;
    return family;
}

}  // namespace vr
