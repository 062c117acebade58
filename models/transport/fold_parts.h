// SPDX-License-Identifier: Apache-2.0
// Parts of FoldedGroup (fold.h): what a machine must offer, the figures, and the tokens of one
// class.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/base/error.h"
#include "models/transport/state.h"

namespace vr {

/// A machine that can be folded. All machines of a group share one configuration; they differ in
/// state only.
///  - inject(): the machine keeps the input until its tick, and takes inputs in the order (tick,
///  order of inject()).
///    An input carries no identity: the token is the only name, and no decision may depend on its
///    value.
///  - run(): does every event with tick < horizon; the result must not depend on how a span is cut
///  into horizons.
///  - every input gets one output with its token; with a member `bool last` in Output, the outputs
///  before the last one
///    have it false.
template <class M>
concept FoldableMachine = std::copy_constructible<M> &&
    std::equality_comparable<typename M::Input> && std::copy_constructible<typename M::Input> &&
    requires(M& machine, const M& constant, const typename M::Input& input,
             std::vector<typename M::Output>& outputs, const typename M::Output& output) {
    { constant.next() } -> std::same_as<std::int64_t>;
    machine.inject(std::int64_t{}, input, std::uint32_t{});
    machine.run(std::int64_t{}, outputs);
    { output.token } -> std::convertible_to<std::uint32_t>;
    requires DeclaredState<std::remove_cvref_t<decltype(constant.state())>>;
};

/// What folding did. The result of a run never depends on it.
struct FoldStatistics {
    std::uint32_t members = 0;
    std::uint32_t classes = 0;  ///< now
    std::uint32_t minimum_classes = 0;
    std::uint32_t maximum_classes = 0;
    std::uint64_t splits = 0;          ///< classes made by dividing one
    std::uint64_t merges = 0;          ///< classes that joined another
    std::uint64_t merge_attempts = 0;  ///< searches for equal classes
    std::uint64_t simulated_runs = 0;  ///< calls of Machine::run
    std::uint64_t requested_runs = 0;  ///< the same, counted for every member
};

namespace detail {

template <class Output>
inline constexpr bool kHasLast = requires(const Output& output) {
    output.last;
};

template <class Output>
constexpr bool is_last(const Output& output) {
    if constexpr (kHasLast<Output>) {
        return output.last;
    } else {
        return true;
    }
}

/// The inputs of one class that have no last output yet: consecutive tokens in a ring.
class TokenRing {
  public:
    static constexpr std::uint32_t kFirstCapacity = 16;

    [[nodiscard]] std::uint32_t capacity() const { return capacity_; }
    [[nodiscard]] bool empty() const { return base_ == next_; }
    /// True when the ring must be doubled (with the members' payloads) before the next take().
    [[nodiscard]] bool full() const { return next_ - base_ == capacity_; }
    [[nodiscard]] std::uint32_t slot(std::uint32_t token) const { return token & (capacity_ - 1); }
    std::uint32_t take() {
        word(next_) &= ~bit(next_);
        return next_++;
    }
    void check(std::uint32_t token) const {
        ensure(token - base_ < next_ - base_ && !is_done(token),
               "an output has token {}, which no waiting input has", token);
    }
    void release(std::uint32_t token) {
        check(token);
        word(token) |= bit(token);
        while (base_ != next_ && is_done(base_)) {
            ++base_;
        }
    }
    /// Moves one member's payloads to where they will be after grow().
    template <class T>
    void stretch(std::vector<T>& items) const {
        std::vector<T> larger(2 * items.size());
        for (std::uint32_t token = base_; token != next_; ++token) {
            larger[token & (larger.size() - 1)] = std::move(items[slot(token)]);
        }
        items = std::move(larger);
    }
    void grow() {
        TokenRing larger;
        larger.capacity_ = 2 * capacity_;
        larger.more_.resize(larger.capacity_ > 64 ? larger.capacity_ / 64 : 0);
        larger.base_ = base_;
        larger.next_ = next_;
        for (std::uint32_t token = base_; token != next_; ++token) {
            if (is_done(token)) {
                larger.word(token) |= bit_in(larger.slot(token));
            }
        }
        *this = std::move(larger);
    }

  private:
    static std::uint64_t bit_in(std::uint32_t slot) { return std::uint64_t{1} << (slot % 64); }
    [[nodiscard]] std::uint64_t bit(std::uint32_t token) const { return bit_in(slot(token)); }
    [[nodiscard]] std::uint64_t& word(std::uint32_t token) {
        return capacity_ <= 64 ? few_ : more_[slot(token) / 64];
    }
    [[nodiscard]] bool is_done(std::uint32_t token) const {
        return ((capacity_ <= 64 ? few_ : more_[slot(token) / 64]) & bit(token)) != 0;
    }
    std::uint32_t base_ = 0;
    std::uint32_t next_ = 0;
    std::uint32_t capacity_ = kFirstCapacity;  // a power of two
    std::uint64_t few_ = 0;                    // inputs that are done, by slot
    std::vector<std::uint64_t> more_;  // the same, in place of few_ when there are more than 64
};

}  // namespace detail

}  // namespace vr
