// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/bulk/access_runs.h"

#include <algorithm>

namespace vr::hbm4 {

namespace {

void extend(std::vector<AccessRun>& list, const AccessRun& run) {
    if (!list.empty() && list.back().write == run.write &&
        list.back().first + list.back().count == run.first) {
        list.back().count += run.count;
    } else {
        list.push_back(run);
    }
}

}  // namespace

AccessRuns::AccessRuns(const AddressMap& map, std::int64_t pseudo_channels)
    : map_(&map),
      pseudo_channels_(static_cast<std::uint64_t>(pseudo_channels)),
      of_block_(map.interleave() / map.access_bytes()) {}

// Blocks are dealt out in rounds: each pseudo-channel has one block of a round, whatever the hash,
// and its rounds lie in it one behind the other. So whole rounds are the same run everywhere.
void AccessRuns::append(std::uint64_t begin, std::uint64_t end, bool write,
                        std::vector<std::vector<AccessRun>>& runs) const {
    const std::uint64_t first = begin / map_->access_bytes();
    const std::uint64_t last = end / map_->access_bytes();
    const std::uint64_t round = of_block_ * pseudo_channels_;
    const std::uint64_t whole_from = (first + round - 1) / round;
    const std::uint64_t whole_to = last / round;
    const auto single = [&](std::uint64_t from, std::uint64_t to) {
        while (from < to) {
            const std::uint64_t stop = std::min(to, (from / of_block_ + 1) * of_block_);
            append_block(from / of_block_, from % of_block_, stop - from / of_block_ * of_block_,
                         write, runs);
            from = stop;
        }
    };
    if (whole_from >= whole_to) {
        single(first, last);
        return;
    }
    single(first, whole_from * round);
    for (std::vector<AccessRun>& list : runs) {
        extend(list, {static_cast<std::int64_t>(whole_from * of_block_),
                      static_cast<std::int64_t>((whole_to - whole_from) * of_block_), write});
    }
    single(whole_to * round, last);
}

void AccessRuns::append_block(std::uint64_t block, std::uint64_t from, std::uint64_t to, bool write,
                              std::vector<std::vector<AccessRun>>& runs) const {
    const Location at = map_->locate(block * map_->interleave());
    extend(runs[at.pseudo_channel],
           {static_cast<std::int64_t>(block / pseudo_channels_ * of_block_ + from),
            static_cast<std::int64_t>(to - from), write});
}

}  // namespace vr::hbm4
