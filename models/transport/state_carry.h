// SPDX-License-Identifier: Apache-2.0
// Carries a declared state on by what moved another one of the same run: of a period that is known
// to recur, every state that was seen in it comes again, moved alike. Not covered: lists of varying
// length whose items count something; such a state is not carried.
#pragma once

#include <optional>
#include <vector>

#include "models/transport/state_shift.h"

namespace vr {

/// What moved one state to a later one with the same periodic normal form.
struct StateMove {
    std::int64_t ticks = 0;
    std::vector<std::int64_t> steps;     ///< of the leaves that count, in the order of the lines
    std::vector<std::int64_t> extremes;  ///< as they are in the later state, in the same order
    std::vector<StateDelta::SpaceStep> names;    ///< by spaces of identities
    std::vector<StateDelta::SpaceStep> origins;  ///< by spaces of positions
};

namespace detail {

constexpr bool is_count(StateKind kind) {
    return kind == StateKind::kAdditive || kind == StateKind::kCounter ||
           kind == StateKind::kOrigin || kind == StateKind::kBudget;
}
constexpr bool is_extreme(StateKind kind) {
    return kind == StateKind::kLowest || kind == StateKind::kHighest;
}

// Knows whether a leaf lies in a list of varying length.
struct ListVisitor : VisitorBase {
    static constexpr int kNone = -1;
    int depth = 0;
    int list_depth = kNone;  // of the line that holds the outermost such list
    void enter(const char*) { ++depth; }
    void element(std::size_t) { ++depth; }
    void leave() {
        --depth;
        if (depth < list_depth) {
            list_depth = kNone;
        }
    }
    template <StateKind>
    void list(std::size_t, bool growing) {
        if (growing && list_depth == kNone) {
            list_depth = depth;
        }
    }
    [[nodiscard]] bool in_list() const { return list_depth != kNone; }
};

struct CountReader : ListVisitor {
    StateMove& values;
    template <StateKind kKind, class T>
    void leaf(const T& value, std::uint64_t modulo) {
        if constexpr (is_count(kKind)) {
            if (!in_list()) {
                values.steps.push_back(to_word(value));
            }
        } else if constexpr (is_extreme(kKind)) {
            if (!in_list()) {
                values.extremes.push_back(to_word(value));
            }
        }
        if constexpr (kKind == StateKind::kOrigin) {
            values.origins.push_back({modulo, to_word(value)});
        }
    }
};

struct Carrier : ListVisitor {
    const StateMove& move;
    bool fits = true;
    std::size_t count = 0;
    std::size_t extreme = 0;

    template <StateKind kKind, class T>
    void leaf(T& value, std::uint64_t modulo) {
        if constexpr (is_time(kKind)) {
            if (value != kNeverTick) {
                value += move.ticks;
            }
        } else if constexpr (is_count(kKind)) {
            if (const std::int64_t* step = outside(move.steps, count)) {
                from_word(value, add_times(to_word(value), 1, *step));
                // The end of a budget is an event.
                fits &= kKind != StateKind::kBudget || *step == 0 || to_word(value) > 0;
            }
        } else if constexpr (is_extreme(kKind)) {
            if (const std::int64_t* known = outside(move.extremes, extreme)) {
                from_word(value, *known);
            }
        } else if constexpr (kKind == StateKind::kIdentity) {
            step_by(value, modulo, move.names);
        } else if constexpr (kKind == StateKind::kPosition) {
            step_by(value, modulo, move.origins);
        }
    }
    const std::int64_t* outside(const std::vector<std::int64_t>& list, std::size_t& at) {
        if (in_list() || at >= list.size()) {
            fits = false;
            return nullptr;
        }
        return &list[at++];
    }
    template <class T>
    void step_by(T& value, std::uint64_t space, const std::vector<StateDelta::SpaceStep>& steps) {
        if (value == kNoIdentity<T>) {
            return;
        }
        for (const StateDelta::SpaceStep& one : steps) {
            if (one.space == space) {
                from_word(value, add_times(to_word(value), 1, one.step));
                return;
            }
        }
        fits = false;  // nothing tells how this name moves
    }
};

}  // namespace detail

/// What moved `from` to `to`, `ticks` later; nothing when names did not move alike. Both have the
/// same periodic normal form.
template <DeclaredState S>
[[nodiscard]] std::optional<StateMove> move_between(const S& from, const S& to,
                                                    std::int64_t ticks) {
    const std::optional<StateDelta> delta = difference(from, to);
    if (!delta || !delta->uniform_identities) {
        return std::nullopt;
    }
    StateMove before;
    detail::CountReader reader_before{{}, before};
    detail::visit_state(from, reader_before);
    StateMove move;
    detail::CountReader reader{{}, move};
    detail::visit_state(to, reader);
    for (std::size_t i = 0; i < move.steps.size(); ++i) {
        move.steps[i] = detail::add_times(move.steps[i], -1, before.steps[i]);
    }
    for (std::size_t i = 0; i < move.origins.size(); ++i) {
        move.origins[i].step = detail::add_times(move.origins[i].step, -1, before.origins[i].step);
    }
    move.ticks = ticks;
    move.names = delta->identities;
    return move;
}

/// Carries `state`, seen in the period that began with the state moved from, on by the move. False
/// when a budget would end before it, or when something in it cannot be told; it is then of no use.
template <DeclaredState S>
[[nodiscard]] bool carry(S& state, const StateMove& move) {
    detail::Carrier carrier{{}, move};
    detail::visit_state(state, carrier);
    return carrier.fits && carrier.count == move.steps.size() &&
           carrier.extreme == move.extremes.size();
}

}  // namespace vr
