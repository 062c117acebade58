// SPDX-License-Identifier: Apache-2.0
// The commands of a memory run: as a table that a checker of the protocol can read, and as instants
// in a timeline.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/event_record.h"
#include "models/hbm4/driver/memory_driver.h"

namespace vr {

[[nodiscard]] bool names_row(hbm4::Command command);
[[nodiscard]] bool names_column(hbm4::Command command);

/// Where a bank is in its pseudo-channel.
struct BankPlace {
    std::int64_t stack_id = 0, bank_group = 0, bank_in_group = 0;
};
[[nodiscard]] BankPlace place_of(std::int64_t bank, const Hbm4Config& memory);

/// CSV (RFC 4180) with a header, a line a command in order of time: tick (CK), time_fs,
/// pseudo_channel, command, bank (its number in the pseudo-channel), stack_id, bank_group,
/// bank_in_group, row (of ACT, RD, WR, DRFMpb), column (of RD, WR); empty where a command has none.
[[nodiscard]] std::string command_table(const std::vector<MemoryCommand>& commands,
                                        const Hbm4Config& memory);

/// An instant for each command on the track "hbm4.stackS.channelC.pseudo_channelP.commands".
void record_commands(const std::vector<MemoryCommand>& commands, const Hbm4Config& memory,
                     EventRecord& record);

}  // namespace vr
