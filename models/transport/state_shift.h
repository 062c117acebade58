// SPDX-License-Identifier: Apache-2.0
// Moves a declared state over whole periods: what a period changed, and that change applied k
// times. Not covered: extremes (lowest, highest), which a repeated period cannot change.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>

#include "models/base/error.h"
#include "models/transport/state_visit.h"

namespace vr {

/// What one period adds: a step for every additive, counter, identity, origin, position and budget
/// leaf, in the order of the lines.
struct StateDelta {
    /// By how much the names of one space moved.
    struct SpaceStep {
        std::uint64_t space;
        std::int64_t step;
    };
    std::vector<std::int64_t> steps;
    std::vector<SpaceStep> identities;  ///< in the order of the lines
    bool uniform_identities = true;     ///< all names of a space moved by the same amount

    /// Step of the names of a space; 0 when nothing is named there.
    [[nodiscard]] std::int64_t identity_step(std::uint64_t space = 0) const {
        for (const SpaceStep& one : identities) {
            if (one.space == space) {
                return one.step;
            }
        }
        return 0;
    }
};

namespace detail {

struct StepReader : VisitorBase {
    std::vector<std::int64_t>& values;
    template <StateKind kKind, class T>
    void leaf(const T& value, std::uint64_t) {
        if constexpr (has_step(kKind)) {
            values.push_back(to_word(value));
        }
    }
};

struct StepSubtracter : VisitorBase {
    StateDelta& delta;
    std::size_t at = 0;
    bool fits = true;
    template <StateKind kKind, class T>
    void leaf(const T& value, std::uint64_t modulo) {
        if constexpr (has_step(kKind)) {
            if (at >= delta.steps.size()) {
                fits = false;
                return;
            }
            const std::int64_t before = delta.steps[at];
            const std::int64_t step = add_times(to_word(value), -1, before);
            delta.steps[at++] = step;
            if constexpr (kKind == StateKind::kIdentity) {
                const bool was_named = before != to_word(kNoIdentity<T>);
                const bool is_named = value != kNoIdentity<T>;
                if (was_named && is_named) {
                    name_moved(modulo, step);
                } else if (was_named != is_named) {
                    delta.uniform_identities = false;
                }
            }
        }
    }
    void name_moved(std::uint64_t space, std::int64_t step) {
        for (const StateDelta::SpaceStep& one : delta.identities) {
            if (one.space == space) {
                delta.uniform_identities &= one.step == step;
                return;
            }
        }
        delta.identities.push_back({space, step});
    }
};

struct BudgetReader : VisitorBase {
    const std::vector<std::int64_t>& steps;
    std::int64_t periods = std::numeric_limits<std::int64_t>::max();
    std::size_t at = 0;
    template <StateKind kKind, class T>
    void leaf(const T& value, std::uint64_t) {
        if constexpr (has_step(kKind)) {
            if (at >= steps.size()) {
                return;
            }
            const std::int64_t step = steps[at++];
            if (kKind == StateKind::kBudget && step < 0) {
                periods = std::min(periods, (to_word(value) - 1) / -step);  // the end is an event
            } else if (kKind == StateKind::kBudget && step > 0) {
                periods = 0;  // it does not count down: no period
            }
        }
    }
};

// Counters go on from where they are: adds what `current` is ahead of `recorded`.
struct CounterRebaser : VisitorBase {
    std::int64_t dt;
    const std::vector<std::int64_t>& recorded;
    const std::vector<std::int64_t>& current;
    std::size_t at = 0;
    template <StateKind kKind, class T>
    void leaf(T& value, std::uint64_t) {
        if constexpr (is_time(kKind)) {
            if (value != kNeverTick) {
                value += dt;
            }
        } else if constexpr (has_step(kKind)) {
            if constexpr (kKind == StateKind::kCounter) {
                from_word(value,
                          add_times(add_times(to_word(value), 1, current[at]), -1, recorded[at]));
            }
            ++at;
        }
    }
};

// Whether any leaf names something.
struct NameFinder : VisitorBase {
    bool named = false;
    template <StateKind kKind, class T>
    void leaf(const T& value, std::uint64_t) {
        if constexpr (kKind == StateKind::kIdentity) {
            named |= value != kNoIdentity<T>;
        }
    }
};

struct Shifter : VisitorBase {
    std::int64_t dt;
    std::int64_t k;
    const std::vector<std::int64_t>* steps;  // null: times only
    std::size_t at = 0;
    template <StateKind kKind, class T>
    void leaf(T& value, std::uint64_t) {
        if constexpr (is_time(kKind)) {
            if (value != kNeverTick) {
                value += dt;
            }
        } else if constexpr (has_step(kKind)) {
            if (steps != nullptr) {
                from_word(value, add_times(to_word(value), k, (*steps)[at++]));
            }
        }
    }
};

}  // namespace detail

/// What changed from `before` to `after` in the leaves that have steps; nothing when a list changed
/// its length. Meaningful as a period's delta when the two have equal periodic normal forms.
/// `periods` counts from `after` on.
template <DeclaredState S>
[[nodiscard]] std::optional<StateDelta> difference(const S& before, const S& after) {
    StateDelta delta;
    detail::StepReader reader{{}, delta.steps};
    detail::visit_state(before, reader);
    detail::StepSubtracter subtracter{{}, delta};
    detail::visit_state(after, subtracter);
    if (!subtracter.fits || subtracter.at != delta.steps.size()) {
        return std::nullopt;
    }
    return delta;
}

/// Moves the state over k periods: times by dt in all, and k times the delta's steps.
template <DeclaredState S>
void shift(S& state, std::int64_t dt, std::int64_t k, const StateDelta& delta) {
    detail::Shifter shifter{{}, dt, k, &delta.steps};
    detail::visit_state(state, shifter);
    ensure(shifter.at == delta.steps.size(), "a state of another shape is shifted");
}

/// How many of the delta's periods the budgets of `state` allow: all stay above 0.
template <DeclaredState S>
[[nodiscard]] std::int64_t periods_left(const S& state, const StateDelta& delta) {
    detail::BudgetReader reader{{}, delta.steps};
    detail::visit_state(state, reader);
    return reader.at == delta.steps.size() ? reader.periods : 0;
}

/// Moves all times by dt and nothing else.
template <DeclaredState S>
void shift_times(S& state, std::int64_t dt) {
    detail::Shifter shifter{{}, dt, 0, nullptr};
    detail::visit_state(state, shifter);
}

/// True when the state names anything: something is in flight.
template <DeclaredState S>
[[nodiscard]] bool names_anything(const S& state) {
    detail::NameFinder finder;
    detail::visit_state(state, finder);
    return finder.named;
}

/// The leaves that have steps, as words, in the order of the lines.
template <DeclaredState S>
[[nodiscard]] std::vector<std::int64_t> step_values(const S& state) {
    std::vector<std::int64_t> values;
    detail::StepReader reader{{}, values};
    detail::visit_state(state, reader);
    return values;
}
/// Turns `end`, which a recorded run from `recorded` reached, into what a run from `current`
/// reaches, dt ticks later: times move, counters go on from the current ones. The three have the
/// same number of leaves with steps.
template <DeclaredState S>
void rebase(S& end, std::int64_t dt, const S& recorded, const S& current) {
    const std::vector<std::int64_t> before = step_values(recorded);
    const std::vector<std::int64_t> now = step_values(current);
    ensure(before.size() == now.size(), "a state of another shape is rebased");
    detail::CounterRebaser rebaser{{}, dt, before, now};
    detail::visit_state(end, rebaser);
}

}  // namespace vr
