// SPDX-License-Identifier: Apache-2.0
// Rational clocks: edge k of a clock of f hertz is floor(k * 10^15 / f) femtoseconds, computed in 128-bit integers, so
// that no clock drifts and two clocks of one reference meet again exactly.
// Not modelled: jitter and frequency changes during a run.
#pragma once

#include <cstdint>

#include "models/base/quantity.h"

namespace vr {

/// A clock. Edges are numbered from 0 at time 0.
class Clock {
  public:
    Clock() = default;
    explicit constexpr Clock(Frequency frequency) : frequency_(frequency) {}
    [[nodiscard]] constexpr Frequency frequency() const { return frequency_; }

    /// Time of edge k.
    [[nodiscard]] constexpr Time edge(std::int64_t k) const {
        return {static_cast<std::int64_t>(static_cast<Wide>(k) * kFemtosecondsPerSecond /
                                          frequency_.value)};
    }
    /// Number of the first edge at or after t. Inverse of edge(): first_edge(edge(k)) == k.
    [[nodiscard]] constexpr std::int64_t first_edge(Time t) const {
        // edge(k) >= t  <=>  floor(k*S/f) >= t  <=>  k*S >= t*f  <=>  k >= ceil(t*f/S)
        return static_cast<std::int64_t>(
            (static_cast<Wide>(t.value) * frequency_.value + (kFemtosecondsPerSecond - 1)) /
            kFemtosecondsPerSecond);
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
    Frequency frequency_{1};
};

}  // namespace vr
