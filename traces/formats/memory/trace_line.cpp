// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/memory/trace_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace vr::memory_trace {

namespace {
constexpr std::string_view kBlank = " \t\r\v\f";
constexpr std::size_t kLongestShown = 40;

// A word as messages show it: not too long, and printable.
std::string shown(std::string_view word) {
    std::string out(word.substr(0, kLongestShown));
    for (char& c : out) {
        c = c >= ' ' && c <= '~' ? c : '?';
    }
    return word.size() > kLongestShown ? out + "..." : out;
}
}  // namespace

std::string_view TraceLine::next() {
    place_ = std::min(text_.find_first_not_of(kBlank, place_), text_.size());
    begin_ = place_;
    place_ = std::min(text_.find_first_of(kBlank, place_), text_.size());
    return text_.substr(begin_, place_ - begin_);
}

bool TraceLine::problem(std::string what, std::string allowed, std::string hint) {
    const MemoryTrace::Place at = place();
    const std::string word = shown(text_.substr(begin_, place_ - begin_));
    problems_.push_back(
        {file_, at.line, at.column,
         word.empty() ? "the line ends too early" : fmt::format("'{}' {}", word, what),
         std::move(allowed), std::move(hint)});
    return false;
}

bool TraceLine::ends(std::string_view after, std::string_view allowed) {
    return next().empty() || problem(fmt::format("follows {}", after), std::string(allowed));
}

bool TraceLine::address(std::string_view word, bool always_hexadecimal, std::uint64_t& value) {
    const bool prefix = word.starts_with("0x") || word.starts_with("0X");
    const bool hexadecimal = always_hexadecimal || prefix;
    if (parse_whole(prefix ? word.substr(2) : word, value, hexadecimal ? 16 : 10)) {
        return true;
    }
    return problem("is no address",
                   always_hexadecimal
                       ? "a hexadecimal number below 2^64, with or without 0x"
                       : "a number below 2^64: decimal, or hexadecimal beginning with 0x");
}

bool TraceLine::cycle(std::string_view word, std::int64_t& value) {
    cycle_place_ = place();
    return (parse_whole(word, value, 10) && value >= 0) ||
           problem("is no cycle", "a decimal number from 0 to 2^63 - 1");
}

}  // namespace vr::memory_trace
