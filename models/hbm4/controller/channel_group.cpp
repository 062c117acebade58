// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/controller/channel_group.h"

namespace vr::hbm4 {

// The member's own statistics, plus what a copy of its machine adds while it catches up.
Counters FoldedChannels::counters(std::uint32_t pseudo_channel, std::int64_t tick) const {
    Counters counters = group_.state_of(pseudo_channel).counters;
    PseudoChannel<> copy = group_.machine_of(pseudo_channel);
    const std::int64_t refreshes = copy.state().counters.refreshes;
    const std::int64_t precharges = copy.state().counters.precharges;
    copy.settle(tick);
    counters.refreshes += copy.state().counters.refreshes - refreshes;
    counters.precharges += copy.state().counters.precharges - precharges;
    return counters;
}

}  // namespace vr::hbm4
