// SPDX-License-Identifier: Apache-2.0
// Rational clocks: edge k of a clock of f hertz is floor(k * 10^15 / f) femtoseconds, computed in
// 128-bit integers, so that no clock drifts and two clocks of one reference meet again exactly. Not
// modelled: jitter and frequency changes during a run.
#pragma once

#include <cstdint>
#include <limits>
#include <numeric>

#include "models/base/quantity.h"

namespace vr {

/// A clock. Edges are numbered from 0 at time 0.
class Clock {
  public:
    Clock() = default;
    explicit constexpr Clock(Frequency frequency)
        : frequency_(frequency),
          numerator_(kFemtosecondsPerSecond / std::gcd(kFemtosecondsPerSecond, frequency.value)),
          denominator_(frequency.value / std::gcd(kFemtosecondsPerSecond, frequency.value)),
          narrow_edges_(kWidest / numerator_),
          narrow_time_((kWidest - numerator_) / denominator_) {}
    [[nodiscard]] constexpr Frequency frequency() const { return frequency_; }

    /// Time of edge k.
    [[nodiscard]] constexpr Time edge(std::int64_t k) const {
        if (k <= narrow_edges_) [[likely]] {  // the product fits 64 bits: a much cheaper division
            return {k * numerator_ / denominator_};
        }
        return {static_cast<std::int64_t>(static_cast<Wide>(k) * numerator_ / denominator_)};
    }
    /// Number of the first edge at or after t. Inverse of edge(): first_edge(edge(k)) == k.
    [[nodiscard]] constexpr std::int64_t first_edge(Time t) const {
        // edge(k) >= t  <=>  floor(k*n/d) >= t  <=>  k*n >= t*d  <=>  k >= ceil(t*d/n)
        if (t.value <= narrow_time_) [[likely]] {
            return (t.value * denominator_ + (numerator_ - 1)) / numerator_;
        }
        return static_cast<std::int64_t>(
            (static_cast<Wide>(t.value) * denominator_ + (numerator_ - 1)) / numerator_);
    }
    /// First edge at or after t, as a time.
    [[nodiscard]] constexpr Time align(Time t) const { return edge(first_edge(t)); }
    /// The edge `cycles` after the first edge at or after t.
    [[nodiscard]] constexpr Time after(Time t, Cycles cycles) const {
        return edge(first_edge(t) + cycles.value);
    }
    /// Length of n cycles counted from edge 0: a declared latency of n cycles.
    [[nodiscard]] constexpr Time span(Cycles cycles) const { return edge(cycles.value); }

  private:
    __extension__ using Wide = __int128;
    static constexpr std::int64_t kWidest = std::numeric_limits<std::int64_t>::max();
    Frequency frequency_{1};
    // Period = numerator / denominator fs, reduced
    std::int64_t numerator_ = kFemtosecondsPerSecond;
    std::int64_t denominator_ = 1;
    std::int64_t narrow_edges_ = 0;
    std::int64_t narrow_time_ = 0;
};

}  // namespace vr
