// SPDX-License-Identifier: Apache-2.0
#include "models/base/quantity_units.h"

#include <array>

#include <fmt/format.h>

namespace vr::units {

namespace {

constexpr std::int64_t kKibi = 1024;
constexpr std::int64_t kMebi = kKibi * kKibi;
constexpr std::int64_t kGibi = kMebi * kKibi;
constexpr std::int64_t kTebi = kGibi * kKibi;

constexpr Unit kTimeUnits[] = {
    {"fs", 1, false},
    {"ps", 1'000, false},
    {"ns", 1'000'000, false},
    {"us", 1'000'000'000, false},
    {"ms", 1'000'000'000'000, false},
    {"s", 1'000'000'000'000'000, false},
};
constexpr Unit kByteUnits[] = {
    {"B", 1, false},
    {"kB", 1'000, false},
    {"MB", 1'000'000, false},
    {"GB", 1'000'000'000, false},
    {"TB", 1'000'000'000'000, false},
    {"KiB", kKibi, true},
    {"MiB", kMebi, true},
    {"GiB", kGibi, true},
    {"TiB", kTebi, true},
};
constexpr Unit kFrequencyUnits[] = {
    {"Hz", 1, false},
    {"kHz", 1'000, false},
    {"MHz", 1'000'000, false},
    {"GHz", 1'000'000'000, false},
};
constexpr Unit kBandwidthUnits[] = {
    {"B/s", 1, false},
    {"kB/s", 1'000, false},
    {"MB/s", 1'000'000, false},
    {"GB/s", 1'000'000'000, false},
    {"TB/s", 1'000'000'000'000, false},
    {"KiB/s", kKibi, true},
    {"MiB/s", kMebi, true},
    {"GiB/s", kGibi, true},
    {"TiB/s", kTebi, true},
};
constexpr Unit kBitRateUnits[] = {
    {"b/s", 1, false},
    {"kb/s", 1'000, false},
    {"Mb/s", 1'000'000, false},
    {"Gb/s", 1'000'000'000, false},
    {"Tb/s", 1'000'000'000'000, false},
};
constexpr Unit kCycleUnits[] = {{"clk", 1, false}};
constexpr Unit kBytesPerCycleUnits[] = {{"B/clk", 1, false}};
constexpr Unit kEnergyUnits[] = {
    {"fJ", 1, false},
    {"pJ", 1'000, false},
    {"nJ", 1'000'000, false},
    {"uJ", 1'000'000'000, false},
    {"mJ", 1'000'000'000'000, false},
    {"J", 1'000'000'000'000'000, false},
};

constexpr Family kTime{"a time", "19.5", "ns", false, false, kTimeUnits};
constexpr Family kBytes{"an amount of data", "192", "MiB", false, true, kByteUnits};
constexpr Family kFrequency{"a frequency", "2387.5", "MHz", false, false, kFrequencyUnits};
constexpr Family kBandwidth{"a bandwidth", "900", "GB/s", false, false, kBandwidthUnits};
constexpr Family kBitRate{"a bit rate", "200", "Gb/s", false, false, kBitRateUnits};
constexpr Family kCycles{"a number of cycles", "300", "clk", true, false, kCycleUnits};
constexpr Family kBytesPerCycle{
    "a number of bytes per cycle", "128", "B/clk", true, false, kBytesPerCycleUnits};
constexpr Family kEnergy{"an energy", "900", "pJ", false, false, kEnergyUnits};
constexpr std::array<const Family*, 8> kFamilies = {
    &kTime, &kBytes, &kFrequency, &kBandwidth, &kBitRate, &kCycles, &kBytesPerCycle, &kEnergy};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_space(char c) {
    return c == ' ' || c == '\t';
}

const Unit* find(const Family& family, std::string_view name) {
    for (const Unit& unit : family.units) {
        if (unit.name == name) {
            return &unit;
        }
    }
    return nullptr;
}

// digits * factor as decimal digits, most significant first.
std::string multiply(std::string_view digits, std::int64_t factor) {
    std::string product(digits.size(), '0');
    std::uint64_t carry = 0;  // stays below factor, so nothing overflows: factor < 2^50
    for (std::size_t i = digits.size(); i-- > 0;) {
        const std::uint64_t sum =
            static_cast<std::uint64_t>(digits[i] - '0') * static_cast<std::uint64_t>(factor) +
            carry;
        product[i] = static_cast<char>('0' + sum % 10);
        carry = sum / 10;
    }
    return carry == 0 ? product : std::to_string(carry) + product;
}

Outcome to_integer(bool negative, std::string_view digits, std::size_t fraction_digits,
                   std::int64_t factor, std::int64_t& value) {
    const std::string product = multiply(digits, factor);
    // multiply() keeps at least as many digits as it was given, so the fraction is there to cut
    // off.
    const std::string_view whole =
        std::string_view(product).substr(0, product.size() - fraction_digits);
    const std::string_view fraction = std::string_view(product).substr(whole.size());
    if (fraction.find_first_not_of('0') != std::string_view::npos) {
        return Outcome::kInexact;
    }
    const std::uint64_t limit = (std::uint64_t{1} << 63) - (negative ? 0 : 1);
    std::uint64_t magnitude = 0;
    for (const char c : whole) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (magnitude > (limit - digit) / 10) {
            return Outcome::kTooLarge;
        }
        magnitude = magnitude * 10 + digit;
    }
    value = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
    return Outcome::kOk;
}

}  // namespace

const Family& family(Time) {
    return kTime;
}
const Family& family(Bytes) {
    return kBytes;
}
const Family& family(Frequency) {
    return kFrequency;
}
const Family& family(Bandwidth) {
    return kBandwidth;
}
const Family& family(BitRate) {
    return kBitRate;
}
const Family& family(Cycles) {
    return kCycles;
}
const Family& family(BytesPerCycle) {
    return kBytesPerCycle;
}
const Family& family(Energy) {
    return kEnergy;
}

ParseResult parse(std::string_view text, const Family& family) {
    ParseResult result;
    std::size_t at = 0;
    const auto skip_spaces = [&] {
        while (at < text.size() && is_space(text[at])) {
            ++at;
        }
    };
    std::string digits;
    const auto take_digits = [&] {
        const std::size_t before = digits.size();
        while (at < text.size() && is_digit(text[at])) {
            digits += text[at++];
        }
        return digits.size() - before;
    };
    skip_spaces();
    const std::size_t begin = at;
    const bool negative = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
        ++at;
    }
    if (take_digits() == 0) {
        return result;
    }
    std::size_t fraction_digits = 0;
    if (at < text.size() && text[at] == '.') {
        ++at;
        fraction_digits = take_digits();
        if (fraction_digits == 0) {
            return result;
        }
    }
    result.number = std::string(text.substr(begin, at - begin));
    skip_spaces();
    std::string_view unit = text.substr(at);
    while (!unit.empty() && is_space(unit.back())) {
        unit.remove_suffix(1);
    }
    result.unit = std::string(unit);
    if (unit.empty()) {
        result.outcome = Outcome::kBareNumber;
        return result;
    }
    const Unit* known = find(family, unit);
    if (known == nullptr) {
        result.outcome = Outcome::kUnknownUnit;
        for (const Family* other : kFamilies) {
            if (find(*other, unit) != nullptr) {
                result.outcome = Outcome::kOtherKind;
                result.other = other;
            }
        }
        return result;
    }
    result.outcome = to_integer(negative, digits, fraction_digits, known->factor, result.value);
    return result;
}

std::string unit_list(const Family& family) {
    std::string list;
    for (const Unit& unit : family.units) {
        list += list.empty() ? "" : ", ";
        list += unit.name;
    }
    return list;
}

std::string expectation(const Family& family, std::string_view number) {
    const bool fits = !number.empty() && is_digit(number.front()) &&
                      number.find_first_not_of("0123456789.") == std::string_view::npos &&
                      !(family.whole && number.find('.') != std::string_view::npos);
    return fmt::format("a quantity with unit, e.g. \"{} {}\" ({})",
                       fits ? number : family.example_number, family.example_unit,
                       unit_list(family));
}

}  // namespace vr::units
