// SPDX-License-Identifier: Apache-2.0
#include "models/base/statistics.h"

#include <algorithm>
#include <bit>

#include "models/base/error.h"

namespace vr {

void StatisticsRegistry::add(std::string_view module_path, std::string_view name,
                             std::int64_t value, std::string_view unit,
                             std::string_view description, StatisticKind kind) {
    Statistic statistic{fmt::format("{}.{}", module_path, name), std::string(unit),
                        std::string(description), kind, value};
    for (const Statistic& known : statistics_) {
        ensure(known.path != statistic.path, "statistic '{}' is registered twice", known.path);
    }
    statistics_.push_back(std::move(statistic));
}

std::int64_t StatisticsRegistry::value(std::string_view path) const {
    const auto found = std::find_if(statistics_.begin(), statistics_.end(),
                                    [&](const Statistic& s) { return s.path == path; });
    ensure(found != statistics_.end(), "no statistic '{}'", path);
    return found->value;
}

void Histogram::record(std::int64_t value, std::int64_t times) {
    buckets[std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0)))] += times;
}

void Histogram::merge(const Histogram& other) {
    for (std::size_t b = 0; b < kBuckets; ++b) {
        buckets[b] += other.buckets[b];
    }
}

std::int64_t Histogram::count() const {
    std::int64_t total = 0;
    for (const std::int64_t n : buckets) {
        total += n;
    }
    return total;
}

std::int64_t Histogram::percentile_bound(std::int64_t percent) const {
    const std::int64_t wanted = (count() * percent + 99) / 100;
    std::int64_t seen = 0;
    for (std::size_t b = 0; b < kBuckets; ++b) {
        seen += buckets[b];
        if (seen >= wanted && seen > 0) {
            return b == 0 ? 0 : static_cast<std::int64_t>((std::uint64_t{1} << b) - 1);
        }
    }
    return 0;
}

}  // namespace vr
