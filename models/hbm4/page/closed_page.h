// SPDX-License-Identifier: Apache-2.0
// Page policy "closed": a row that no queued request hits is closed at once. Not modelled:
// auto-precharge, which does so without a command of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/hbm4/page/page_timers.h"

namespace vr::hbm4 {

/// Functions as AdaptivePage's.
struct ClosedPage {
    static constexpr std::string_view kName = "closed";
    static constexpr std::string_view kWords = "a row without hits is closed at once";
    static constexpr bool kHasNormalForm = true;

    static void use(PageTimers& /*timers*/, std::size_t /*bank*/, std::int64_t /*until*/) {}
    static std::uint64_t closable(std::uint64_t without_hits) { return without_hits; }
    static std::uint64_t due(const PageTimers& /*timers*/, std::int64_t /*now*/,
                             std::size_t /*banks*/) {
        return ~std::uint64_t{0};
    }
    static std::int64_t from(const PageTimers& /*timers*/, std::size_t /*bank*/) { return 0; }
};

}  // namespace vr::hbm4
