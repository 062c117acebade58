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
    [[nodiscard]] std::uint32_t capacity() const {
        return static_cast<std::uint32_t>(done_.size());
    }
    [[nodiscard]] bool empty() const { return base_ == next_; }
    /// True when the ring must be doubled (with the members' payloads) before the next take().
    [[nodiscard]] bool full() const { return next_ - base_ == capacity(); }
    [[nodiscard]] std::uint32_t slot(std::uint32_t token) const { return token & (capacity() - 1); }
    std::uint32_t take() {
        done_[slot(next_)] = 0;
        return next_++;
    }
    void check(std::uint32_t token) const {
        ensure(token - base_ < next_ - base_ && done_[slot(token)] == 0,
               "an output has token {}, which no waiting input has", token);
    }
    void release(std::uint32_t token) {
        check(token);
        done_[slot(token)] = 1;
        while (base_ != next_ && done_[slot(base_)] != 0) {
            ++base_;
        }
    }
    /// Doubles the ring; `items` is one member's payloads, to be moved the same way before this
    /// call.
    template <class T>
    void stretch(std::vector<T>& items) const {
        std::vector<T> larger(2 * items.size());
        for (std::uint32_t token = base_; token != next_; ++token) {
            larger[token & (larger.size() - 1)] = std::move(items[slot(token)]);
        }
        items = std::move(larger);
    }
    void grow() { stretch(done_); }

  private:
    std::uint32_t base_ = 0;
    std::uint32_t next_ = 0;
    std::vector<std::uint8_t> done_ = std::vector<std::uint8_t>(kFirstCapacity);

  public:
    static constexpr std::uint32_t kFirstCapacity = 16;
};

}  // namespace detail

}  // namespace vr
