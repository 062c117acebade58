// SPDX-License-Identifier: Apache-2.0
// One line of a memory trace, word by word, and the faults found in it; the lines of each format.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/error.h"
#include "traces/formats/memory/memory_trace.h"

namespace vr::memory_trace {

/// Words of a line between blanks, with their places, and a list that takes its faults.
class TraceLine {
  public:
    TraceLine(const std::string& file, std::uint32_t number, std::string_view text,
              std::vector<Diagnostic>& problems)
        : file_(file), number_(number), text_(text), problems_(problems) {}

    /// The next word; "" at the end of the line.
    std::string_view next();
    /// Where the word that next() gave last begins.
    [[nodiscard]] MemoryTrace::Place place() const {
        return {number_, static_cast<std::uint32_t>(begin_ + 1)};
    }
    /// A fault at that word, "'WORD' WHAT"; at the end of the line that is the fault. Always false,
    /// so that a parser can return it.
    bool problem(std::string what, std::string allowed, std::string hint = {});
    /// Whether the line ends here; a fault otherwise. `after` is what came last: "the cycle".
    bool ends(std::string_view after, std::string_view allowed);
    /// `word` as an address; hexadecimal when it begins with 0x or when `always_hexadecimal`.
    bool address(std::string_view word, bool always_hexadecimal, std::uint64_t& value);
    /// `word` as a cycle.
    bool cycle(std::string_view word, std::int64_t& value);
    /// Where the line's cycle stood.
    [[nodiscard]] MemoryTrace::Place cycle_place() const { return cycle_place_; }

  private:
    const std::string& file_;
    std::uint32_t number_;
    std::string_view text_;
    std::vector<Diagnostic>& problems_;
    std::size_t place_ = 0;
    std::size_t begin_ = 0;
    MemoryTrace::Place cycle_place_;
};

/// Whether `word` is a number of that base as a whole; puts it into `value`.
template <class Number>
bool parse_whole(std::string_view word, Number& value, int base) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    return error == std::errc() && end == word.data() + word.size() && !word.empty();
}

/// Reads a line that begins with `first` into `access`, whose bytes hold the size of accesses
/// without a length, and notes the place of its address; false after a fault.
using ParseLine = bool (*)(TraceLine& line, std::string_view first, MemoryAccess& access,
                           MemoryTrace::Place& place);
bool parse_dramsim3(TraceLine& line, std::string_view first, MemoryAccess& access,
                    MemoryTrace::Place& place);
bool parse_ramulator(TraceLine& line, std::string_view first, MemoryAccess& access,
                     MemoryTrace::Place& place);
bool parse_dramsys(TraceLine& line, std::string_view first, MemoryAccess& access,
                   MemoryTrace::Place& place);

}  // namespace vr::memory_trace
