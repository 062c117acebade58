// SPDX-License-Identifier: Apache-2.0
// Benchmarks of vrsim's own speed. A benchmark is one file that returns a Benchmark; benchmarks.cpp
// lists them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vr {

/// Another program at the same work in the same run, and what it may cost: the baseline is a fixed
/// loop, so that what a unit of the rival's takes in units of the baseline's hardly depends on the
/// host.
struct Rival {
    std::string name{};      ///< "": there is none
    std::int64_t value = 0;  ///< in the benchmark's unit
    std::int64_t most_cost = 0;

    [[nodiscard]] std::int64_t cost(std::int64_t baseline) const {
        return value == 0 ? 0 : baseline / value;
    }
    /// It has become slower than it may.
    [[nodiscard]] bool fell(std::int64_t baseline) const { return cost(baseline) > most_cost; }
};

/// A rate and that of a simple baseline doing the least that could be called the same work.
struct BenchmarkResult {
    std::int64_t value = 0;  ///< in the benchmark's unit; larger is better
    std::int64_t baseline = 0;
    std::string note{};  ///< what else the run tells, or nothing
    Rival rival{};
};

struct Benchmark {
    std::string name;
    std::string unit;         ///< e.g. "B/s"
    std::string description;  ///< what is measured, and what the baseline is
    std::function<BenchmarkResult()> run;
};

/// All benchmarks in the order of their printing.
[[nodiscard]] std::vector<Benchmark> benchmarks();

[[nodiscard]] Benchmark trace_reading_benchmark();
[[nodiscard]] Benchmark event_writing_benchmark();
[[nodiscard]] Benchmark numerics_benchmark();
[[nodiscard]] Benchmark numerics_nvfp4_benchmark();
[[nodiscard]] Benchmark hbm4_benchmark();
[[nodiscard]] Benchmark hbm4_sequential_benchmark();
[[nodiscard]] Benchmark hbm4_mixed_benchmark();
[[nodiscard]] Benchmark hbm4_random_benchmark();
[[nodiscard]] Benchmark hbm4_passes_round_robin_benchmark();
[[nodiscard]] Benchmark hbm4_passes_default_benchmark();
[[nodiscard]] Benchmark hbm4_passes_hashed_benchmark();
[[nodiscard]] Benchmark hbm4_passes_neighbour_benchmark();
[[nodiscard]] Benchmark hbm4_bulk_benchmark();
[[nodiscard]] Benchmark gpu_region_benchmark();
[[nodiscard]] Benchmark gpu_fold_benchmark();
[[nodiscard]] Benchmark gpu_gemm_benchmark();
[[nodiscard]] Benchmark gpu_layer_benchmark();

/// `amount` per second of CPU time of the fastest of several calls of `work`; at least three calls
/// and a fifth of a second.
[[nodiscard]] std::int64_t best_rate(std::int64_t amount, const std::function<void()>& work);

}  // namespace vr
