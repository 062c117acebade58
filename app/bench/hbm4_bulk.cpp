// SPDX-License-Identifier: Apache-2.0
// 64 GB through all pseudo-channels of a GPU as descriptors of contiguous tensors: equal
// pseudo-channels share one machine. The reports are those of every machine by itself, which
// testbenches/hbm4/bulk checks on 256 MB.
#include <fmt/format.h>

#include <ctime>

#include "app/bench/benchmark.h"
#include "app/platform/platform_config.h"
#include "app/simulate.h"
#include "models/base/error.h"
#include "models/hbm4/bulk/bulk_memory.h"

namespace vr {

namespace {

constexpr std::uint64_t kBytes = 64ULL * 1024 * 1024 * 1024;
constexpr std::uint64_t kUnfoldedBytes = 64ULL * 1024 * 1024;
constexpr std::uint32_t kTensors = 4;

// Tensors of equal size, one behind the other, the last one written.
std::vector<Descriptor> tensors(std::uint64_t bytes) {
    std::vector<Descriptor> list(kTensors);
    for (std::uint32_t i = 0; i < kTensors; ++i) {
        list[i].id = i + 1;
        list[i].base = bytes / kTensors * i;
        list[i].bytes = bytes / kTensors;
        list[i].direction = i + 1 == kTensors ? Direction::kWrite : Direction::kRead;
    }
    return list;
}

BenchmarkResult measure() {
    Configuration configuration = load_platform(CommonOptions{});
    const Hbm4Config config = bind_platform_config(configuration).gpu.hbm4;
    hbm4::BulkResult done;
    BenchmarkResult result;
    const std::vector<Descriptor> all = tensors(kBytes);
    const std::clock_t begin = std::clock();
    done = hbm4::run_bulk(config, all);
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    result.value =
        best_rate(static_cast<std::int64_t>(kBytes), [&] { done = hbm4::run_bulk(config, all); });
    std::int64_t columns = 0;
    for (const hbm4::Counters& one : done.counters) {
        columns += one.columns_read + one.columns_written;
    }
    ensure(columns * config.access_bytes.value == static_cast<std::int64_t>(kBytes),
           "accesses were lost");
    const std::vector<Descriptor> few = tensors(kUnfoldedBytes);
    result.baseline = best_rate(static_cast<std::int64_t>(kUnfoldedBytes), [&] {
        done = hbm4::run_bulk(config, few, {.fold = false, .fast_forward = false});
    });
    result.note = fmt::format("{} GB in {:.3f} s of CPU the first time", kBytes >> 30, seconds);
    return result;
}

}  // namespace

Benchmark hbm4_bulk_benchmark() {
    return {"hbm4_bulk", "B/s",
            "64 GB over all pseudo-channels of a GPU as four descriptors, three reads and a write, "
            "equal pseudo-channels folded; baseline: 64 MB, each pseudo-channel by itself",
            measure};
}

}  // namespace vr
