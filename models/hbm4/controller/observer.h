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
    kPrechargeAll,  ///< bank is meaningless
    kRefreshAll,    ///< bank is meaningless
};

inline constexpr std::size_t kCommandCount = 7;

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
    std::int32_t row = 0;     ///< of an activate
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
