// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <ctime>

#include "app/bench/benchmark.h"

namespace vr {

std::vector<Benchmark> benchmarks() {
    return {numerics_benchmark(),
            numerics_nvfp4_benchmark(),
            hbm4_benchmark(),
            hbm4_sequential_benchmark(),
            hbm4_mixed_benchmark(),
            hbm4_random_benchmark(),
            hbm4_passes_round_robin_benchmark(),
            hbm4_passes_default_benchmark(),
            hbm4_passes_hashed_benchmark(),
            hbm4_passes_neighbour_benchmark(),
            hbm4_bulk_benchmark(),
            gpu_region_benchmark(),
            gpu_fold_benchmark(),
            gpu_gemm_benchmark(),
            gpu_layer_benchmark(),
            trace_reading_benchmark(),
            event_writing_benchmark()};
}

namespace {
// CPU time of this process: others on the host do not count.
std::int64_t cpu_nanoseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}
}  // namespace

std::int64_t best_rate(std::int64_t amount, const std::function<void()>& work) {
    constexpr std::int64_t kAtLeast = 200'000'000;  // ns
    constexpr int kFewest = 3;
    const std::int64_t start = cpu_nanoseconds();
    std::int64_t best = INT64_MAX;
    for (int i = 0; i < kFewest || cpu_nanoseconds() - start < kAtLeast; ++i) {
        const std::int64_t begin = cpu_nanoseconds();
        work();
        best = std::min(best, std::max<std::int64_t>(cpu_nanoseconds() - begin, 1));
    }
    return static_cast<std::int64_t>(static_cast<double>(amount) * 1e9 / static_cast<double>(best));
}

}  // namespace vr
