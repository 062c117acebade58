// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/driver/access_slices.h"

#include <fmt/format.h>

namespace vr::hbm4 {

AccessSlices::AccessSlices(const Hbm4Config& config, EventRecord& record)
    : clock_(config.clock),
      record_(record),
      read_name_(record.name("read")),
      write_name_(record.name("write")),
      bytes_name_(record.name("bytes")) {
    for (std::int64_t stack = 0; stack < config.stacks; ++stack) {
        for (std::int64_t channel = 0; channel < config.channels_per_stack; ++channel) {
            for (std::int64_t half = 0; half < config.pseudo_channels_per_channel; ++half) {
                tracks_.push_back(record.track(
                    fmt::format("hbm4.stack{}.channel{}.pseudo_channel{}", stack, channel, half),
                    "HBM"));
            }
        }
    }
}

void AccessSlices::answered(const GroupOutput& end, std::int64_t tick) {
    const Arrival& from = arrivals_[end.output.token];
    record_.slice(tracks_[end.pseudo_channel], end.output.write ? write_name_ : read_name_,
                  clock_.edge(from.tick), clock_.edge(tick), 0, from.bytes, bytes_name_);
}

}  // namespace vr::hbm4
