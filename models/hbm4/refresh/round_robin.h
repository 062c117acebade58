// SPDX-License-Identifier: Apache-2.0
// Refresh order "round_robin": banks by their numbers, with work or without, each at its time. Not
// modelled: pairs of banks that one command refreshes.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

namespace vr::hbm4 {

/// Functions as IdleFirst's.
struct RoundRobin {
    static constexpr std::string_view kName = "round_robin";
    static constexpr std::string_view kWords = "banks by their numbers";
    static constexpr bool kHasNormalForm = true;
    static constexpr bool kFollowsActivates = false;

    template <class View>
    static std::int32_t choose(View& view) {
        return std::countr_zero(view.left());
    }
};

}  // namespace vr::hbm4
