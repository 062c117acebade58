// SPDX-License-Identifier: Apache-2.0
#include "models/base/quantity_text.h"

#include <fmt/format.h>

#include "models/base/quantity_units.h"

namespace vr {

namespace {

constexpr int kMaxDecimals = 3;

// The magnitude in `unit`, or "" when that is below one or needs more than three decimals.
std::string in_unit(std::uint64_t magnitude, const units::Unit& unit) {
    const auto factor = static_cast<std::uint64_t>(unit.factor);
    if (factor > 1 && magnitude < factor) {
        return {};
    }
    std::uint64_t remainder = magnitude % factor;
    std::string text = fmt::format("{}", magnitude / factor);
    for (int decimals = 0; remainder != 0; ++decimals) {
        if (decimals == kMaxDecimals) {
            return {};
        }
        text += decimals == 0 ? "." : "";
        remainder *= 10;  // factor is below 2^50, so this stays below 2^54
        text += static_cast<char>('0' + remainder / factor);
        remainder %= factor;
    }
    return fmt::format("{} {}", text, unit.name);
}

std::string format(std::int64_t value, const units::Family& family) {
    const std::uint64_t magnitude =
        value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    std::string decimal;
    std::string binary;
    for (const units::Unit& unit : family.units) {  // ascending, so the largest that fits stays
        std::string text = in_unit(magnitude, unit);
        if (!text.empty()) {
            (unit.binary ? binary : decimal) = std::move(text);
        }
    }
    const bool use_binary =
        !binary.empty() && (binary.size() < decimal.size() ||
                            (binary.size() == decimal.size() && family.prefer_binary));
    return (value < 0 ? "-" : "") + (use_binary ? binary : decimal);
}

}  // namespace

std::string to_text(Time value) {
    return format(value.value, units::family(value));
}
std::string to_text(Bytes value) {
    return format(value.value, units::family(value));
}
std::string to_text(Frequency value) {
    return format(value.value, units::family(value));
}
std::string to_text(Bandwidth value) {
    return format(value.value, units::family(value));
}
std::string to_text(BitRate value) {
    return format(value.value, units::family(value));
}
std::string to_text(Cycles value) {
    return format(value.value, units::family(value));
}
std::string to_text(BytesPerCycle value) {
    return format(value.value, units::family(value));
}
std::string to_text(Energy value) {
    return format(value.value, units::family(value));
}

}  // namespace vr
