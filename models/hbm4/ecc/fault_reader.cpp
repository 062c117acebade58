// SPDX-License-Identifier: Apache-2.0
// A line: `bit|symbol ADDRESS NUMBER[,NUMBER...]` or `word|row|bank ADDRESS`, then
// `flip|stuck0|stuck1|noise`, then nothing or `at TIME`; # begins a comment.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

#include "models/base/configuration.h"
#include "models/base/error.h"
#include "models/base/random.h"
#include "models/hbm4/ecc/memory_fault.h"
#include "models/hbm4/hbm4_config.h"

namespace vr::hbm4 {

namespace {

enum class Cells : std::uint8_t { kBits, kSymbols, kAll };

struct Target {
    const char* name;
    FaultReach reach;
    Cells cells;  // which of a word a line names
};
constexpr std::array<Target, 5> kTargets = {{{"bit", FaultReach::kWord, Cells::kBits},
                                             {"symbol", FaultReach::kWord, Cells::kSymbols},
                                             {"word", FaultReach::kWord, Cells::kAll},
                                             {"row", FaultReach::kRow, Cells::kAll},
                                             {"bank", FaultReach::kBank, Cells::kAll}}};

struct Kind {
    const char* name;
    FaultKind kind;
};
constexpr std::array<Kind, 4> kKinds = {{{"flip", FaultKind::kFlip},
                                         {"stuck0", FaultKind::kStuck0},
                                         {"stuck1", FaultKind::kStuck1},
                                         {"noise", FaultKind::kNoise}}};

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line.substr(0, line.find('#')));
    std::vector<std::string> out;
    for (std::string word; in >> word;) {
        out.push_back(word);
    }
    return out;
}

bool parse_number(std::string_view text, std::uint64_t& value) {
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        text.remove_prefix(2);
        base = 16;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

// Reads one line; throws Diagnostic, without a place, at what is wrong.
class LineReader {
  public:
    LineReader(std::vector<std::string> words, const AddressMap& map, const WordCode& code)
        : words_(std::move(words)), map_(map), code_(code) {}

    MemoryFault operator()() {
        const Target& target = one_of(kTargets, "what is faulty");
        read_address();
        read_cells(target);
        fault_.reach = target.reach;
        fault_.kind = one_of(kKinds, "how it is faulty").kind;
        read_time();
        return fault_;
    }

  private:
    [[noreturn]] static void refuse(std::string what, std::string allowed, std::string hint = {}) {
        throw Diagnostic{"", 0, 0, std::move(what), std::move(allowed), std::move(hint)};
    }
    const std::string& next(const char* meaning, const std::string& allowed) {
        if (place_ == words_.size()) {
            refuse(fmt::format("the line ends before it says {}", meaning), allowed);
        }
        return words_[place_++];
    }
    template <class Row, std::size_t Count>
    const Row& one_of(const std::array<Row, Count>& rows, const char* meaning) {
        std::vector<std::string> allowed;
        for (const Row& row : rows) {
            allowed.emplace_back(row.name);
        }
        const std::string all = fmt::format("{}", fmt::join(allowed, ", "));
        const std::string& word = next(meaning, all);
        const auto found = std::find_if(rows.begin(), rows.end(),
                                        [&](const Row& row) { return word == row.name; });
        if (found != rows.end()) {
            return *found;
        }
        const std::string nearest = nearest_name(word, allowed);
        refuse(fmt::format("'{}' where a line says {}", word, meaning), all,
               nearest.empty() ? "" : fmt::format("did you mean {}?", nearest));
    }
    void read_address() {
        const std::string allowed =
            fmt::format("an address below {:#x}, the memory's capacity", map_.capacity());
        const std::string& word = next("where", allowed);
        std::uint64_t address = 0;
        if (!parse_number(word, address) || address >= map_.capacity()) {
            refuse(fmt::format("address '{}'", word), allowed);
        }
        fault_.address = address / kWordBytes * kWordBytes;
        if (fault_.address != address) {
            refuse(fmt::format("address '{}' is inside a word", word),
                   fmt::format("multiples of {}", kWordBytes),
                   fmt::format("say {:#x} and count its cells from there", fault_.address));
        }
    }
    void set(std::size_t bit) {
        fault_.cells[bit / 8] |= static_cast<std::uint8_t>(1U << (bit % 8));
    }
    void read_cells(const Target& target) {
        if (target.cells == Cells::kAll) {
            for (std::size_t i = 0; i < code_.bits(); ++i) {
                set(i);
            }
            return;
        }
        const bool bits = target.cells == Cells::kBits;
        const std::size_t count = bits ? code_.bits() : code_.symbols();
        const std::string allowed = fmt::format(
            "0 to {}, with commas between several: a word has 256 bits of data, then metadata, "
            "then parity",
            count - 1);
        const std::string& list = next(bits ? "which bits" : "which symbols", allowed);
        for (std::size_t begin = 0; begin <= list.size();) {
            const std::size_t end = std::min(list.find(',', begin), list.size());
            const std::string part = list.substr(begin, end - begin);
            begin = end + 1;
            std::uint64_t number = 0;
            if (!parse_number(part, number) || number >= count) {
                refuse(fmt::format("{} '{}'", target.name, part), allowed);
            }
            const std::size_t width = bits ? 1 : kSymbolBits;
            for (std::size_t i = 0; i < width; ++i) {
                set(number * width + i);
            }
        }
    }
    void read_time() {
        if (place_ == words_.size()) {
            return;
        }
        const std::string& word = words_[place_++];
        if (word != "at") {
            refuse(fmt::format("'{}' at the end of the line", word),
                   "nothing (from the start), or: at TIME");
        }
        const std::string text = fmt::format(
            "{}",
            fmt::join(words_.begin() + static_cast<std::ptrdiff_t>(place_), words_.end(), " "));
        std::string allowed;
        if (!parse_quantity(text, fault_.at, allowed) || fault_.at < Time{}) {
            refuse(fmt::format("time '{}'", text), "a time with its unit, such as 10 us");
        }
    }

    std::vector<std::string> words_;
    const AddressMap& map_;
    const WordCode& code_;
    std::size_t place_ = 0;
    MemoryFault fault_;
};

class ListReader {
  public:
    ListReader(const AddressMap& map, const WordCode& code) : map_(map), code_(code) {}

    void read(const std::string& file, const std::string& text, char end) {
        std::istringstream in(text);
        std::uint32_t number = 0;
        for (std::string line; std::getline(in, line, end);) {
            ++number;
            std::vector<std::string> words = words_of(line);
            if (words.empty()) {
                continue;
            }
            try {
                out_.faults.push_back(LineReader(std::move(words), map_, code_)());
            } catch (Diagnostic& problem) {
                problem.file = file;
                problem.line = number;
                problems_.push_back(std::move(problem));
            }
        }
    }
    void read_file(const std::string& name) {
        std::ifstream file(name, std::ios::binary);
        std::string text;
        std::array<char, 65536> block;
        while (file) {
            file.read(block.data(), block.size());
            text.append(block.data(), static_cast<std::size_t>(file.gcount()));
        }
        if (!file.is_open() || file.bad()) {  // bad: a folder, say, which opens and gives nothing
            problems_.push_back({name, 0, 0, "the file of faults cannot be read",
                                 "a text file with one fault a line", "see hbm4.faults.file"});
            return;
        }
        out_.file_digest = hash_text(text);
        read(name, text, '\n');
    }
    FaultList take() {
        if (!problems_.empty()) {
            throw InputError(std::move(problems_));
        }
        return std::move(out_);
    }

  private:
    const AddressMap& map_;
    const WordCode& code_;
    FaultList out_;
    std::vector<Diagnostic> problems_;
};

}  // namespace

FaultList read_faults(const Hbm4Config& config, const AddressMap& map, const WordCode& code) {
    ListReader reader(map, code);
    reader.read("hbm4.faults.list", config.faults.list, ';');
    if (!config.faults.file.empty()) {
        reader.read_file(config.faults.file);
    }
    return reader.take();
}

}  // namespace vr::hbm4
