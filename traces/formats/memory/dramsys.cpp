// SPDX-License-Identifier: Apache-2.0
// Lines of DRAMSys traces: CYCLE: [(LENGTH)] read|write ADDRESS [DATA], the address and the data
// hexadecimal, comments from # on at the start of a line (tukl-msd/DRAMSys, StlPlayer). In .rstl
// files a cycle counts from when the access before was taken (RequestIssuer: from its END_REQ).
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "traces/formats/memory/trace_line.h"

namespace vr::memory_trace {

namespace {

constexpr const char* kForm = "CYCLE: [(LENGTH)] read|write ADDRESS [DATA]";

bool parse_length(TraceLine& line, std::string_view word, std::uint32_t& bytes) {
    if (word.ends_with(')') && parse_whole(word.substr(1, word.size() - 2), bytes, 10) &&
        bytes > 0) {
        return true;
    }
    return line.problem("is no length", fmt::format("bytes in parentheses: (1) to ({})",
                                                    std::numeric_limits<std::uint32_t>::max()));
}

bool is_hexadecimal(std::string_view digits) {
    return std::all_of(digits.begin(), digits.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

// Contents are checked and not kept.
bool parse_data(TraceLine& line, std::string_view word, const MemoryAccess& access) {
    if (!access.write) {
        return line.problem("follows the address of a read", kForm);
    }
    const std::string_view digits =
        word.starts_with("0x") || word.starts_with("0X") ? word.substr(2) : word;
    const std::size_t wanted = std::size_t{access.bytes} * 2;
    if (!is_hexadecimal(digits) || digits.size() != wanted) {
        return line.problem("is no data of this write",
                            fmt::format("{} hexadecimal digits for {} B, with or without 0x",
                                        wanted, access.bytes));
    }
    return line.ends("the data", kForm);
}

}  // namespace

bool parse_dramsys(TraceLine& line, std::string_view first, MemoryAccess& access,
                   MemoryTrace::Place& place) {
    if (!first.ends_with(':')) {
        return line.problem("is no cycle with a colon", kForm);
    }
    if (!line.cycle(first.substr(0, first.size() - 1), access.arrival)) {
        return false;
    }
    std::string_view word = line.next();
    const bool has_length = word.starts_with('(');
    if (has_length) {
        if (!parse_length(line, word, access.bytes)) {
            return false;
        }
        word = line.next();
    }
    access.write = word == "write";
    if (!access.write && word != "read") {
        return line.problem("is no kind of access", "read or write");
    }
    if (!line.address(line.next(), true, access.address)) {
        return false;
    }
    place = line.place();
    if (!has_length) {
        access.address -= access.address % access.bytes;
    }
    const std::string_view data = line.next();
    return data.empty() || parse_data(line, data, access);
}

}  // namespace vr::memory_trace
