// SPDX-License-Identifier: Apache-2.0
#include "testbenches/hbm4/oracle/compare.h"

#include <fmt/format.h>

namespace vr::testing {

oracle::PseudoChannelOracle fed_oracle(const Hbm4Config& config,
                                       const std::vector<Arrival>& arrivals) {
    oracle::PseudoChannelOracle reference(config);
    std::size_t number = 0;
    for (const Arrival& a : arrivals) {
        reference.inject(number++, {a.tick, a.input.bank, a.input.row, a.input.column,
                                    a.input.columns, a.input.write});
    }
    return reference;
}

std::string difference_from_oracle(const std::vector<hbm4::Output>& outputs,
                                   const hbm4::Counters& counters,
                                   const oracle::PseudoChannelOracle& reference) {
    if (outputs.size() != reference.completions.size()) {
        return fmt::format("core completes {} requests, oracle {}", outputs.size(),
                           reference.completions.size());
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
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

std::string difference_from_oracle(const Hbm4Config& config, const std::vector<Arrival>& arrivals,
                                   const std::vector<hbm4::Output>& outputs,
                                   const hbm4::Counters& counters, std::int64_t end) {
    oracle::PseudoChannelOracle reference = fed_oracle(config, arrivals);
    reference.run_until(end);
    return difference_from_oracle(outputs, counters, reference);
}

}  // namespace vr::testing
