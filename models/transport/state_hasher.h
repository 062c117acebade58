// SPDX-License-Identifier: Apache-2.0
// The hash of everything that decides a unit's future, at one moment: equal for a run and its
// continued copy, and for the same machine put together in another way. Times are absolute. Causes
// count with the time at which they end, which timing may use; who had it when is attribution and
// does not. Not covered: pointers and hash tables, which have no order to hash by.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <vector>

#include "models/base/attribution.h"
#include "models/transport/digest.h"
#include "models/transport/state_members.h"
#include "models/transport/state_visit.h"

namespace vr {

class StateHasher;

namespace detail {
template <class T>
inline constexpr bool kIsPair = false;
template <class A, class B>
inline constexpr bool kIsPair<std::pair<A, B>> = true;
template <class T>
inline constexpr bool kMayBeAbsent = false;
template <class T>
inline constexpr bool kMayBeAbsent<std::optional<T>> = true;
template <class T>
inline constexpr bool kMayBeAbsent<std::shared_ptr<T>> = true;
template <class T, class D>
inline constexpr bool kMayBeAbsent<std::unique_ptr<T, D>> = true;
}  // namespace detail

/// A class that says itself what counts, where a list of members would not do (an order of slots
/// that nothing depends on).
template <class T>
concept StateByItself = requires(const T& value, StateHasher& out) {
    value.state(out);
};

/// Takes values of any kind, one after the other.
class StateHasher {
  public:
    template <class... T>
    void operator()(const T&... values) {
        (take(values), ...);
    }
    /// The members of a plain struct without a list of its own: all of them, or it does not
    /// compile.
    template <class S, class... T>
    void all_of(const T&... members) {
        static_assert(has_members<S, sizeof...(T)>(),
                      "these are not all members of the struct, or too many");
        (take(members), ...);
    }
    /// Something was taken.
    [[nodiscard]] bool has_any() const { return any_; }
    [[nodiscard]] std::uint64_t value() const { return sink_.value(); }

  private:
    struct Lines : detail::VisitorBase {
        explicit Lines(StateHasher& hasher) : out(hasher) {}
        StateHasher& out;
        template <StateKind>
        void list(std::size_t size, bool) {
            out.word(size);
        }
        template <StateKind, class T>
        void leaf(const T& leaf, std::uint64_t) {
            out.word(static_cast<std::uint64_t>(leaf));
        }
    };
    template <class T>
    static constexpr bool kIsByte = std::is_integral_v<T> && sizeof(T) == 1 &&
                                    !std::is_same_v<T, bool>;

    void word(std::uint64_t word) {
        any_ = true;
        sink_.push(word);
    }
    void bytes(const void* data, std::size_t size) {
        const auto* from = static_cast<const unsigned char*>(data);
        for (; size > 0;) {
            const std::size_t part = std::min<std::size_t>(size, 8);
            std::uint64_t packed = 0;
            for (std::size_t i = 0; i < part; ++i) {
                packed |= std::uint64_t{from[i]} << 8 * i;
            }
            word(packed);
            from += part;
            size -= part;
        }
    }
    template <class T>
    void take_owned(const T& owned) {
        word(owned ? 1 : 0);
        if (owned) {
            take(*owned);
        }
    }
    template <class Range>
    void take_range(const Range& range) {
        static_assert(
            !requires { typename Range::hasher; }, "a hash table has no order: sort it");
        using Value = std::ranges::range_value_t<Range>;
        word(static_cast<std::uint64_t>(range.size()));
        if constexpr (kIsByte<Value> && std::ranges::contiguous_range<const Range>) {
            bytes(std::ranges::data(range), range.size());
        } else {
            for (const Value& item : range) {  // a proxy of std::vector<bool> becomes a bool
                take(item);
            }
        }
    }
    template <class T>
    void take(const T& value) {
        using detail::Shape;
        static_assert(!std::is_pointer_v<T>, "a pointer is no state: give what it stands for");
        if constexpr (StateByItself<T>) {
            value.state(*this);
        } else if constexpr (ListedState<T>) {
            visit_members(value, *this);
        } else if constexpr (DeclaredState<T>) {
            Lines lines(*this);
            detail::visit_state(value, lines);
        } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
            word(static_cast<std::uint64_t>(value));
        } else if constexpr (std::is_same_v<T, float>) {
            word(std::bit_cast<std::uint32_t>(value));
        } else if constexpr (std::is_same_v<T, Cause> || std::is_same_v<T, CauseTrail>) {
            take(value.time());
        } else if constexpr (std::is_same_v<T, DigestSink>) {
            word(value.value());
        } else if constexpr (requires { value.begin(), value.size(); }) {
            take_range(value);
        } else if constexpr (detail::ShapeOf<T>::value == Shape::kTagged) {
            take(value.value);
        } else if constexpr (detail::ShapeOf<T>::value == Shape::kHistogram) {
            take_range(std::span(value.buckets));
        } else if constexpr (detail::kMayBeAbsent<T>) {
            take_owned(value);
        } else if constexpr (detail::kIsPair<T>) {
            take(value.first);
            take(value.second);
        } else {
            static_assert(detail::kIsPair<T>, "this type has no state_members()");
        }
    }
    DigestSink sink_;
    bool any_ = false;
};

/// The hash of one state.
template <class T>
[[nodiscard]] std::uint64_t state_hash(const T& state) {
    StateHasher out;
    out(state);
    return out.value();
}

}  // namespace vr
