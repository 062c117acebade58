// SPDX-License-Identifier: Apache-2.0
// The normal form of a declared state: what its future depends on, relative to the present and
// without names. Two states of one machine with equal normal forms at their presents have the same
// future, shifted in time and with names renamed; the bisimulation test
// (testbenches/transport/bisimulation.h) holds every core to that.
#pragma once

#include <unordered_map>
#include <utility>

#include "models/transport/digest.h"
#include "models/transport/state_visit.h"

namespace vr {

namespace detail {

struct WordsSink {
    Words& words;
    void push(std::uint64_t word) { words.push_back(word); }
};

// Gives names the numbers of their first occurrence, apart for each space.
class Renaming {
  public:
    std::uint64_t number(std::uint64_t space, std::uint64_t name) {
        if (names_.size() < kLinear) {
            for (std::size_t i = 0; i < names_.size(); ++i) {
                if (names_[i].name == name && names_[i].space == space) {
                    return i;
                }
            }
            names_.push_back({space, name});
            if (names_.size() == kLinear) {
                for (std::size_t i = 0; i < kLinear; ++i) {
                    numbers_.emplace(names_[i], i);
                }
            }
            return names_.size() - 1;
        }
        return numbers_.emplace(Key{space, name}, numbers_.size()).first->second;
    }

  private:
    struct Key {
        std::uint64_t space;
        std::uint64_t name;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const { return mix64(mix64(key.space) + key.name); }
    };
    static constexpr std::size_t kLinear = 32;
    std::vector<Key> names_;
    std::unordered_map<Key, std::uint64_t, KeyHash> numbers_;
};

// Where the streams stand, by space.
class Origins {
  public:
    void set(std::uint64_t space, std::uint64_t at) { list_.push_back({space, at}); }
    [[nodiscard]] std::uint64_t of(std::uint64_t space) const {
        for (const auto& [known, at] : list_) {
            if (known == space) {
                return at;
            }
        }
        return 0;
    }

  private:
    std::vector<std::pair<std::uint64_t, std::uint64_t>> list_;
};

template <class Sink>
struct NormalVisitor : VisitorBase {
    std::int64_t now;
    Sink sink;
    bool periodic = false;
    bool names = true;
    Renaming renaming{};
    Origins origins{};
    static constexpr std::uint64_t kNeverWord = 1ULL << 63;  // no distance between two ticks

    template <StateKind kKind>
    void list(std::size_t size, bool growing) {
        if (growing && !is_statistic(kKind)) {
            sink.push(size);
        }
    }
    template <StateKind kKind, class T>
    void leaf(const T& value, std::uint64_t modulo) {
        if constexpr (kKind == StateKind::kFutureTime) {
            sink.push(value == kNeverTick ? kNeverWord
                      : value > now
                          ? static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(now)
                          : 0);
        } else if constexpr (kKind == StateKind::kPastTime) {
            sink.push(value == kNeverTick
                          ? kNeverWord
                          : static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(now));
        } else if constexpr (kKind == StateKind::kCounter) {
            sink.push(remainder(value, modulo));
        } else if constexpr (kKind == StateKind::kIdentity) {
            if (!names) {
                return;
            }
            const auto name = static_cast<std::uint64_t>(value);
            sink.push(value == kNoIdentity<T> ? ~0ULL : renaming.number(modulo, name));
        } else if constexpr (kKind == StateKind::kOrigin) {
            if (periodic) {
                origins.set(modulo, static_cast<std::uint64_t>(value));
            }
        } else if constexpr (kKind == StateKind::kPosition) {
            const auto at = static_cast<std::uint64_t>(value);
            sink.push(value == kNoIdentity<T> ? kNeverWord : at - origins.of(modulo));
        } else if constexpr (kKind == StateKind::kBudget) {
            if (!periodic) {
                sink.push(static_cast<std::uint64_t>(value));
            }
        } else if constexpr (kKind == StateKind::kFixed) {
            sink.push(static_cast<std::uint64_t>(value));
        }
    }
    template <class T>
    static std::uint64_t remainder(T value, std::uint64_t modulo) {
        if (modulo == 0) {
            return static_cast<std::uint64_t>(value);
        }
        if constexpr (std::is_signed_v<T>) {
            const auto n = static_cast<std::int64_t>(modulo);
            const std::int64_t rest = static_cast<std::int64_t>(value) % n;
            return static_cast<std::uint64_t>(rest < 0 ? rest + n : rest);
        } else {
            return static_cast<std::uint64_t>(value) % modulo;
        }
    }
};

}  // namespace detail

/// Appends the normal form at `now`: times relative, names renumbered, statistics left out.
template <DeclaredState S>
void append_normal(const S& state, std::int64_t now, Words& words) {
    detail::NormalVisitor<detail::WordsSink> visitor{{}, now, {words}};
    detail::visit_state(state, visitor);
}

/// The same without budgets: what must recur for a period; how often it may is for the budgets to
/// say (state_shift.h).
template <DeclaredState S>
void append_periodic_normal(const S& state, std::int64_t now, Words& words) {
    detail::NormalVisitor<detail::WordsSink> visitor{{}, now, {words}, true};
    detail::visit_state(state, visitor);
}

/// 64-bit hash of the periodic normal form without its names: equal for states that recur, and
/// cheaper than the words, which tell for certain.
template <DeclaredState S>
[[nodiscard]] std::uint64_t periodic_digest(const S& state, std::int64_t now) {
    detail::NormalVisitor<DigestSink> visitor{{}, now, {}, true, false};
    detail::visit_state(state, visitor);
    return visitor.sink.value();
}

/// 64-bit hash of the normal form, without storing it.
template <DeclaredState S>
[[nodiscard]] std::uint64_t digest(const S& state, std::int64_t now) {
    detail::NormalVisitor<DigestSink> visitor{{}, now, {}};
    detail::visit_state(state, visitor);
    return visitor.sink.value();
}

/// True when both have the same normal form, each at its own present. Compares words, not hashes.
template <DeclaredState S>
[[nodiscard]] bool equal_normal(const S& a, std::int64_t now_a, const S& b, std::int64_t now_b) {
    Words of_a;
    Words of_b;
    append_normal(a, now_a, of_a);
    append_normal(b, now_b, of_b);
    return of_a == of_b;
}

}  // namespace vr
