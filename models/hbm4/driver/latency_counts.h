// SPDX-License-Identifier: Apache-2.0
// Exact distribution of latencies in ticks: an array for the common ones, a map for the rest.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <vector>

namespace vr {

class LatencyCounts {
  public:
    void record(std::int64_t ticks) {
        ++count_;
        sum_ += ticks;
        if (ticks < kArray) {
            ++low_[static_cast<std::size_t>(ticks)];
        } else {
            ++high_[ticks];
        }
    }
    [[nodiscard]] std::int64_t count() const { return count_; }
    [[nodiscard]] std::int64_t sum() const { return sum_; }
    /// Smallest latency that at least `percent` of all do not exceed; 0 when there are none.
    [[nodiscard]] std::int64_t percentile(std::int64_t percent) const {
        std::int64_t left = (count_ * percent + 99) / 100;
        for (std::size_t ticks = 0; ticks < low_.size(); ++ticks) {
            left -= low_[ticks];
            if (left <= 0 && count_ > 0 && low_[ticks] > 0) {
                return static_cast<std::int64_t>(ticks);
            }
        }
        for (const auto& [ticks, times] : high_) {
            left -= times;
            if (left <= 0) {
                return ticks;
            }
        }
        return 0;
    }

    /// How many are 0 or 1, 2 or 3, 4 to 7, 8 to 15, ...; without the empty ones behind the last.
    [[nodiscard]] std::vector<std::int64_t> powers_of_two() const {
        std::vector<std::int64_t> counts;
        const auto add = [&counts](std::int64_t ticks, std::int64_t times) {
            const auto place =
                static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(ticks) | 1)) - 1;
            counts.resize(std::max(counts.size(), place + 1));
            counts[place] += times;
        };
        for (std::size_t ticks = 0; ticks < low_.size(); ++ticks) {
            if (low_[ticks] > 0) {
                add(static_cast<std::int64_t>(ticks), low_[ticks]);
            }
        }
        for (const auto& [ticks, times] : high_) {
            add(ticks, times);
        }
        return counts;
    }

  private:
    static constexpr std::int64_t kArray = 1 << 16;
    std::vector<std::int64_t> low_ = std::vector<std::int64_t>(kArray);
    std::map<std::int64_t, std::int64_t> high_;
    std::int64_t count_ = 0;
    std::int64_t sum_ = 0;
};

}  // namespace vr
