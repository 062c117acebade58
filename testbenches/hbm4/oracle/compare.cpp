// SPDX-License-Identifier: Apache-2.0
#include "testbenches/hbm4/oracle/compare.h"

#include <fmt/format.h>

#include <algorithm>

namespace vr::testing {

std::string difference_from_oracle(const Hbm4Config& config, const std::vector<Arrival>& arrivals,
                                   const std::vector<hbm4::Output>& outputs,
                                   const hbm4::Counters& counters, std::int64_t end) {
    oracle::PseudoChannelOracle reference(config);
    std::size_t number = 0;
    for (const Arrival& a : arrivals) {
        reference.inject(number++, {a.tick, a.input.bank, a.input.row, a.input.column,
                                    a.input.columns, a.input.write});
    }
    reference.run_until(end);
    for (std::size_t i = 0; i < std::max(outputs.size(), reference.completions.size()); ++i) {
        if (i >= outputs.size() || i >= reference.completions.size()) {
            return fmt::format("core completes {} requests, oracle {} of {}", outputs.size(),
                               reference.completions.size(), arrivals.size());
        }
        const hbm4::Output& o = outputs[i];
        const oracle::Completion ours{o.token,         o.tick,      o.queue_ticks,
                                      o.refresh_ticks, o.row_ticks, o.data_ticks};
        const oracle::Completion& theirs = reference.completions[i];
        if (ours != theirs) {
            return fmt::format(
                "completion {}: core request {} at {} ({} {} {} {}), oracle "
                "request {} at {} ({} {} {} {})",
                i, ours.request, ours.end, ours.queue, ours.refresh, ours.row, ours.data,
                theirs.request, theirs.end, theirs.queue, theirs.refresh, theirs.row, theirs.data);
        }
    }
    return tally_of(counters) == reference.tally ? "" : "counters";
}

}  // namespace vr::testing
