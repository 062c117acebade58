// SPDX-License-Identifier: Apache-2.0
// Fast-forward: when a machine's state recurs, whole periods are skipped. A period is learnt from
// two sightings of one periodic normal form within an epoch; external input and a skip end the
// epoch. What is learnt stays true of that state for ever, so a later single sighting skips at
// once. What is left after whole periods is skipped up to the last state that was seen in the
// period (state_carry.h). Not skipped: anything past the horizon or past what the budgets of the
// state allow. Outputs are counted, not kept: who asks for those of a skip has its first period
// simulated by a copy of the machine, and the others are moved from it.
#pragma once

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "models/transport/completion_template.h"
#include "models/transport/machine.h"
#include "models/transport/state_carry.h"

namespace vr {

struct FastForwardStatistics {
    std::uint64_t anchors = 0;
    std::uint64_t learnt = 0;  ///< periods
    std::uint64_t skips = 0;
    std::uint64_t skipped_periods = 0;
    std::uint64_t skipped_parts = 0;  ///< of a period
    std::uint64_t skipped_outputs = 0;
    std::int64_t skipped_ticks = 0;
    std::uint64_t refused = 0;    ///< the form recurred, but names did not move alike
    std::uint64_t forgotten = 0;  ///< times all sightings were dropped to bound memory
};

/// Limits of memory; reaching them costs speed, never exactness.
struct FastForwardLimits {
    std::size_t states = 4096;
};

/// Fast-forward of one machine.
template <RestorableMachine Machine>
class FastForward {
  public:
    using State = typename Machine::State;
    using Output = typename Machine::Output;

    /// What was skipped: `periods` times the outputs of one period, or once those of a part of
    /// one. Asking for outputs simulates a period and holds as many as it has.
    struct Skip {
        std::int64_t begin = 0;
        std::int64_t periods = 0;
        std::int64_t ticks = 0;          ///< of one period
        std::uint64_t outputs = 0;       ///< of one period
        StateDelta delta{};              ///< from period to period
        std::optional<Machine> machine;  ///< as it was at `begin`; nothing if there are no periods

        [[nodiscard]] std::int64_t end() const { return begin + periods * ticks; }
        /// Outputs of the first skipped period, in order: simulated when asked for.
        [[nodiscard]] std::vector<Output> first_outputs() const {
            std::vector<Output> list;
            Machine copy(machine.value());
            copy.run(begin + ticks, list);
            ensure(list.size() == outputs, "fast-forward: {} outputs in a period of {}",
                   list.size(), outputs);
            return list;
        }
        /// Calls fn(Output) for every skipped output, in order.
        template <class Fn>
        void for_each(Fn&& fn) const {
            if (periods == 0) {
                return;
            }
            const std::vector<Output> first = first_outputs();
            for (std::int64_t j = 0; j < periods; ++j) {
                for (Output output : first) {
                    Machine::shift_output(output, j * ticks, j, delta);
                    fn(output);
                }
            }
        }
        /// Appends the skipped outputs to a template, `tick_length` femtoseconds a tick;
        /// item_of(output) is an integer that identities move.
        template <class ItemOf>
        void append_to(CompletionTemplate& to, std::int64_t tick_length, ItemOf&& item_of) const {
            if (periods == 0) {
                return;
            }
            std::vector<Completion> points;
            std::uint64_t step = 0;
            for (const Output& output : first_outputs()) {
                Output moved = output;
                Machine::shift_output(moved, ticks, 1, delta);
                const auto item = static_cast<std::uint64_t>(item_of(output));
                const std::uint64_t own = static_cast<std::uint64_t>(item_of(moved)) - item;
                ensure(points.empty() || own == step, "items of one period move differently");
                step = own;
                points.push_back({{(output.tick - begin) * tick_length}, item});
            }
            to.append_periods({begin * tick_length}, {ticks * tick_length},
                              static_cast<std::uint64_t>(periods), step, points);
        }
    };

    explicit FastForward(bool on = true, FastForwardLimits limits = {})
        : on_(on), limits_(limits) {}

    /// Something came from outside the machine: no period reaches across this moment.
    void external_input() { end_epoch(); }
    /// So many outputs were simulated since the last call. All of them must be told.
    void record(std::size_t outputs) { outputs_ += outputs; }
    /// To be called at moments that recur with the machine's own rhythm. Everything before `now`
    /// has been done and recorded; nothing comes from outside before `horizon`. Moves the machine
    /// by whole periods if its state is known to recur; `periods` is 0 if nothing was skipped.
    Skip at_anchor(Machine& machine, std::int64_t now, std::int64_t horizon);
    [[nodiscard]] const FastForwardStatistics& statistics() const { return statistics_; }

  private:
    struct Sighting {
        State state;
        std::int64_t tick = 0;
        Words words{};  // normal form of the first state seen; made when first asked for
        std::uint64_t epoch = 0;
        std::uint64_t before = 0;  // outputs that were simulated before it
        std::int64_t period = 0;   // ticks; 0: not known
        StateDelta delta{};
        std::uint64_t outputs = 0;              // of a period
        std::vector<const Sighting*> within{};  // the others of its period, in order; they may go
    };
    void end_epoch() { ++epoch_; }
    Sighting* find(std::uint64_t hash, const State& state, std::int64_t now);
    void learn(Sighting& seen, const State& state, std::int64_t now);
    void collect_within(Sighting& seen, std::int64_t now);
    void move_to(Machine& machine, const State& later, Skip& skip);
    Skip skip_part(Machine& machine, const Sighting& seen, std::int64_t now, std::int64_t horizon);

    bool on_;
    FastForwardLimits limits_;
    std::uint64_t epoch_ = 0;
    std::uint64_t outputs_ = 0;  // simulated so far
    std::unordered_multimap<std::uint64_t, Sighting> sightings_;
    FastForwardStatistics statistics_;
};

template <RestorableMachine Machine>
auto FastForward<Machine>::at_anchor(Machine& machine, std::int64_t now, std::int64_t horizon)
    -> Skip {
    Skip skip;
    if (!on_) {
        return skip;
    }
    ++statistics_.anchors;
    settle_lazy(machine, now);
    const State& state = machine.state();
    const std::uint64_t hash = periodic_digest(state, now);
    Sighting* seen = find(hash, state, now);
    if (seen == nullptr) {
        if (sightings_.size() >= limits_.states) {
            sightings_.clear();
            ++statistics_.forgotten;
        }
        sightings_.emplace(hash, Sighting{state, now, {}, epoch_, outputs_});
        return skip;
    }
    if (seen->period == 0) {
        learn(*seen, state, now);
    }
    if (seen->period == 0) {
        return skip;
    }
    const std::int64_t periods =
        std::min((horizon - now) / seen->period, periods_left(state, seen->delta));
    if (periods <= 0) {
        return skip_part(machine, *seen, now, horizon);
    }
    // What names have become since the period was learnt: else those in flight would not move
    // alike.
    const auto moved = difference(seen->state, state);
    if (!moved || !moved->uniform_identities) {
        ++statistics_.refused;
        return skip;
    }
    skip.begin = now;
    skip.periods = periods;
    skip.ticks = seen->period;
    skip.outputs = seen->outputs;
    skip.delta = seen->delta;
    State later = state;
    shift(later, periods * seen->period, periods, seen->delta);
    move_to(machine, later, skip);
    statistics_.skipped_periods += static_cast<std::uint64_t>(periods);
    return skip;
}

// The words of a normal form are made when a digest is met again, not for each state that is seen.
template <RestorableMachine Machine>
auto FastForward<Machine>::find(std::uint64_t hash, const State& state, std::int64_t now)
    -> Sighting* {
    const auto [first, last] = sightings_.equal_range(hash);
    if (first == last) {
        return nullptr;
    }
    Words words;
    append_periodic_normal(state, now, words);
    for (auto it = first; it != last; ++it) {
        Sighting& one = it->second;
        if (one.words.empty()) {
            append_periodic_normal(one.state, one.tick, one.words);
        }
        if (one.words == words) {
            return &one;
        }
    }
    return nullptr;
}

template <RestorableMachine Machine>
void FastForward<Machine>::move_to(Machine& machine, const State& later, Skip& skip) {
    skip.machine.emplace(machine);
    machine.restore(later);
    end_epoch();
    ++statistics_.skips;
    statistics_.skipped_outputs += static_cast<std::uint64_t>(skip.periods) * skip.outputs;
    statistics_.skipped_ticks += skip.periods * skip.ticks;
}

// To the last state of the period at which its horizon and its budgets are not yet reached.
template <RestorableMachine Machine>
auto FastForward<Machine>::skip_part(Machine& machine, const Sighting& seen, std::int64_t now,
                                     std::int64_t horizon) -> Skip {
    Skip skip;
    std::vector<const Sighting*> within;  // those that have not been seen anew
    for (const Sighting* one : seen.within) {
        if (one->epoch == seen.epoch && one->tick - seen.tick <= horizon - now) {
            within.push_back(one);
        }
    }
    if (within.empty()) {
        return skip;
    }
    const std::optional<StateMove> move =
        move_between(seen.state, machine.state(), now - seen.tick);
    if (!move) {
        ++statistics_.refused;
        return skip;
    }
    std::optional<State> later;
    const auto reached = [&](const Sighting* one) {
        State state = one->state;
        if (!carry(state, *move)) {
            return false;
        }
        later = std::move(state);
        return true;
    };
    // The last success of the search is the last state that is reached.
    const auto past = std::partition_point(within.begin(), within.end(), reached);
    if (past == within.begin()) {
        return skip;
    }
    const Sighting& to = **std::prev(past);
    skip.begin = now;
    skip.periods = 1;
    skip.ticks = to.tick - seen.tick;
    skip.outputs = to.before - seen.before;
    skip.delta = seen.delta;
    move_to(machine, *later, skip);
    ++statistics_.skipped_parts;
    return skip;
}

// A second sighting: a period if nothing came in between, else the first of another pair.
template <RestorableMachine Machine>
void FastForward<Machine>::learn(Sighting& seen, const State& state, std::int64_t now) {
    if (seen.epoch == epoch_ && now > seen.tick) {
        auto delta = difference(seen.state, state);
        if (delta && delta->uniform_identities) {
            seen.period = now - seen.tick;
            seen.delta = std::move(*delta);
            seen.outputs = outputs_ - seen.before;
            collect_within(seen, now);
            ++statistics_.learnt;
            return;
        }
        ++statistics_.refused;
    }
    seen.state = state;
    seen.tick = now;
    seen.epoch = epoch_;
    seen.before = outputs_;
}

template <RestorableMachine Machine>
void FastForward<Machine>::collect_within(Sighting& seen, std::int64_t now) {
    for (const auto& [hash, one] : sightings_) {
        if (one.epoch == seen.epoch && one.tick > seen.tick && one.tick < now) {
            seen.within.push_back(&one);
        }
    }
    std::ranges::sort(seen.within, {}, [](const Sighting* one) { return one->tick; });
}

}  // namespace vr
