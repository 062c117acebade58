// SPDX-License-Identifier: Apache-2.0
// Page policy "open": a row stays open until another row of its bank is asked for. Not modelled: a
// limit to the time that a row is open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/hbm4/page/page_timers.h"

namespace vr::hbm4 {

/// Functions as AdaptivePage's.
struct OpenPage {
    static constexpr std::string_view kName = "open";
    static constexpr std::string_view kWords =
        "a row stays open until another one of its bank is asked for";
    static constexpr bool kHasNormalForm = true;

    static void use(PageTimers& /*timers*/, std::size_t /*bank*/, std::int64_t /*until*/) {}
    static std::uint64_t closable(std::uint64_t /*without_hits*/) { return 0; }
    static std::uint64_t due(const PageTimers& /*timers*/, std::int64_t /*now*/,
                             std::size_t /*banks*/) {
        return 0;
    }
    static std::int64_t from(const PageTimers& /*timers*/, std::size_t /*bank*/) {
        return kNeverTick;
    }
};

}  // namespace vr::hbm4
