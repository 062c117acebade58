// SPDX-License-Identifier: Apache-2.0
// Scheduler "first_ready" (FR-FCFS): the oldest request whose row is open goes first; hits give way
// to the oldest request of all when it has aged. S. Rixner et al., "Memory access scheduling", ISCA
// 2000. Not modelled: requests' sources and their priorities.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/hbm4/controller/queue_index.h"
#include "models/hbm4/scheduler/row_columns.h"

namespace vr::hbm4 {

/// Hits that may take the column bus, and their banks.
struct ColumnCandidates {
    std::uint64_t slots = 0;
    std::uint64_t banks = 0;
};

struct FirstReady {
    static constexpr std::string_view kName = "first_ready";
    static constexpr std::string_view kWords =
        "hits of open rows first, the oldest of them, unless the oldest request has aged (FR-FCFS)";
    static constexpr bool kHasNormalForm = true;
    /// Its decisions depend on how many columns a row has served.
    static constexpr bool kCountsColumns = false;

    /// Of the hits of a direction, whose oldest request is `oldest` in slot `head`, those that may
    /// go; the oldest of them goes first.
    static ColumnCandidates columns(const QueueIndex& index, std::uint32_t /*head*/,
                                    const QueueEntry& /*oldest*/) {
        return {index.hits, index.hit_banks};
    }
    /// From when on the hits of its bank give way to the oldest request, which is a conflict.
    static std::int64_t gives_way(const QueueEntry& oldest, const RowColumns& /*served*/,
                                  std::int64_t /*cap*/) {
        return oldest.deadline;
    }
};

}  // namespace vr::hbm4
