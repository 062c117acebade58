// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/driver/access_slices.h"

namespace vr::hbm4 {

AccessSlices::AccessSlices(const Hbm4Config& config, EventRecord& record)
    : clock_(config.clock),
      record_(record),
      read_name_(record.name("read")),
      write_name_(record.name("write")),
      bytes_name_(record.name("bytes")) {
    for (std::int64_t i = 0; i < config.pseudo_channels(); ++i) {
        tracks_.push_back(record.track("hbm4." + config.name_of_pseudo_channel(i), "HBM"));
    }
}

void AccessSlices::answered(const GroupOutput& end, std::int64_t tick) {
    const Arrival& from = arrivals_[end.output.token];
    record_.slice(tracks_[end.pseudo_channel], end.output.write ? write_name_ : read_name_,
                  clock_.edge(from.tick), clock_.edge(tick), 0, from.bytes, bytes_name_);
}

}  // namespace vr::hbm4
