// SPDX-License-Identifier: Apache-2.0
// A whole memory that executes descriptors: each is divided into runs of accesses of the
// pseudo-channels; pseudo-channels with the same runs share one machine, which skips what recurs.
// Not modelled: pacing, credits, predecessors and indices of descriptors, reductions (refused), the
// way between the asker and the controller, a pace other than that of the memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/hbm4/controller/state.h"
#include "models/hbm4/hbm4_config.h"
#include "models/transport/descriptor.h"
#include "models/transport/fast_forward.h"
#include "models/transport/fold_parts.h"

namespace vr::hbm4 {

/// Means to the same result; each may be turned off.
struct BulkOptions {
    bool fold = true;
    bool fast_forward = true;
};

struct BulkResult {
    std::vector<std::int64_t> ends;  ///< tick of the last data, by descriptor
    std::int64_t end = 0;            ///< of all of them
    std::vector<Counters> counters;  ///< by pseudo-channel, at `end`
    FoldStatistics folded;
    FastForwardStatistics skipped;  ///< of the machine of pseudo-channel 0

    /// Ends and counters as text, a line for each; how the result was come by is not in it.
    [[nodiscard]] std::string report() const;
};

/// Executes all of them from tick 0 on, in their order, each pseudo-channel at its own pace.
/// `config` must have no problems(). Throws InputError for a descriptor that is invalid, not
/// supported, beyond the memory, or no multiple of the access size.
[[nodiscard]] BulkResult run_bulk(const Hbm4Config& config,
                                  const std::vector<Descriptor>& descriptors,
                                  const BulkOptions& options = {});

}  // namespace vr::hbm4
