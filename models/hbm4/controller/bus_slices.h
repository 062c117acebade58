// SPDX-License-Identifier: Apache-2.0
// Busy stretches of the data buses for the event record: columns that follow each other without a
// gap in one direction are one slice, so that what is recorded does not depend on horizons.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/base/event_record.h"
#include "models/hbm4/controller/channel_group.h"
#include "models/hbm4/controller/observer.h"
#include "models/transport/clock.h"

namespace vr::hbm4 {

class BusSlices {
  public:
    /// Registers a track per pseudo-channel below `path`.
    BusSlices(const std::string& path, const Hbm4Config& config, const Timing& timing,
              EventRecord& record);
    /// Takes the column commands out of the recorders; slices that can grow no more at `horizon`
    /// are recorded.
    void collect(PlainGroup<CommandRecorder>& group, std::int64_t horizon);
    /// A request's last data leaves a bus at `tick`: the cause of the slice that ends there. Called
    /// before collect() gets the request's commands, by a record that explains.
    void ends(std::uint32_t pseudo_channel, std::int64_t tick, const Cause& cause) {
        causes_.resize(open_.size());
        causes_[pseudo_channel].emplace_back(tick, cause);
    }

  private:
    struct Open {
        std::int64_t begin = 0;
        std::int64_t end = 0;
        bool write = false;
    };
    void close(std::size_t pseudo_channel);
    const Timing& timing_;
    Clock clock_;
    std::int64_t access_bytes_;
    EventRecord& record_;
    std::vector<std::uint32_t> tracks_;
    std::vector<Open> open_;
    std::vector<std::vector<std::pair<std::int64_t, Cause>>> causes_;  // not yet of a slice
    std::uint32_t read_name_, write_name_, bytes_name_;
};

}  // namespace vr::hbm4
