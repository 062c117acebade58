// SPDX-License-Identifier: Apache-2.0
// Fast-forward: when a machine's state recurs, whole periods are skipped and their outputs reported
// as a template. A period is learnt from two sightings of one periodic normal form within an epoch;
// external input and a skip end the epoch. What is learnt stays true of that state for ever, so a
// later single sighting skips at once. Not skipped: anything past the horizon or past what the
// budgets of the state allow.
#pragma once

#include <unordered_map>

#include "models/transport/completion_template.h"
#include "models/transport/machine.h"
#include "models/transport/output_log.h"

namespace vr {

struct FastForwardStatistics {
    std::uint64_t anchors = 0;
    std::uint64_t learnt = 0;  ///< periods
    std::uint64_t skips = 0;
    std::uint64_t skipped_periods = 0;
    std::uint64_t skipped_outputs = 0;
    std::int64_t skipped_ticks = 0;
    std::uint64_t refused = 0;    ///< the form recurred, but names did not move alike
    std::uint64_t forgotten = 0;  ///< times all sightings were dropped to bound memory
};

/// Limits of memory; reaching them costs speed, never exactness.
struct FastForwardLimits {
    std::size_t states = 4096;
    std::size_t logged_outputs = 1U << 20;
};

/// Fast-forward of one machine.
template <RestorableMachine Machine>
class FastForward {
  public:
    using State = typename Machine::State;
    using Output = typename Machine::Output;

    /// What was skipped: `periods` times the outputs of one period.
    struct Skip {
        std::int64_t begin = 0;
        std::int64_t periods = 0;
        std::int64_t ticks = 0;  ///< of one period
        StateDelta delta{};      ///< from period to period

        [[nodiscard]] std::int64_t end() const { return begin + periods * ticks; }
        /// Outputs of one period.
        [[nodiscard]] std::size_t outputs() const { return learnt_.size(); }
        /// Calls fn(Output) for every output of the first skipped period, in order.
        template <class Fn>
        void for_each_of_first(Fn&& fn) const {
            learnt_.for_each([&](Output output) {
                Machine::shift_output(output, since_learnt_, 1, moved_);
                fn(output);
            });
        }
        /// Calls fn(Output) for every skipped output, in order.
        template <class Fn>
        void for_each(Fn&& fn) const {
            for (std::int64_t j = 0; j < periods; ++j) {
                for_each_of_first([&](Output output) {
                    Machine::shift_output(output, j * ticks, j, delta);
                    fn(output);
                });
            }
        }
        /// Appends the skipped outputs to a template, `tick_length` femtoseconds a tick;
        /// item_of(output) is an integer that identities move.
        template <class ItemOf>
        void append_to(CompletionTemplate& to, std::int64_t tick_length, ItemOf&& item_of) const {
            std::vector<Completion> points;
            std::uint64_t step = 0;
            for_each_of_first([&](const Output& output) {
                Output moved = output;
                Machine::shift_output(moved, ticks, 1, delta);
                const auto item = static_cast<std::uint64_t>(item_of(output));
                const std::uint64_t own = static_cast<std::uint64_t>(item_of(moved)) - item;
                ensure(points.empty() || own == step, "items of one period move differently");
                step = own;
                points.push_back({{(output.tick - begin) * tick_length}, item});
            });
            to.append_periods({begin * tick_length}, {ticks * tick_length},
                              static_cast<std::uint64_t>(periods), step, points);
        }

      private:
        friend class FastForward;
        // Outputs of the period as it was learnt, and how it has moved since.
        typename OutputLog<Output>::Part learnt_;
        std::int64_t since_learnt_ = 0;
        StateDelta moved_{};
    };

    explicit FastForward(bool on = true, FastForwardLimits limits = {})
        : on_(on), limits_(limits) {}

    /// Something came from outside the machine: no period reaches across this moment.
    void external_input() { end_epoch(); }
    /// Outputs that were simulated since the last call, in order. All of them must be given.
    void record(const std::vector<Output>& outputs) {
        if (on_) {
            log_.append(outputs);
            if (log_.size() > limits_.logged_outputs) {
                end_epoch();
            }
        }
    }
    /// To be called at moments that recur with the machine's own rhythm. Everything before `now`
    /// has been done and recorded; nothing comes from outside before `horizon`. Moves the machine
    /// by whole periods if its state is known to recur; `periods` is 0 if nothing was skipped.
    Skip at_anchor(Machine& machine, std::int64_t now, std::int64_t horizon);
    [[nodiscard]] const FastForwardStatistics& statistics() const { return statistics_; }

  private:
    struct Sighting {
        Words words;
        State state;
        std::int64_t tick = 0;
        std::uint64_t epoch = 0;
        std::size_t logged = 0;   // outputs before it
        std::int64_t period = 0;  // ticks; 0: not known
        StateDelta delta{};
        typename OutputLog<Output>::Part outputs{};  // of the period that begins at `tick`
    };
    void end_epoch() {
        ++epoch_;
        log_.clear();
    }
    Sighting* find(std::uint64_t hash, const Words& words) {
        const auto [first, last] = sightings_.equal_range(hash);
        for (auto it = first; it != last; ++it) {
            if (it->second.words == words) {
                return &it->second;
            }
        }
        return nullptr;
    }
    void learn(Sighting& seen, const State& state, std::int64_t now);

    bool on_;
    FastForwardLimits limits_;
    std::size_t words_ = 0;  // of the last normal form
    std::uint64_t epoch_ = 0;
    OutputLog<Output> log_;  // of this epoch
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
    Words words;
    words.reserve(words_);
    append_periodic_normal(state, now, words);
    words_ = words.size();
    const std::uint64_t hash = digest_of(words);
    Sighting* seen = find(hash, words);
    if (seen == nullptr) {
        if (sightings_.size() >= limits_.states) {
            sightings_.clear();
            ++statistics_.forgotten;
        }
        sightings_.emplace(hash, Sighting{std::move(words), state, now, epoch_, log_.size()});
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
        return skip;
    }
    const auto moved =
        difference(seen->state, state);  // what names have become since the period was learnt
    if (!moved || !moved->uniform_identities) {
        ++statistics_.refused;
        return skip;
    }
    skip.begin = now;
    skip.periods = periods;
    skip.ticks = seen->period;
    skip.delta = seen->delta;
    skip.learnt_ = seen->outputs;
    skip.since_learnt_ = now - seen->tick;
    skip.moved_ = *moved;
    State later = state;
    shift(later, periods * seen->period, periods, seen->delta);
    machine.restore(later);
    end_epoch();
    ++statistics_.skips;
    statistics_.skipped_periods += static_cast<std::uint64_t>(periods);
    statistics_.skipped_outputs += static_cast<std::uint64_t>(periods) * skip.outputs();
    statistics_.skipped_ticks += periods * seen->period;
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
            seen.outputs = log_.since(seen.logged);
            ++statistics_.learnt;
            return;
        }
        ++statistics_.refused;
    }
    seen.state = state;
    seen.tick = now;
    seen.epoch = epoch_;
    seen.logged = log_.size();
}

}  // namespace vr
