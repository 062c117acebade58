// SPDX-License-Identifier: Apache-2.0
// What a core gave, in the words of the oracle, and the oracle's own answer to the same requests.
#pragma once

#include <string>
#include <vector>

#include "models/hbm4/oracle/oracle.h"
#include "testbenches/hbm4/traffic.h"

namespace vr::testing {

inline oracle::Tally tally_of(const hbm4::Counters& c) {
    return {c.reads,      c.writes,      c.columns_read,       c.columns_written,
            c.row_hits,   c.row_misses,  c.row_conflicts,      c.activates,
            c.precharges, c.refreshes,   c.forced_refreshes,   c.data_ticks,
            c.turns,      c.managements, c.forced_managements, c.rests,
            c.rest_ticks};
}

/// An oracle with the arrivals; their numbers are those of the requests.
[[nodiscard]] oracle::PseudoChannelOracle fed_oracle(const Hbm4Config& config,
                                                     const std::vector<Arrival>& arrivals);

/// The first thing in which the outputs and counters of a core differ from an oracle's, or nothing.
[[nodiscard]] std::string difference_from_oracle(const std::vector<hbm4::Output>& outputs,
                                                 const hbm4::Counters& counters,
                                                 const oracle::PseudoChannelOracle& reference);

/// The first thing in which the outputs of a core (in its order) and its counters at tick `end`
/// differ from what the oracle makes of the same arrivals, or nothing. Tokens are the numbers of
/// the arrivals.
[[nodiscard]] std::string difference_from_oracle(const Hbm4Config& config,
                                                 const std::vector<Arrival>& arrivals,
                                                 const std::vector<hbm4::Output>& outputs,
                                                 const hbm4::Counters& counters, std::int64_t end);

}  // namespace vr::testing
