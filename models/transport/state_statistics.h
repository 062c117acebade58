// SPDX-License-Identifier: Apache-2.0
// The statistics among a state's leaves (additive, lowest, highest), taken out and put together
// again: for classes of machines that merge, and for memoised spans.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>

#include "models/transport/state_visit.h"

namespace vr {

/// Values of all statistic leaves, in the order of the lines.
using StatisticValues = std::vector<std::int64_t>;

namespace detail {

struct StatisticReader : VisitorBase {
    StatisticValues& values;
    template <StateKind kKind, class T>
    void leaf(const T& value, std::uint64_t) {
        if constexpr (is_statistic(kKind)) {
            values.push_back(to_word(value));
        }
    }
};

// Combines the state's statistics with values: the state's are the later ones or the earlier, it
// does not matter.
struct StatisticMerger : VisitorBase {
    const StatisticValues& values;
    std::size_t at = 0;
    template <StateKind kKind, class T>
    void leaf(T& value, std::uint64_t) {
        if constexpr (kKind == StateKind::kAdditive) {
            from_word(value, add_times(to_word(value), 1, values[at++]));
        } else if constexpr (kKind == StateKind::kLowest) {
            value = std::min(value, static_cast<T>(values[at++]));
        } else if constexpr (kKind == StateKind::kHighest) {
            value = std::max(value, static_cast<T>(values[at++]));
        }
    }
};

struct StatisticResetter : VisitorBase {
    template <StateKind kKind, class T>
    void leaf(T& value, std::uint64_t) {
        if constexpr (kKind == StateKind::kAdditive) {
            value = T{};
        } else if constexpr (kKind == StateKind::kLowest) {
            value = std::numeric_limits<T>::max();
        } else if constexpr (kKind == StateKind::kHighest) {
            value = std::numeric_limits<T>::lowest();
        }
    }
};

// Combines two sets of values of the state that is walked.
struct StatisticCombiner : VisitorBase {
    StatisticValues& into;
    const StatisticValues& more;
    std::size_t at = 0;
    template <StateKind kKind, class T>
    void leaf(const T&, std::uint64_t) {
        if constexpr (is_statistic(kKind)) {
            const T a = static_cast<T>(into[at]);
            const T b = static_cast<T>(more[at]);
            into[at] = kKind == StateKind::kAdditive ? add_times(into[at], 1, more[at])
                       : kKind == StateKind::kLowest ? to_word(std::min(a, b))
                                                     : to_word(std::max(a, b));
            ++at;
        }
    }
};

// Turns the values of a machine that ends into what must be merged into the statistics of the one
// that stands for it from now on.
struct StatisticTransfer : VisitorBase {
    StatisticValues& mine;
    std::size_t at = 0;
    bool possible = true;
    template <StateKind kKind, class T>
    void leaf(const T& other, std::uint64_t) {
        if constexpr (is_statistic(kKind)) {
            if (at >= mine.size()) {
                possible = false;
                return;
            }
            if constexpr (kKind == StateKind::kAdditive) {
                mine[at] = add_times(mine[at], -1, to_word(other));
            } else if constexpr (kKind == StateKind::kLowest) {
                possible = possible && other >= static_cast<T>(mine[at]);
            } else {
                possible = possible && other <= static_cast<T>(mine[at]);
            }
            ++at;
        }
    }
};

}  // namespace detail

template <DeclaredState S>
[[nodiscard]] StatisticValues statistic_values(const S& state) {
    StatisticValues values;
    detail::StatisticReader reader{{}, values};
    detail::visit_state(state, reader);
    return values;
}

/// Merges `values` into the state's statistics: sums add, minima and maxima keep the extreme.
template <DeclaredState S>
void merge_statistics(S& state, const StatisticValues& values) {
    detail::StatisticMerger merger{{}, values};
    detail::visit_state(state, merger);
}

/// Merges `more` into `into`, both values of states shaped like `shape`.
template <DeclaredState S>
void combine_statistics(const S& shape, StatisticValues& into, const StatisticValues& more) {
    detail::StatisticCombiner combiner{{}, into, more};
    detail::visit_state(shape, combiner);
}

/// Sets sums to 0 and extremes to the value that any other one replaces.
template <DeclaredState S>
void reset_statistics(S& state) {
    detail::StatisticResetter resetter;
    detail::visit_state(state, resetter);
}

/// The values which, merged into what `next` becomes, give what `last` would have become; nothing
/// when `next` has seen a greater maximum or a smaller minimum than `last`, so that the extremes
/// cannot be told apart later.
template <DeclaredState S>
[[nodiscard]] std::optional<StatisticValues> transfer_statistics(const S& last, const S& next) {
    StatisticValues values = statistic_values(last);
    detail::StatisticTransfer transfer{{}, values};
    detail::visit_state(next, transfer);
    if (!transfer.possible || transfer.at != values.size()) {
        return std::nullopt;
    }
    return values;
}

}  // namespace vr
