// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/memory/dramsim3.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <string_view>

#include "models/base/error.h"

namespace vr {

namespace {

constexpr std::size_t kMostProblems = 20;

// Takes words off a line and knows their columns.
class LineWords {
  public:
    explicit LineWords(std::string_view line) : line_(line) {}
    std::string_view next() {
        place_ = std::min(line_.find_first_not_of(kBlank, place_), line_.size());
        begin_ = place_;
        place_ = std::min(line_.find_first_of(kBlank, place_), line_.size());
        return line_.substr(begin_, place_ - begin_);
    }
    /// Column of the word that next() gave last, from 1.
    [[nodiscard]] std::uint32_t column() const { return static_cast<std::uint32_t>(begin_ + 1); }

  private:
    static constexpr std::string_view kBlank = " \t\r";
    std::string_view line_;
    std::size_t place_ = 0;
    std::size_t begin_ = 0;
};

template <class Number>
bool parse_whole(std::string_view word, Number& value, int base) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    return error == std::errc() && end == word.data() + word.size() && !word.empty();
}

class Reader {
  public:
    explicit Reader(const std::string& file) : file_(file) {}
    std::vector<MemoryAccess> read(std::istream& in) {
        std::string line;
        while (problems_.size() < kMostProblems && std::getline(in, line)) {
            ++line_;
            read_line(line);
        }
        if (problems_.empty() && accesses_.empty()) {
            line_ = 0;
            problem(0, "the trace has no accesses", "at least one line 'ADDRESS READ|WRITE CYCLE'",
                    "check that this is the right file");
        }
        if (!problems_.empty()) {
            throw InputError(std::move(problems_));
        }
        return std::move(accesses_);
    }

  private:
    void read_line(const std::string& line) {
        LineWords words(line);
        std::string_view address = words.next();
        if (address.empty()) {
            return;
        }
        MemoryAccess access;
        access.bytes = kDramsim3AccessBytes;
        const std::string_view given = address;
        if (address.starts_with("0x") || address.starts_with("0X")) {
            address.remove_prefix(2);
        }
        if (!parse_whole(address, access.address, 16)) {
            problem(words.column(), fmt::format("'{}' is no address", given),
                    "a hexadecimal number below 2^64, with or without 0x");
            return;
        }
        const std::string_view kind = words.next();
        if (kind == "WRITE" || kind == "P_MEM_WR" || kind == "BOFF") {
            access.write = true;
        } else if (kind != "READ") {
            problem(words.column(), fmt::format("'{}' is no kind of access", kind),
                    "READ, WRITE, P_MEM_WR or BOFF",
                    nearest_name(kind, {"READ", "WRITE", "P_MEM_WR", "BOFF"}));
            return;
        }
        const std::string_view cycle = words.next();
        if (!parse_whole(cycle, access.arrival, 10) || access.arrival < 0) {
            problem(words.column(), fmt::format("'{}' is no cycle", cycle),
                    "a decimal number from 0 to 2^63 - 1");
            return;
        }
        if (!accesses_.empty() && access.arrival < accesses_.back().arrival) {
            problem(words.column(),
                    fmt::format("cycle {} comes after cycle {}", access.arrival,
                                accesses_.back().arrival),
                    "cycles that do not fall from line to line");
            return;
        }
        const std::string_view more = words.next();
        if (!more.empty()) {
            problem(words.column(), fmt::format("'{}' follows the cycle", more),
                    "three words: address, kind, cycle");
            return;
        }
        // An access is a whole line of the cache behind it, wherever its address points in it.
        access.address -= access.address % kDramsim3AccessBytes;
        accesses_.push_back(access);
    }
    void problem(std::uint32_t column, std::string what, std::string allowed,
                 const std::string& hint = {}) {
        problems_.push_back({file_, line_, column, std::move(what), std::move(allowed),
                             hint.empty() || hint.find(' ') != std::string::npos
                                 ? hint
                                 : fmt::format("did you mean '{}'?", hint)});
    }

    const std::string& file_;
    std::uint32_t line_ = 0;
    std::vector<MemoryAccess> accesses_;
    std::vector<Diagnostic> problems_;
};

}  // namespace

std::vector<MemoryAccess> read_dramsim3(std::istream& in, const std::string& file) {
    return Reader(file).read(in);
}

std::vector<MemoryAccess> read_dramsim3_file(const std::string& path) {
    std::ifstream in(path);
    if (!in) {
        throw InputError(Diagnostic{path, 0, 0, "the trace cannot be opened", "a readable file",
                                    "check the path"});
    }
    return read_dramsim3(in, path);
}

}  // namespace vr
