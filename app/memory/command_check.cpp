// SPDX-License-Identifier: Apache-2.0
#include "app/memory/command_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <vector>

#include "models/base/error.h"
#include "models/hbm4/standards/protocol_checker.h"

namespace vr {

namespace {

constexpr std::size_t kMostProblems = 20;
enum Column : std::uint8_t { kTick, kPseudoChannel, kCommand, kBank, kRow, kColumn, kColumns };
constexpr std::array<std::string_view, kColumns> kNames = {
    "tick", "pseudo_channel", "command", "bank", "row", "column"};

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
    CommandFile(const std::string& path, const Hbm4Config& memory) : path_(path), memory_(memory) {}
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
            if (found == cells.end()) {
                problem(fmt::format("no column is called {}", kNames[c]),
                        fmt::format("{}", fmt::join(kNames, ", ")));
            }
            place_[c] = static_cast<std::size_t>(found - cells.begin());
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
            value < std::int64_t{1} << (column == kTick ? 62 : 31)) {
            return true;
        }
        problem(fmt::format("{} = '{}'", kNames[column], cell), "a whole number from 0 on");
        return false;
    }
    void one(const std::vector<std::string>& cells) {
        if (cells.size() != width_) {
            problem(fmt::format("{} cells", cells.size()),
                    fmt::format("{}, as in the header", width_));
            return;
        }
        hbm4::CommandRecord record;
        const std::string& word = cells[place_[kCommand]];
        std::size_t command = 0;
        while (command < hbm4::kCommandCount &&
               hbm4::name_of(static_cast<hbm4::Command>(command)) != word) {
            ++command;
        }
        if (command == hbm4::kCommandCount) {
            problem(fmt::format("command = '{}'", word),
                    "ACT, PRE, RD, WR, REFpb, PREab, REFab, RFMpb, DRFMpb");
            return;
        }
        record.command = static_cast<hbm4::Command>(command);
        const bool column = word == "RD" || word == "WR";
        const bool all = word == "PREab" || word == "REFab";
        std::int64_t at = 0;
        std::int64_t bank = 0;
        std::int64_t row = 0;
        std::int64_t in_row = 0;
        if (!number(cells, kTick, true, record.tick) || !number(cells, kPseudoChannel, true, at) ||
            !number(cells, kBank, !all, bank) ||
            !number(cells, kRow, column || word == "ACT" || word == "DRFMpb", row) ||
            !number(cells, kColumn, column, in_row)) {
            return;
        }
        record.bank = static_cast<std::int32_t>(bank);
        record.row = static_cast<std::int32_t>(row);
        record.column = static_cast<std::int32_t>(in_row);
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
