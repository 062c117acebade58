// SPDX-License-Identifier: Apache-2.0
// The members of a whole unit as a list: what a snapshot would keep and what a hash covers. Each
// class lists its members once; in a plain struct a member that is not listed does not compile.
// Lines with kinds (state_lines.h) say more and are used where a class has them. Not covered: how a
// member behaves when time passes.
//
//     struct Fill {
//         std::uint64_t granule = 0;
//         CauseTrail cause;
//         static constexpr auto state_members() {
//             return vr::state_members(&Fill::granule, vr::left_out(&Fill::cause));
//         }
//     };
#pragma once

#include <type_traits>
#include <utility>

#include "models/transport/state_lines.h"
#include "models/transport/state_list.h"

namespace vr {

/// Stands in a list for a member that decides nothing: settings, attribution, what is derived.
template <class S, class M>
struct LeftOut {
    M S::*member;
};
template <class S, class M>
constexpr LeftOut<S, M> left_out(M S::*member) {
    return {member};
}

/// The list, to be returned by a class's own state_members().
template <class... Members>
constexpr StateList<Members...> state_members(Members... members) {
    return {{{members}...}};
}

/// A class with a list of its members.
template <class S>
concept ListedState = requires {
    S::state_members();
};

/// Whether a plain struct has exactly `kCount` members.
template <class S, std::size_t kCount>
consteval bool has_members() {
    return detail::takes_members<S>(std::make_index_sequence<kCount>{}) &&
           !detail::takes_members<S>(std::make_index_sequence<kCount + 1>{});
}

/// Calls visitor(member) for each member of the list that is not left out, in its order. A state
/// that may be changed gives members that may be.
template <class S, class Visitor>
void visit_members(S& state, Visitor& visitor) {
    using Plain = std::remove_const_t<S>;
    using List = decltype(Plain::state_members());
    if constexpr (std::is_aggregate_v<Plain>) {
        static_assert(has_members<Plain, List::kSize>(),
                      "a member of this struct is not in its state_members(), or is there twice; "
                      "what decides nothing is left_out()");
    }
    const auto visit = [&]<class M>(M Plain::*member) { visitor(state.*member); };
    const auto one = [&]<class Member>(const Member& member) {
        if constexpr (std::is_member_pointer_v<Member>) {
            visit(member);
        }
    };
    Plain::state_members().apply([&](const auto&... member) { (one(member), ...); });
}

}  // namespace vr
