// SPDX-License-Identifier: Apache-2.0
// Declared state: a state struct lists every member once, with its kind; normal form, digest,
// shift, merge, dump and the mutation fuzz are generated from these lines (state.h). A member
// without a line does not compile. Not covered: bit fields, references, pointers and floating
// point, which have no place in a state.
//
//     struct BankState {
//         std::int64_t activate_ready = 0;
//         std::uint64_t reads = 0;
//         static constexpr auto state_lines() {
//             return vr::state_lines(vr::future_time("activate_ready", &BankState::activate_ready),
//                                    vr::additive("reads", &BankState::reads));
//         }
//     };
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "models/transport/state_list.h"

namespace vr {

/// "Nothing is due" of a state's time fields and of machines that count in ticks. It never moves
/// with time.
inline constexpr std::int64_t kNeverTick = std::numeric_limits<std::int64_t>::max();

/// The identity or position of nothing: all bits set. It keeps its value under renaming and
/// shifting.
template <class T>
inline constexpr T kNoIdentity = static_cast<T>(~std::uint64_t{0});

/// How a member behaves when time passes, and whether the machine's future depends on it.
enum class StateKind : std::uint8_t {
    kFutureTime,  ///< absolute tick that matters only while it lies in the future
    kPastTime,    ///< absolute tick whose signed distance to the present matters
    kCounter,     ///< matters modulo n
    kAdditive,    ///< statistic that sums; the future does not depend on it
    kLowest,      ///< statistic that keeps a minimum; the future does not depend on it
    kHighest,     ///< statistic that keeps a maximum; the future does not depend on it
    kIdentity,    ///< a name: only which names are equal matters, never their order or arithmetic
    kOrigin,      ///< where a stream stands (a row, an address); matters through positions alone
    kPosition,    ///< plain value; for recurrence the distance to the origin of its space matters
    kBudget,      ///< plain value that counts down to an end; a period may recur while it lasts
    kFixed,       ///< plain value that does not move with time
    kNested,      ///< a struct (or list of structs) with lines of its own
};

/// A line's number, or another member of the same state that holds it: a counter's n (0 stands for
/// "no modulo"), or the space of an identity, origin or position (names and origins of different
/// spaces have nothing to do with each other).
struct FixedModulo {
    std::uint64_t value = 0;
    template <class State>
    [[nodiscard]] constexpr std::uint64_t of(const State&) const {
        return value;
    }
};
template <class S, class M>
struct MemberModulo {
    M S::*member;
    [[nodiscard]] constexpr std::uint64_t of(const S& state) const {
        return static_cast<std::uint64_t>(state.*member);
    }
};

/// One line: the member's name in dumps, where it is, its kind.
template <StateKind kLineKind, class S, class M, class Modulo = FixedModulo>
struct StateLine {
    static constexpr StateKind kKind = kLineKind;
    using Owner = S;
    using Member = M;
    const char* name;
    M S::*member;
    Modulo modulo{};
};

template <class S, class M>
constexpr auto future_time(const char* name, M S::*member) {
    return StateLine<StateKind::kFutureTime, S, M>{name, member, {}};
}
template <class S, class M>
constexpr auto past_time(const char* name, M S::*member) {
    return StateLine<StateKind::kPastTime, S, M>{name, member, {}};
}
template <class S, class M>
constexpr auto counter(const char* name, M S::*member, std::uint64_t modulo) {
    return StateLine<StateKind::kCounter, S, M>{name, member, {modulo}};
}
template <class S, class M, class N>
constexpr auto counter(const char* name, M S::*member, N S::*modulo) {
    return StateLine<StateKind::kCounter, S, M, MemberModulo<S, N>>{name, member, {modulo}};
}
template <class S, class M>
constexpr auto additive(const char* name, M S::*member) {
    return StateLine<StateKind::kAdditive, S, M>{name, member, {}};
}
template <class S, class M>
constexpr auto lowest(const char* name, M S::*member) {
    return StateLine<StateKind::kLowest, S, M>{name, member, {}};
}
template <class S, class M>
constexpr auto highest(const char* name, M S::*member) {
    return StateLine<StateKind::kHighest, S, M>{name, member, {}};
}
template <class S, class M>
constexpr auto identity(const char* name, M S::*member, std::uint64_t space = 0) {
    return StateLine<StateKind::kIdentity, S, M>{name, member, {space}};
}
template <class S, class M, class N>
constexpr auto identity(const char* name, M S::*member, N S::*space) {
    return StateLine<StateKind::kIdentity, S, M, MemberModulo<S, N>>{name, member, {space}};
}
/// Comes before the positions of its space. A space without an origin has origin 0.
template <class S, class M>
constexpr auto origin(const char* name, M S::*member, std::uint64_t space = 0) {
    return StateLine<StateKind::kOrigin, S, M>{name, member, {space}};
}
template <class S, class M, class N>
constexpr auto origin(const char* name, M S::*member, N S::*space) {
    return StateLine<StateKind::kOrigin, S, M, MemberModulo<S, N>>{name, member, {space}};
}
template <class S, class M>
constexpr auto position(const char* name, M S::*member, std::uint64_t space = 0) {
    return StateLine<StateKind::kPosition, S, M>{name, member, {space}};
}
template <class S, class M, class N>
constexpr auto position(const char* name, M S::*member, N S::*space) {
    return StateLine<StateKind::kPosition, S, M, MemberModulo<S, N>>{name, member, {space}};
}
template <class S, class M>
constexpr auto budget(const char* name, M S::*member) {
    return StateLine<StateKind::kBudget, S, M>{name, member, {}};
}
template <class S, class M>
constexpr auto fixed(const char* name, M S::*member) {
    return StateLine<StateKind::kFixed, S, M>{name, member, {}};
}
template <class S, class M>
constexpr auto nested(const char* name, M S::*member) {
    return StateLine<StateKind::kNested, S, M>{name, member, {}};
}

/// The lines of a state, to be returned by its state_lines().
template <class... Lines>
constexpr StateList<Lines...> state_lines(Lines... lines) {
    return {{{lines}...}};
}

/// A struct with lines.
template <class S>
concept DeclaredState = requires {
    S::state_lines();
};

namespace detail {

// Stands for any member in a brace initialisation. A std::array member takes one of these as a
// whole, because an implicit conversion is tried before brace elision.
struct AnyMember {
    template <class T>
    constexpr operator T() const noexcept;
};
template <std::size_t>
using AnyMemberAt = AnyMember;

template <class S, std::size_t... kI>
consteval bool takes_members(std::index_sequence<kI...>) {
    return requires {
        S{AnyMemberAt<kI>{}...};
    };
}

template <class S>
inline constexpr std::size_t kLineCount = decltype(S::state_lines())::kSize;

template <class S>
consteval bool every_member_has_a_line() {
    return takes_members<S>(std::make_index_sequence<kLineCount<S>>{}) &&
           !takes_members<S>(std::make_index_sequence<kLineCount<S> + 1>{});
}

template <class A, class B>
consteval bool same_member(const A& a, const B& b) {
    if constexpr (std::is_same_v<typename A::Member, typename B::Member>) {
        return a.member == b.member;
    } else {
        return false;
    }
}

template <class S>
consteval bool no_member_has_two_lines() {
    constexpr auto kLines = S::state_lines();
    return [&]<std::size_t... kI>(std::index_sequence<kI...>) {
        const auto repeats = [&]<std::size_t kA>(std::integral_constant<std::size_t, kA>) {
            return ((kI < kA && same_member(item_of<kI>(kLines), item_of<kA>(kLines))) || ...);
        };
        return !(repeats(std::integral_constant<std::size_t, kI>{}) || ...);
    }
    (std::make_index_sequence<kLineCount<S>>{});
}

}  // namespace detail

/// True when the lines cover the members one to one; anything else does not compile.
template <DeclaredState S>
consteval bool lines_cover() {
    static_assert(std::is_aggregate_v<S>, "a declared state is an aggregate");
    static_assert(detail::every_member_has_a_line<S>(),
                  "a member of this state has no line in state_lines(), a line is surplus, or a "
                  "member is a C array (use std::array)");
    static_assert(detail::no_member_has_two_lines<S>(),
                  "a member of this state has two lines in state_lines()");
    return true;
}

}  // namespace vr
