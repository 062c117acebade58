// SPDX-License-Identifier: Apache-2.0
// Policies of the controller as types: a list of them is the register of one kind of policy, and
// what the configuration allows. Not modelled: policies that are loaded at run time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vr::hbm4 {

/// Each policy is an empty type with static functions (its kind says which), with
///   kName            its word in the configuration;
///   kWords           what it does, in a line of a report;
///   kHasNormalForm   of what decides in time: whether equal situations have equal states: what
///   skips or shares work by
///                    comparing states is off without.
/// A policy keeps what it must remember in a State of its own, a member of PseudoChannelState.
template <class... Policies>
struct PolicyList {
    static constexpr std::size_t kSize = sizeof...(Policies);
    static constexpr std::array<std::string_view, kSize> kNames{Policies::kName...};

    /// Place of a name in the list; its length if it is not there.
    [[nodiscard]] static constexpr std::uint8_t place_of(std::string_view name) {
        std::uint8_t place = 0;
        while (place < kSize && kNames[place] != name) {
            ++place;
        }
        return place;
    }
    /// What the policy of that name does.
    [[nodiscard]] static constexpr std::string_view words_of(std::string_view name) {
        return visit(place_of(name), [](auto policy) { return decltype(policy)::kWords; });
    }
    /// Calls f(policy) with the policy at that place, without a virtual call; the last one for
    /// places behind it.
    template <class F>
    static constexpr decltype(auto) visit(std::uint8_t place, F&& f) {
        return visit_from<Policies...>(place, f);
    }
    [[nodiscard]] static constexpr bool has_normal_form(std::uint8_t place) {
        return visit(place, [](auto policy) { return decltype(policy)::kHasNormalForm; });
    }

  private:
    template <class First, class... Others, class F>
    static constexpr decltype(auto) visit_from(std::uint8_t place, F& f) {
        if constexpr (sizeof...(Others) == 0) {
            return f(First{});
        } else {
            if (place == 0) {
                return f(First{});
            }
            return visit_from<Others...>(static_cast<std::uint8_t>(place - 1), f);
        }
    }
};

}  // namespace vr::hbm4
