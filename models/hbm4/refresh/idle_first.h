// SPDX-License-Identifier: Apache-2.0
// Refresh order "idle_first": banks in any order, those without work first. Not modelled: knowledge
// of what the requesters will ask for.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/hbm4/controller/limits.h"

namespace vr::hbm4 {

/// Banks without work, queued or buffered, are preferred, the most recently activated first,
/// because a stream that walks over the banks comes back to them last. While few refreshes are owed
/// only the half of the banks that was activated last is considered, so that no refresh starts
/// right ahead of a stream; when more are, banks whose work is only buffered as well. Past the
/// limit one is forced on a bank with queued work, without row hits if there is such a bank.
struct IdleFirst {
    static constexpr std::string_view kName = "idle_first";
    static constexpr std::string_view kWords = "banks without work first";
    static constexpr bool kHasNormalForm = true;
    /// Its choice depends on the order of activates.
    static constexpr bool kFollowsActivates = true;

    /// A bank that a refresh that is owed begins with; kNoBank if none fits yet. `view` is a
    /// RefreshView.
    template <class View>
    static std::int32_t choose(View& view) {
        const std::uint64_t unqueued = view.left() & ~view.queued();
        const bool few = view.owed() * 2 <= view.postpone();
        const std::uint64_t preferred =
            few && view.has_work() ? unqueued & view.recent_half() : unqueued;
        if (preferred != 0) {
            const std::uint64_t idle = preferred & ~view.buffered();
            if (idle != 0) {
                return view.most_recent(idle);
            }
            if (!few) {
                return view.most_recent(unqueued);
            }
        }
        if (view.owed() <= view.postpone()) {
            return kNoBank;
        }
        const std::uint64_t without_hits = view.left() & ~view.with_hits();
        return view.most_recent(without_hits != 0 ? without_hits : view.left());
    }
};

}  // namespace vr::hbm4
