// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "app/bench/benchmark.h"

namespace vr {

std::vector<Benchmark> benchmarks() {
    return {numerics_benchmark(),   hbm4_benchmark(),          hbm4_sequential_benchmark(),
            hbm4_mixed_benchmark(), hbm4_random_benchmark(),   gpu_region_benchmark(),
            gpu_fold_benchmark(),   trace_reading_benchmark(), event_writing_benchmark()};
}

std::int64_t best_rate(std::int64_t amount, const std::function<void()>& work) {
    using Clock = std::chrono::steady_clock;
    constexpr auto kAtLeast = std::chrono::milliseconds(200);
    constexpr int kFewest = 3;
    const Clock::time_point start = Clock::now();
    std::int64_t best = INT64_MAX;
    for (int i = 0; i < kFewest || Clock::now() - start < kAtLeast; ++i) {
        const Clock::time_point begin = Clock::now();
        work();
        const auto spent =
            std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count();
        best = std::min<std::int64_t>(best, std::max<std::int64_t>(spent, 1));
    }
    return static_cast<std::int64_t>(static_cast<double>(amount) * 1e9 / static_cast<double>(best));
}

}  // namespace vr
