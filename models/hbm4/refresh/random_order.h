// SPDX-License-Identifier: Apache-2.0
// Refresh order "random": any bank of the round, with work or without, each at its time. For
// studies of resonance between streams and refresh. Not modelled: other seeds for other
// pseudo-channels.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

namespace vr::hbm4 {

/// Functions as IdleFirst's. A draw depends on how many refreshes there were, which is no part of a
/// situation: what looks equal goes on otherwise.
struct RandomOrder {
    static constexpr std::string_view kName = "random";
    static constexpr std::string_view kWords = "banks at random";
    static constexpr bool kHasNormalForm = false;
    static constexpr bool kFollowsActivates = false;

    template <class View>
    static std::int32_t choose(View& view) {
        std::uint64_t banks = view.left();
        const auto count = static_cast<std::uint64_t>(std::popcount(banks));
        for (std::uint64_t passed = view.draw() % count; passed > 0; --passed) {
            banks &= banks - 1;
        }
        return std::countr_zero(banks);
    }
};

}  // namespace vr::hbm4
