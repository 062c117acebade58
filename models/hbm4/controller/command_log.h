// SPDX-License-Identifier: Apache-2.0
// What the pseudo-channels did, for a record that explains: row commands as events (of refreshes
// those that a request waited for), and for each request the commands that it waited for. Not
// modelled: who held the bus in detail; a queue's wait is told by the number of columns that went
// first.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/event_record.h"
#include "models/hbm4/controller/channel_group.h"
#include "models/hbm4/controller/observer.h"
#include "models/transport/clock.h"

namespace vr::hbm4 {

/// Notes for the links of a request's chain (Attribution::extend_noted).
struct RequestNotes {
    std::uint32_t queue = 0;
    std::uint32_t refresh = 0;  ///< the REF, RFM or DRFM command
    std::uint32_t row = 0;      ///< the ACT command, also of the columns in `data`
};

class CommandLog {
  public:
    /// Registers a track per pseudo-channel below `path`.
    CommandLog(const std::string& path, const Hbm4Config& config, Attribution& attribution,
               OwnerId queue, EventRecord& record);
    /// A request was handed to its pseudo-channel.
    void request(std::uint32_t token, const Input& input);
    /// Copies the new commands out of the recorders, before anybody clears them.
    void take(PlainGroup<CommandRecorder>& group);
    /// What the request of `end` waited for. `cause` is its chain until it arrived: it becomes the
    /// cause of the row commands that were made for it.
    [[nodiscard]] RequestNotes explain(const GroupOutput& end, const Cause& cause);

  private:
    struct Channel;
    struct Bank {
        std::vector<CommandRecord> commands;  // ACT, PRE, REF in order
        std::vector<std::uint32_t> events;    // their numbers in the record, or kNoEvent
    };
    static constexpr std::uint32_t kNoEvent = 0xffffffffU;
    static constexpr std::size_t kKeptColumns = 16384;  // per pseudo-channel
    struct Channel {
        std::uint32_t track = 0;
        std::vector<Bank> banks;
        std::deque<std::int64_t> columns;  // ticks of the latest column commands
    };
    void take(Channel& channel, const CommandRecord& command);
    [[nodiscard]] std::uint32_t event_of(const Channel& channel, std::size_t bank,
                                         const CommandRecord& command);
    void set_cause(std::uint32_t event, std::int64_t tick, const Cause& cause);

    Clock clock_;
    Attribution& attribution_;
    OwnerId queue_;
    EventRecord& record_;
    std::uint32_t row_name_;
    std::vector<std::array<std::uint32_t, 4>> names_;  // by bank: ACT, PRE, REF, RFM
    std::vector<Channel> channels_;
    std::vector<Input> inputs_;  // by token
};

}  // namespace vr::hbm4
