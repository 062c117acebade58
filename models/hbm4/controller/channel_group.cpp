// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/controller/channel_group.h"

namespace vr::hbm4 {

// The member's own statistics, plus what a copy of its machine adds while it catches up.
Counters FoldedChannels::counters(std::uint32_t pseudo_channel, std::int64_t tick) const {
    Counters counters = group_.state_of(pseudo_channel).counters;
    PseudoChannel<> copy = group_.machine_of(pseudo_channel);
    const Counters before = copy.state().counters;
    copy.settle(tick);
    add_idle_counts(counters, before, copy.state().counters);
    return counters;
}

}  // namespace vr::hbm4
