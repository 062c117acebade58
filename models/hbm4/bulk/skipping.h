// SPDX-License-Identifier: Apache-2.0
// Runs a machine with fast-forward: anchors at its own rhythm, and none where nothing can recur.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/transport/fast_forward.h"

namespace vr::hbm4 {

/// Sightings that are kept: what a rhythm of refreshes needs, not the memory of a long stream.
inline constexpr FastForwardLimits kStreamLimits{512};

/// Brings `machine`, which has done everything before `now`, to `horizon`, before which nothing
/// comes from outside, or to the end of its work. simulated(outputs) takes what was simulated,
/// skipped(skip) what was not, in order. allowed() is asked at each anchor: no means that the next
/// stretch is simulated. Returns the tick up to which it ran.
template <class Machine, class Simulated, class Skipped,
          class Allowed = decltype([] { return true; })>
std::int64_t run_skipping(Machine& machine, FastForward<Machine>& fast, std::int64_t now,
                          std::int64_t horizon, std::int64_t rhythm, Simulated&& simulated,
                          Skipped&& skipped, Allowed allowed = {}) {
    std::vector<typename Machine::Output> outputs;
    while (now < horizon && machine.next() < horizon) {
        if (machine.may_recur()) {
            // With a horizon of now an anchor is a sighting, and nothing more.
            if (const auto skip = fast.at_anchor(machine, now, allowed() ? horizon : now);
                skip.periods > 0) {
                skipped(skip);
                now = skip.end();
                continue;
            }
        }
        const std::int64_t to = horizon - now < rhythm ? horizon : now + rhythm;
        outputs.clear();
        machine.run(to, outputs);
        fast.record(outputs.size());
        simulated(outputs);
        now = to;
    }
    return now;
}

}  // namespace vr::hbm4
