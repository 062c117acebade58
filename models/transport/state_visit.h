// SPDX-License-Identifier: Apache-2.0
// Walks the leaves of a declared state in the order of its lines; the loop behind everything in
// state.h.
#pragma once

#include <array>
#include <concepts>
#include <vector>

#include "models/base/index.h"
#include "models/base/quantity.h"
#include "models/base/statistics.h"
#include "models/transport/state_lines.h"

namespace vr::detail {

enum class Shape : std::uint8_t { kLeaf, kTagged, kFixedList, kGrowingList, kHistogram };

template <class T>
struct ShapeOf : std::integral_constant<Shape, Shape::kLeaf> {};
template <class Tag>
struct ShapeOf<Quantity<Tag>> : std::integral_constant<Shape, Shape::kTagged> {};
template <class Tag>
struct ShapeOf<Index<Tag>> : std::integral_constant<Shape, Shape::kTagged> {};
template <class T, std::size_t kN>
struct ShapeOf<std::array<T, kN>> : std::integral_constant<Shape, Shape::kFixedList> {};
template <class T>
struct ShapeOf<std::vector<T>> : std::integral_constant<Shape, Shape::kGrowingList> {
    static_assert(!std::is_same_v<T, bool>, "no std::vector<bool> in a state: use std::uint8_t");
};
template <class I, class T>
struct ShapeOf<IndexedVector<I, T>> : std::integral_constant<Shape, Shape::kGrowingList> {};
template <>
struct ShapeOf<Histogram> : std::integral_constant<Shape, Shape::kHistogram> {};

constexpr bool is_statistic(StateKind kind) {
    return kind == StateKind::kAdditive || kind == StateKind::kLowest ||
           kind == StateKind::kHighest;
}
/// Leaves that a period changes by a step.
constexpr bool has_step(StateKind kind) {
    return kind == StateKind::kAdditive || kind == StateKind::kCounter ||
           kind == StateKind::kIdentity || kind == StateKind::kOrigin ||
           kind == StateKind::kPosition || kind == StateKind::kBudget;
}
constexpr bool is_time(StateKind kind) {
    return kind == StateKind::kFutureTime || kind == StateKind::kPastTime;
}

/// What a visitor may leave out. A visitor has leaf<kind>(value, modulo).
struct VisitorBase {
    void enter(const char*) {}
    void element(std::size_t) {}
    void leave() {}
    template <StateKind>
    void list(std::size_t, bool) {}
};

template <class S, class V>
void visit_state(S& state, V& visitor);

template <StateKind kKind, class T, class V>
void visit_value(T& value, std::uint64_t modulo, V& visitor) {
    using Plain = std::remove_const_t<T>;
    constexpr Shape kShape = ShapeOf<Plain>::value;
    if constexpr (DeclaredState<Plain>) {
        static_assert(kKind == StateKind::kNested || kKind == StateKind::kFixed,
                      "a struct with lines of its own takes the line kind nested");
        visit_state(value, visitor);
    } else if constexpr (kShape == Shape::kFixedList || kShape == Shape::kGrowingList) {
        visitor.template list<kKind>(value.size(), kShape == Shape::kGrowingList);
        std::size_t i = 0;
        for (auto& item : value) {
            visitor.element(i++);
            visit_value<kKind>(item, modulo, visitor);
            visitor.leave();
        }
    } else if constexpr (kShape == Shape::kHistogram) {
        static_assert(kKind == StateKind::kAdditive, "a histogram takes the line kind additive");
        for (std::size_t i = 0; i < Histogram::kBuckets; ++i) {
            visitor.element(i);
            visitor.template leaf<kKind>(value.buckets[i], modulo);
            visitor.leave();
        }
    } else if constexpr (kShape == Shape::kTagged) {
        visit_value<kKind>(value.value, modulo, visitor);
    } else {
        static_assert(
            std::is_integral_v<Plain> || std::is_enum_v<Plain>,
            "a state holds integers, bool, enums, structs with lines, arrays and vectors");
        static_assert(kKind != StateKind::kNested, "this struct has no state_lines()");
        static_assert(!is_time(kKind) || std::is_same_v<Plain, std::int64_t>,
                      "times are std::int64_t or vr::Time");
        visitor.template leaf<kKind>(value, modulo);
    }
}

template <class S, class V>
void visit_state(S& state, V& visitor) {
    using Plain = std::remove_const_t<S>;
    static_assert(lines_cover<Plain>());
    static constexpr auto kLines = Plain::state_lines();
    const auto visit = [&](const auto& line) {
        visitor.enter(line.name);
        visit_value<std::remove_cvref_t<decltype(line)>::kKind>(state.*line.member,
                                                                line.modulo.of(state), visitor);
        visitor.leave();
    };
    [&]<std::size_t... kI>(std::index_sequence<kI...>) {
        (visit(item_of<kI>(kLines)), ...);
    }
    (std::make_index_sequence<kLineCount<Plain>>{});
}

/// A leaf as a signed word, and back.
template <class T>
constexpr std::int64_t to_word(T value) {
    return static_cast<std::int64_t>(value);
}
template <class T>
constexpr void from_word(T& leaf, std::int64_t word) {
    leaf = static_cast<T>(word);
}

/// a + k * b without the undefined overflow of signed types (statistics may wrap, times may not).
constexpr std::int64_t add_times(std::int64_t a, std::int64_t k, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) +
                                     static_cast<std::uint64_t>(k) * static_cast<std::uint64_t>(b));
}

}  // namespace vr::detail
