// SPDX-License-Identifier: Apache-2.0
// Scheduler "first_ready_capped" (FR-FCFS with a cap): as first_ready, but hits give way to the
// oldest request also when their row has served so many columns. O. Mutlu and T. Moscibroda,
// "Stall-time fair memory access scheduling", MICRO 2007 (its baseline with a cap). Not modelled:
// caps per source.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/hbm4/scheduler/first_ready.h"

namespace vr::hbm4 {

/// Functions as FirstReady's.
struct CappedFirstReady {
    static constexpr std::string_view kName = "first_ready_capped";
    static constexpr std::string_view kWords =
        "hits of open rows first, the oldest of them, unless the oldest request has aged or the "
        "row has served its cap (FR-FCFS with a cap)";
    static constexpr bool kHasNormalForm = true;
    static constexpr bool kCountsColumns = true;

    static ColumnCandidates columns(const QueueIndex& index, std::uint32_t head,
                                    const QueueEntry& oldest) {
        return FirstReady::columns(index, head, oldest);
    }
    static std::int64_t gives_way(const QueueEntry& oldest, const RowColumns& served,
                                  std::int64_t cap) {
        return served.served[oldest.bank] >= cap ? 0 : oldest.deadline;
    }
};

}  // namespace vr::hbm4
