// SPDX-License-Identifier: Apache-2.0
// Statistics of units: counters live in the units' own state; at the end each unit names them here.
// Not modelled: exponential filters and time series; sums, minima, maxima and histograms survive
// skipped time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vr {

/// How values of folded or skipped machines combine.
enum class StatisticKind { kSum, kMinimum, kMaximum };

/// One named value of one unit.
struct Statistic {
    std::string path;  ///< module path and name, e.g. "gpu.l2.hits"
    std::string unit;  ///< e.g. "B", "requests", "fs"
    std::string description;
    StatisticKind kind = StatisticKind::kSum;
    std::int64_t value = 0;
};

/// All statistics of a run, in the order in which the units named them (fixed by the platform, not
/// by time).
class StatisticsRegistry {
  public:
    /// Adds a value; the same path twice is an error of the model (the eighth channel must not
    /// overwrite the first).
    void add(std::string_view module_path, std::string_view name, std::int64_t value,
             std::string_view unit, std::string_view description,
             StatisticKind kind = StatisticKind::kSum);
    [[nodiscard]] const std::vector<Statistic>& all() const { return statistics_; }
    /// The value at a full path; an unknown path is an internal error.
    [[nodiscard]] std::int64_t value(std::string_view path) const;

  private:
    std::vector<Statistic> statistics_;
};

/// A histogram over powers of two: bucket b counts values in [2^(b-1), 2^b); bucket 0 counts zeros.
class Histogram {
  public:
    void record(std::int64_t value, std::int64_t times = 1);
    void merge(const Histogram& other);
    [[nodiscard]] std::int64_t count() const;
    /// Upper bound of the bucket in which the given share (0..100 percent) of all values lies.
    [[nodiscard]] std::int64_t percentile_bound(std::int64_t percent) const;
    static constexpr std::size_t kBuckets = 64;
    std::int64_t buckets[kBuckets] = {};
};

}  // namespace vr
