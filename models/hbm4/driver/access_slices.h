// SPDX-License-Identifier: Apache-2.0
// Accesses of a driver for the event record: a slice each, from arrival to response, on the track
// of its pseudo-channel. They overlap: writers spread a track over lanes.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/event_record.h"
#include "models/hbm4/controller/channel_group.h"
#include "models/hbm4/hbm4_config.h"
#include "models/transport/clock.h"

namespace vr::hbm4 {

class AccessSlices {
  public:
    /// Registers a track per pseudo-channel.
    AccessSlices(const Hbm4Config& config, EventRecord& record);
    /// The next access, in the order of their tokens.
    void arrived(std::int64_t tick, std::uint32_t bytes) { arrivals_.push_back({tick, bytes}); }
    /// An access that arrived() was told of has its response at `tick`.
    void answered(const GroupOutput& end, std::int64_t tick);

  private:
    struct Arrival {
        std::int64_t tick = 0;
        std::uint32_t bytes = 0;
    };
    Clock clock_;
    EventRecord& record_;
    std::vector<std::uint32_t> tracks_;
    std::vector<Arrival> arrivals_;
    std::uint32_t read_name_, write_name_, bytes_name_;
};

}  // namespace vr::hbm4
