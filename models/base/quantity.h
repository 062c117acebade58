// SPDX-License-Identifier: Apache-2.0
// Strong types of the quantities that vrsim computes with: integers of one base unit each, never
// floating point. Not modelled: general dimensional algebra; the few products that occur are
// functions with names.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace vr {

/// An integer count of one base unit; `Tag` keeps kinds apart.
template <class Tag>
struct Quantity {
    std::int64_t value = 0;

    constexpr auto operator<=>(const Quantity&) const = default;
    constexpr Quantity& operator+=(Quantity other) {
        value += other.value;
        return *this;
    }
    constexpr Quantity& operator-=(Quantity other) {
        value -= other.value;
        return *this;
    }
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.value + b.value}; }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.value - b.value}; }
    friend constexpr Quantity operator*(Quantity a, std::int64_t n) { return {a.value * n}; }
    friend constexpr Quantity operator*(std::int64_t n, Quantity a) { return {a.value * n}; }
};

/// A point or a span of simulated time in femtoseconds (2^63 fs is 2.5 hours).
using Time = Quantity<struct TimeTag>;
/// An amount of data in bytes.
using Bytes = Quantity<struct BytesTag>;
/// A clock frequency in hertz.
using Frequency = Quantity<struct FrequencyTag>;
/// A data rate in bytes per second; direction is in the name of the parameter.
using Bandwidth = Quantity<struct BandwidthTag>;
/// A signalling rate of one pin or lane in bits per second.
using BitRate = Quantity<struct BitRateTag>;
/// A number of cycles of the clock that the parameter's help names.
using Cycles = Quantity<struct CyclesTag>;
/// A width in bytes per cycle of the clock that the parameter's help names.
using BytesPerCycle = Quantity<struct BytesPerCycleTag>;
/// In femtojoules.
using Energy = Quantity<struct EnergyTag>;

/// "Nothing is due": later than every simulated time.
inline constexpr Time kNever{std::numeric_limits<std::int64_t>::max()};

inline constexpr std::int64_t kFemtosecondsPerNanosecond = 1'000'000;
inline constexpr std::int64_t kFemtosecondsPerSecond = 1'000'000'000'000'000;

constexpr Time nanoseconds(std::int64_t n) {
    return {n * kFemtosecondsPerNanosecond};
}

/// Quotient of two non-negative integers, rounded up.
constexpr std::int64_t divide_round_up(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

}  // namespace vr
