// SPDX-License-Identifier: Apache-2.0
// Scheduler "first_come" (FCFS): columns in the order of age; rows of later requests are opened
// meanwhile. Not modelled: one that opens no row ahead.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/hbm4/scheduler/first_ready.h"

namespace vr::hbm4 {

/// Functions as FirstReady's.
struct FirstCome {
    static constexpr std::string_view kName = "first_come";
    static constexpr std::string_view kWords = "columns in the order of age (FCFS)";
    static constexpr bool kHasNormalForm = true;
    static constexpr bool kCountsColumns = false;

    static ColumnCandidates columns(const QueueIndex& index, std::uint32_t head,
                                    const QueueEntry& oldest) {
        const std::uint64_t slot = index.hits & bit(head);
        return {slot, slot == 0 ? 0 : bit(std::uint32_t{oldest.bank})};
    }
    static std::int64_t gives_way(const QueueEntry& /*oldest*/, const RowColumns& /*served*/,
                                  std::int64_t /*cap*/) {
        return 0;
    }
};

}  // namespace vr::hbm4
