// SPDX-License-Identifier: Apache-2.0
// Integers as text for people: times, bytes, rates and ratios, computed without floating point.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/base/quantity.h"

namespace vr {

/// floor(amount x scale / whole) in 128 bits; 0 when whole is 0.
[[nodiscard]] std::int64_t scaled_ratio(std::int64_t amount, std::int64_t whole,
                                        std::int64_t scale);
/// amount / whole with `digits` decimals, cut off: "0.512345".
[[nodiscard]] std::string ratio_text(std::int64_t amount, std::int64_t whole, int digits);
/// floor(amount per second) over `elapsed`.
[[nodiscard]] std::int64_t rate_per_second(std::int64_t amount, Time elapsed);
/// Whether `amount` in `elapsed` is more than `peak` per second allows (exact).
[[nodiscard]] bool exceeds(std::int64_t amount, std::int64_t peak_per_second, Time elapsed);

/// "12.345 us": four significant digits or more.
[[nodiscard]] std::string time_text(Time time);
/// "35.840 uJ": as time_text.
[[nodiscard]] std::string energy_text(Energy energy);
/// "583.5 MB": decimal prefixes, one decimal, with `unit` after the prefix.
[[nodiscard]] std::string amount_text(std::int64_t amount, std::string_view unit);
/// "31.4 %".
[[nodiscard]] std::string percent_text(std::int64_t amount, std::int64_t whole);
/// Sixteen hex digits.
[[nodiscard]] std::string hex_text(std::uint64_t value);

}  // namespace vr
