// SPDX-License-Identifier: Apache-2.0
// Page policy "adaptive": a row that no queued request hits is closed when it was not used for a
// time. Not modelled: a time that follows the hit rate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/hbm4/page/page_timers.h"
#include "models/hbm4/scheduler/due_mask.h"

namespace vr::hbm4 {

struct AdaptivePage {
    static constexpr std::string_view kName = "adaptive";
    static constexpr std::string_view kWords =
        "a row without hits is closed when it was not used for a while";
    static constexpr bool kHasNormalForm = true;

    /// The bank was activated or took a column: with a time limit it is in use until then.
    static void use(PageTimers& timers, std::size_t bank, std::int64_t until) {
        timers.unused[bank] = until;
    }
    /// Of the open banks without hits those that may be closed now or later.
    static std::uint64_t closable(std::uint64_t without_hits) { return without_hits; }
    /// Banks, of the first `banks`, whose time is over.
    static std::uint64_t due(const PageTimers& timers, std::int64_t now, std::size_t banks) {
        return due_mask(timers.unused, now, banks);
    }
    /// When a bank may be closed.
    static std::int64_t from(const PageTimers& timers, std::size_t bank) {
        return timers.unused[bank];
    }
};

}  // namespace vr::hbm4
