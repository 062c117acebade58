// SPDX-License-Identifier: Apache-2.0
#include "app/report/text.h"

#include <fmt/format.h>

#include <array>
#include <limits>

namespace vr {

namespace {

__extension__ using Wide = __int128;

std::int64_t power_of_ten(int digits) {
    std::int64_t power = 1;
    for (int i = 0; i < digits; ++i) {
        power *= 10;
    }
    return power;
}

struct Prefix {
    std::int64_t scale;
    std::string_view name;
};

// value / scale with `digits` decimals, rounded half up.
std::string decimal(std::int64_t value, std::int64_t scale, int digits) {
    const std::int64_t tens = power_of_ten(digits);
    const auto scaled =
        static_cast<std::int64_t>((static_cast<Wide>(value) * tens + scale / 2) / scale);
    if (digits == 0) {
        return fmt::format("{}", scaled);
    }
    return fmt::format("{}.{:0{}}", scaled / tens, scaled % tens, digits);
}

// Of 10^-15 of a unit, in the largest part of it that is not above the value.
std::string femto_text(std::int64_t value, std::string_view unit) {
    static constexpr std::array<Prefix, 5> kParts = {{{1'000'000'000'000'000, ""},
                                                      {1'000'000'000'000, "m"},
                                                      {1'000'000'000, "u"},
                                                      {1'000'000, "n"},
                                                      {1'000, "p"}}};
    for (const Prefix& part : kParts) {
        if (value >= part.scale) {
            return fmt::format("{} {}{}", decimal(value, part.scale, 3), part.name, unit);
        }
    }
    return fmt::format("{} f{}", value, unit);
}

}  // namespace

std::int64_t scaled_ratio(std::int64_t amount, std::int64_t whole, std::int64_t scale) {
    if (whole == 0) {
        return 0;
    }
    const Wide quotient = static_cast<Wide>(amount) * scale / whole;
    constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(quotient > kMost ? kMost : quotient);
}

std::string ratio_text(std::int64_t amount, std::int64_t whole, int digits) {
    const std::int64_t tens = power_of_ten(digits);
    const std::int64_t scaled = scaled_ratio(amount, whole, tens);
    return fmt::format("{}.{:0{}}", scaled / tens, scaled % tens, digits);
}

std::int64_t rate_per_second(std::int64_t amount, Time elapsed) {
    return scaled_ratio(amount, elapsed.value, kFemtosecondsPerSecond);
}

bool exceeds(std::int64_t amount, std::int64_t peak_per_second, Time elapsed) {
    return static_cast<Wide>(amount) * kFemtosecondsPerSecond >
           static_cast<Wide>(peak_per_second) * elapsed.value;
}

std::string time_text(Time time) {
    return femto_text(time.value, "s");
}

std::string energy_text(Energy energy) {
    return femto_text(energy.value, "J");
}

std::string amount_text(std::int64_t amount, std::string_view unit) {
    static constexpr std::array<Prefix, 6> kPrefixes = {{{1'000'000'000'000'000'000, "E"},
                                                         {1'000'000'000'000'000, "P"},
                                                         {1'000'000'000'000, "T"},
                                                         {1'000'000'000, "G"},
                                                         {1'000'000, "M"},
                                                         {1'000, "k"}}};
    for (const Prefix& prefix : kPrefixes) {
        if (amount >= prefix.scale) {
            const int digits = amount >= 100 * prefix.scale ? 1 : 2;
            return fmt::format("{} {}{}", decimal(amount, prefix.scale, digits), prefix.name, unit);
        }
    }
    return fmt::format("{} {}", amount, unit);
}

std::string percent_text(std::int64_t amount, std::int64_t whole) {
    return fmt::format("{} %", decimal(scaled_ratio(amount, whole, 100'000), 1000, 1));
}

std::string hex_text(std::uint64_t value) {
    return fmt::format("{:016x}", value);
}

}  // namespace vr
