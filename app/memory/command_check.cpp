// SPDX-License-Identifier: Apache-2.0
#include "app/memory/command_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <limits>
#include <map>
#include <vector>

#include "app/memory/command_file.h"
#include "models/base/error.h"
#include "models/hbm4/standards/protocol_checker.h"
#include "models/transport/clock.h"

namespace vr {

namespace {

constexpr std::size_t kMostProblems = 20;
// From kTime on a table may lack them: what they say follows from the others.
enum Column : std::uint8_t {
    kTick,
    kPseudoChannel,
    kCommand,
    kBank,
    kRow,
    kColumn,
    kTime,
    kStackId,
    kBankGroup,
    kBankInGroup,
    kColumns
};
constexpr std::array<std::string_view, kColumns> kNames = {
    "tick",   "pseudo_channel", "command",  "bank",       "row",
    "column", "time_fs",        "stack_id", "bank_group", "bank_in_group"};
constexpr std::size_t kNotThere = std::numeric_limits<std::size_t>::max();

std::vector<std::string> cells_of(std::string line) {
    if (!line.empty() && line.back() == '\r') {
        line.pop_back();
    }
    std::vector<std::string> cells(1);
    for (const char c : line) {
        c == ',' ? static_cast<void>(cells.emplace_back()) : cells.back().push_back(c);
    }
    return cells;
}

class CommandFile {
  public:
    CommandFile(const std::string& path, const Hbm4Config& memory)
        : path_(path), memory_(memory), ck_(memory.clock) {
        most_[kTick] = ck_.first_edge({std::numeric_limits<std::int64_t>::max()}) - 1;
        most_[kPseudoChannel] = memory.pseudo_channels() - 1;
        most_[kBank] = memory.banks() - 1;
        most_[kRow] = memory.rows - 1;
        most_[kColumn] = memory.row_bytes.value / memory.access_bytes.value - 1;
    }
    CommandCheck check() {
        std::ifstream in(path_, std::ios::binary);
        std::string line;
        if (!in || !std::getline(in, line)) {
            throw InputError(Diagnostic{path_, 0, 0, "no table of commands can be read",
                                        "a CSV file with a header",
                                        "vrsim mem ... --events FILE.csv writes one"});
        }
        read_header(cells_of(line));
        for (line_ = 2; problems_.size() < kMostProblems && std::getline(in, line); ++line_) {
            if (!line.empty() && line != "\r") {
                one(cells_of(line));
            }
        }
        if (problems_.empty() && checked_.commands == 0) {
            problem("the table has no command", "a line a command");
        }
        if (!problems_.empty()) {
            throw InputError(std::move(problems_));
        }
        checked_.pseudo_channels = static_cast<std::int64_t>(checkers_.size());
        return checked_;
    }

  private:
    void problem(std::string what, std::string allowed, std::string hint = {}) {
        problems_.push_back(
            {path_, line_, 0, std::move(what), std::move(allowed), std::move(hint)});
    }
    void read_header(const std::vector<std::string>& cells) {
        line_ = 1;
        for (std::size_t c = 0; c < kColumns; ++c) {
            const auto found = std::find(cells.begin(), cells.end(), kNames[c]);
            const bool there = found != cells.end();
            if (!there && c < kTime) {
                problem(fmt::format("no column is called {}", kNames[c]),
                        fmt::format("{}", fmt::join(kNames.begin(), kNames.begin() + kTime, ", ")));
            }
            place_[c] = there ? static_cast<std::size_t>(found - cells.begin()) : kNotThere;
        }
        width_ = cells.size();
        if (!problems_.empty()) {
            throw InputError(std::move(problems_));
        }
    }
    // A cell as a number from 0 on; an empty one is 0 where it may be.
    bool number(const std::vector<std::string>& cells, Column column, bool needed,
                std::int64_t& value) {
        const std::string& cell = cells[place_[column]];
        value = 0;
        if (cell.empty() && !needed) {
            return true;
        }
        const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
        if (error == std::errc() && end == cell.data() + cell.size() && value >= 0 &&
            value <= most_[column]) {
            return true;
        }
        problem(fmt::format("{} = '{}'", kNames[column], cell),
                fmt::format("a whole number from 0 to {}", most_[column]));
        return false;
    }
    // A cell that follows from others: nothing, or what it has to be.
    void derived(const std::vector<std::string>& cells, Column column, std::int64_t value,
                 std::string_view why) {
        if (place_[column] == kNotThere) {
            return;
        }
        const std::string& cell = cells[place_[column]];
        if (!cell.empty() && cell != fmt::format("{}", value)) {
            problem(fmt::format("{} = '{}'", kNames[column], cell),
                    fmt::format("{}, {}", value, why));
        }
    }
    void check_derived(const std::vector<std::string>& cells, const hbm4::CommandRecord& record) {
        derived(cells, kTime, ck_.edge(record.tick).value,
                fmt::format("the time of tick {}", record.tick));
        if (!hbm4::is_of_all_banks(record.command)) {
            const BankPlace place = place_of(record.bank, memory_);
            const std::string why = fmt::format("as of bank {}", record.bank);
            derived(cells, kStackId, place.stack_id, why);
            derived(cells, kBankGroup, place.bank_group, why);
            derived(cells, kBankInGroup, place.bank_in_group, why);
        }
    }
    static std::vector<std::string_view> command_names() {
        std::vector<std::string_view> names;
        for (std::size_t c = 0; c < hbm4::kCommandCount; ++c) {
            names.push_back(hbm4::name_of(static_cast<hbm4::Command>(c)));
        }
        return names;
    }
    void one(const std::vector<std::string>& cells) {
        if (cells.size() != width_) {
            problem(fmt::format("{} cells", cells.size()),
                    fmt::format("{}, as in the header", width_));
            return;
        }
        hbm4::CommandRecord record;
        const std::string& word = cells[place_[kCommand]];
        const std::vector<std::string_view> names = command_names();
        const auto command = std::find(names.begin(), names.end(), word);
        if (command == names.end()) {
            problem(fmt::format("command = '{}'", word), fmt::format("{}", fmt::join(names, ", ")));
            return;
        }
        record.command = static_cast<hbm4::Command>(command - names.begin());
        std::int64_t at = 0;
        std::int64_t bank = 0;
        std::int64_t row = 0;
        std::int64_t in_row = 0;
        if (!number(cells, kTick, true, record.tick) || !number(cells, kPseudoChannel, true, at) ||
            !number(cells, kBank, !hbm4::is_of_all_banks(record.command), bank) ||
            !number(cells, kRow, names_row(record.command), row) ||
            !number(cells, kColumn, names_column(record.command), in_row)) {
            return;
        }
        record.bank = static_cast<std::int32_t>(bank);
        record.row = static_cast<std::int32_t>(row);
        record.column = static_cast<std::int32_t>(in_row);
        check_derived(cells, record);
        ++checked_.commands;
        for (const hbm4::Breach& breach :
             checkers_.try_emplace(at, memory_).first->second.command(record)) {
            problem(fmt::format("{} at tick {} of pseudo-channel {}: {}", breach.rule, breach.tick,
                                at, breach.what),
                    breach.allowed);
        }
    }

    const std::string& path_;
    const Hbm4Config& memory_;
    Clock ck_;
    std::array<std::int64_t, kColumns> most_{};
    std::array<std::size_t, kColumns> place_{};
    std::size_t width_ = 0;
    std::uint32_t line_ = 0;
    std::map<std::int64_t, hbm4::ProtocolChecker> checkers_;
    std::vector<Diagnostic> problems_;
    CommandCheck checked_;
};

}  // namespace

CommandCheck check_command_file(const std::string& path, const Hbm4Config& memory) {
    return CommandFile(path, memory).check();
}

}  // namespace vr
