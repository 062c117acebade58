// SPDX-License-Identifier: Apache-2.0
// The check of every option that is a whole number: all of the text is read, and nothing is
// wrapped, cut off or brought into range.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <limits>
#include <string>
#include <string_view>

namespace vr {

/// Accepts `least` to `most`, in decimal or, with 0x, in hexadecimal digits; a decimal number
/// reaches the option without leading zeros, which would make it octal there.
template <class Number>
[[nodiscard]] CLI::Validator whole_number(Number least,
                                          Number most = std::numeric_limits<Number>::max()) {
    const std::string range = fmt::format("{} to {}", least, most);
    return CLI::Validator(
        [=](std::string& text) -> std::string {
            const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
            const std::string_view digits = std::string_view(text).substr(hexadecimal ? 2 : 0);
            Number value{};
            const char* const end = digits.data() + digits.size();
            const auto [stopped, error] =
                std::from_chars(digits.data(), end, value, hexadecimal ? 16 : 10);
            if (error != std::errc() || stopped != end || value < least || value > most) {
                return fmt::format("'{}' given; allowed: whole numbers, {}", text, range);
            }
            text = fmt::format("{}", value);
            return {};
        },
        most == std::numeric_limits<Number>::max() ? fmt::format("at least {}", least) : range);
}

}  // namespace vr
