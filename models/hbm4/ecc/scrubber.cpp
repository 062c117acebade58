// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/ecc/scrubber.h"

#include "models/hbm4/hbm4_config.h"
#include "models/hbm4/timing/timing.h"

namespace vr::hbm4 {

Scrubber::Scrubber(const Hbm4Config& config, const AddressMap& map, const WordCode& code)
    : map_(map),
      clock_(config.clock),
      row_words_(static_cast<std::uint64_t>(config.row_bytes.value) / kWordBytes),
      rows_(static_cast<std::uint64_t>(config.rows)),
      bank_groups_(static_cast<std::uint64_t>(config.bank_groups)),
      banks_per_group_(static_cast<std::uint64_t>(config.banks_per_group)),
      access_bytes_(map.access_bytes()) {
    words_ = static_cast<std::uint64_t>(config.banks()) * rows_ * row_words_;
    const Timing timing(config);
    const Hbm4FaultConfig& faults = config.faults;
    if (!code.on_die() || timing.refresh == RefreshMode::kNone ||
        (faults.scrub_pass_seconds == 0 && faults.scrub_interval.value == 0)) {
        return;
    }
    round_ = timing.refresh_interval * (timing.refresh == RefreshMode::kPerBank ? timing.banks : 1);
    if (faults.scrub_interval.value > 0) {
        interval_over_ = static_cast<Wide>(faults.scrub_interval.value);
        interval_under_ = 1;
    } else {
        interval_over_ =
            static_cast<Wide>(faults.scrub_pass_seconds) * Wide{kFemtosecondsPerSecond};
        interval_under_ = words_;
    }
}

std::uint64_t Scrubber::place(std::uint64_t address) const {
    const Location at = map_.locate(address);
    const std::uint64_t bank =
        (at.stack_id * banks_per_group_ + at.bank) * bank_groups_ + at.bank_group;
    const std::uint64_t word = (at.column * access_bytes_ + address % access_bytes_) / kWordBytes;
    return (bank * rows_ + at.row) * row_words_ + word;
}

// At the first round of refresh whose edge is not before the due time; kNever beyond all time.
Time Scrubber::visit_time(Wide visit) const {
    const Wide due = (visit * interval_over_ + interval_under_ - 1) / interval_under_;
    if (due >= static_cast<Wide>(kNever.value) / 2) {
        return kNever;
    }
    const std::int64_t tick = clock_.first_edge(Time{static_cast<std::int64_t>(due)});
    return clock_.edge((tick + round_ - 1) / round_ * round_);
}

std::uint64_t Scrubber::visits(Time time) const {
    if (!on() || time < Time{}) {
        return 0;
    }
    const std::int64_t ticks = clock_.first_edge(time + Time{1}) - 1;  // the last edge up to then
    const Time edge = clock_.edge(ticks / round_ * round_);
    return static_cast<std::uint64_t>(static_cast<Wide>(edge.value) * interval_under_ /
                                      interval_over_);
}

Time Scrubber::next(std::uint64_t address, Time time) const {
    if (!on()) {
        return kNever;
    }
    // The number of visits before `time` says in which pass to look.
    const std::uint64_t first = place(address) + 1;
    const std::uint64_t before = time > Time{} ? visits(time - Time{1}) : 0;
    const std::uint64_t passes = before < first ? 0 : (before - first) / words_ + 1;
    return visit_time(static_cast<Wide>(passes) * words_ + first);
}

}  // namespace vr::hbm4
