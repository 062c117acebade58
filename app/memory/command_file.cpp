// SPDX-License-Identifier: Apache-2.0
#include "app/memory/command_file.h"

#include <fmt/format.h>

#include <iterator>

#include "models/hbm4/standards/standard.h"
#include "models/transport/clock.h"

namespace vr {

namespace {

using hbm4::Command;

bool has_bank(Command command) {
    return !hbm4::is_of_all_banks(command);
}

}  // namespace

bool names_column(Command command) {
    return command == Command::kRead || command == Command::kWrite;
}

bool names_row(Command command) {
    return command == Command::kActivate || command == Command::kManageRow || names_column(command);
}

BankPlace place_of(std::int64_t bank, const Hbm4Config& memory) {
    const std::int64_t groups = memory.bank_groups;
    return {bank / groups / memory.banks_per_group, bank % groups,
            bank / groups % memory.banks_per_group};
}

std::string command_table(const std::vector<MemoryCommand>& commands, const Hbm4Config& memory) {
    const Clock ck(memory.clock);
    std::string out =
        "tick,time_fs,pseudo_channel,command,bank,stack_id,bank_group,bank_in_group,row,column\r\n";
    const auto end = std::back_inserter(out);
    for (const MemoryCommand& c : commands) {
        const hbm4::CommandRecord& r = c.record;
        fmt::format_to(end, "{},{},{},{},", r.tick, ck.edge(r.tick).value, c.pseudo_channel,
                       hbm4::name_of(r.command));
        if (has_bank(r.command)) {
            const BankPlace place = place_of(r.bank, memory);
            fmt::format_to(end, "{},{},{},{},", r.bank, place.stack_id, place.bank_group,
                           place.bank_in_group);
        } else {
            out += ",,,,";
        }
        out += names_row(r.command) ? fmt::format("{},", r.row) : ",";
        out += names_column(r.command) ? fmt::format("{}\r\n", r.column) : "\r\n";
    }
    return out;
}

void record_commands(const std::vector<MemoryCommand>& commands, const Hbm4Config& memory,
                     EventRecord& record) {
    const Clock ck(memory.clock);
    const std::uint32_t row = record.name("row");
    const std::uint32_t column = record.name("column");
    for (const MemoryCommand& c : commands) {
        const hbm4::CommandRecord& r = c.record;
        const std::uint32_t track = record.track(
            fmt::format("hbm4.{}.commands", memory.name_of_pseudo_channel(c.pseudo_channel)),
            "HBM commands");
        const std::uint32_t name = record.name(
            has_bank(r.command) ? fmt::format("{} bank {}", hbm4::name_of(r.command), r.bank)
                                : std::string(hbm4::name_of(r.command)));
        const bool tells_row = names_row(r.command) && !names_column(r.command);
        record.instant(track, name, ck.edge(r.tick), 0, tells_row ? r.row : r.column,
                       tells_row                 ? row
                       : names_column(r.command) ? column
                                                 : 0);
    }
}

}  // namespace vr
