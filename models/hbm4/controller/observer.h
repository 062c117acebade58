// SPDX-License-Identifier: Apache-2.0
// Who may watch the commands of a pseudo-channel: a compile-time type, so that nobody watching
// costs nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vr::hbm4 {

enum class Command : std::uint8_t {
    kActivate,
    kPrecharge,
    kRead,
    kWrite,
    kRefreshBank,
    kPrechargeAll,     ///< bank is meaningless
    kRefreshAll,       ///< bank is meaningless
    kManageBank,       ///< RFMpb: refresh management of a bank
    kManageRow,        ///< DRFMpb: the same, directed at a row
    kPowerDown,        ///< PDE: power-down entry; bank is meaningless, as of the next three
    kPowerUp,          ///< PDX: power-down exit
    kSelfRefresh,      ///< SRE: self-refresh entry
    kSelfRefreshExit,  ///< SRX
};

inline constexpr std::size_t kCommandCount = 13;

/// A command that begins or ends a rest of the whole pseudo-channel.
constexpr bool is_rest(Command command) {
    return command >= Command::kPowerDown;
}
/// A command to all banks of the pseudo-channel.
constexpr bool is_of_all_banks(Command command) {
    return command == Command::kPrechargeAll || command == Command::kRefreshAll || is_rest(command);
}

/// A command of refresh management.
constexpr bool is_management(Command command) {
    return command == Command::kManageBank || command == Command::kManageRow;
}
/// A command that takes one bank for a refresh of some kind.
constexpr bool is_bank_refresh(Command command) {
    return command == Command::kRefreshBank || is_management(command);
}

/// Nobody watches.
struct NoObserver {
    static constexpr bool kSeesIdle = false;  ///< rounds of refresh of an idle machine
    static void command(std::int64_t, Command, std::int32_t, std::int32_t, std::int32_t) {}
};

/// One command on a bus.
struct CommandRecord {
    std::int64_t tick = 0;
    Command command = Command::kActivate;
    std::int32_t bank = 0;
    std::int32_t row = 0;     ///< of an activate, read, write or directed refresh management
    std::int32_t column = 0;  ///< of a read or write
    constexpr bool operator==(const CommandRecord&) const = default;
};

/// Keeps every command, in order.
struct CommandRecorder {
    static constexpr bool kSeesIdle = true;
    std::vector<CommandRecord> commands;
    void command(std::int64_t tick, Command command, std::int32_t bank, std::int32_t row,
                 std::int32_t column) {
        commands.push_back({tick, command, bank, row, column});
    }
};

/// The same without what an idle machine does, but for the end of it.
struct BusyRecorder : CommandRecorder {
    static constexpr bool kSeesIdle = false;
};

}  // namespace vr::hbm4
