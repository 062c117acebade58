// SPDX-License-Identifier: Apache-2.0
// Exact memo: a span of work that starts in a state and with inputs seen before is not simulated
// again. The key is the whole normal form and the whole input; a hash finds candidates, a full
// compare decides. Not memoised: spans that start or end with something in flight, or that pass the
// horizon.
#pragma once

#include <list>
#include <unordered_map>

#include "models/transport/machine.h"

namespace vr {

struct MemoStatistics {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;    ///< spans simulated and kept
    std::uint64_t unusable = 0;  ///< spans simulated that cannot be kept
    std::uint64_t evictions = 0;
    std::uint64_t hash_clashes = 0;  ///< equal hash, other key
    std::int64_t skipped_ticks = 0;
};

/// Memo of one machine (or of several with one configuration). `capacity` entries; the one not used
/// for longest goes.
template <RestorableMachine Machine>
class Memo {
  public:
    using State = typename Machine::State;
    using Output = typename Machine::Output;

    explicit Memo(std::size_t capacity, bool on = true) : capacity_(capacity), on_(on) {}

    /// Runs `machine`, which has done everything before `now`, with the inputs that inject(machine)
    /// gives it, until nothing is in flight or until `horizon`, before which no other input may
    /// come. Returns the tick up to which it ran. `input` describes those inputs wholly, with ticks
    /// relative to `now` and tokens counted from 0; `first_token` is their first token.
    template <class Inject>
    std::int64_t run(Machine& machine, std::int64_t now, std::int64_t horizon, const Words& input,
                     std::uint32_t first_token, Inject&& inject, std::vector<Output>& outputs) {
        settle_lazy(machine, now);
        const State start = machine.state();
        if (!on_ || names_anything(start)) {
            statistics_.unusable += on_ ? 1 : 0;
            inject(machine);
            return simulate(machine, horizon, outputs);
        }
        Words key{input.size()};
        key.insert(key.end(), input.begin(), input.end());
        append_normal(start, now, key);
        const std::uint64_t hash = digest_of(key);
        if (const Entry* known = find(hash, key);
            known != nullptr && known->duration <= horizon - now) {
            return replay(*known, machine, start, now, first_token, outputs);
        }
        // Statistics of the span alone, so that extremes can be merged into any later state.
        State clean = start;
        reset_statistics(clean);
        machine.restore(clean);
        const std::size_t first_output = outputs.size();
        inject(machine);
        const std::int64_t end = simulate(machine, horizon, outputs);
        const bool usable = !names_anything(machine.state()) &&
                            step_values(machine.state()).size() == step_values(start).size();
        if (usable) {
            keep({std::move(key),
                  hash,
                  now,
                  end - now,
                  first_token,
                  start,
                  machine.state(),
                  {outputs.begin() + static_cast<std::ptrdiff_t>(first_output), outputs.end()}});
        }
        ++(usable ? statistics_.misses : statistics_.unusable);
        State done = machine.state();
        merge_statistics(done, statistic_values(start));
        machine.restore(done);
        return end;
    }
    [[nodiscard]] const MemoStatistics& statistics() const { return statistics_; }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        Words key;
        std::uint64_t hash;
        std::int64_t begin;
        std::int64_t duration;
        std::uint32_t first_token;
        State start;
        State end;  // statistics: those of the span alone
        std::vector<Output> outputs;
    };

    static bool in_flight(const Machine& machine) {
        if constexpr (requires {
                          { machine.idle() } -> std::same_as<bool>;
                      }) {
            return !machine.idle();
        } else {
            return names_anything(machine.state());
        }
    }
    static std::int64_t simulate(Machine& machine, std::int64_t horizon,
                                 std::vector<Output>& outputs) {
        for (std::int64_t at = machine.next(); at < horizon; at = machine.next()) {
            machine.run(at + 1, outputs);
            if (!in_flight(machine)) {
                return at + 1;
            }
        }
        machine.run(horizon, outputs);
        return horizon;
    }
    const Entry* find(std::uint64_t hash, const Words& key) {
        const auto [first, last] = index_.equal_range(hash);
        for (auto it = first; it != last; ++it) {
            if (it->second->key == key) {
                entries_.splice(entries_.begin(), entries_, it->second);
                return &*it->second;
            }
            ++statistics_.hash_clashes;
        }
        return nullptr;
    }
    std::int64_t replay(const Entry& known, Machine& machine, const State& start, std::int64_t now,
                        std::uint32_t first_token, std::vector<Output>& outputs) {
        const std::int64_t dt = now - known.begin;
        State end = known.end;
        rebase(end, dt, known.start, start);
        merge_statistics(end, statistic_values(start));
        machine.restore(end);
        StateDelta names;  // tokens only: nothing else was in flight
        names.identities.push_back(
            {0, std::int64_t{first_token} - std::int64_t{known.first_token}});
        for (Output output : known.outputs) {
            Machine::shift_output(output, dt, 1, names);
            outputs.push_back(output);
        }
        ++statistics_.hits;
        statistics_.skipped_ticks += known.duration;
        return now + known.duration;
    }
    void keep(Entry&& entry) {
        if (capacity_ == 0) {
            return;
        }
        // A known span that did not fit before its horizon is simulated again: one entry is enough.
        if (find(entry.hash, entry.key) != nullptr) {
            return;
        }
        if (entries_.size() == capacity_) {
            const auto oldest = std::prev(entries_.end());
            const auto [first, last] = index_.equal_range(oldest->hash);
            for (auto it = first; it != last; ++it) {
                if (it->second == oldest) {
                    index_.erase(it);
                    break;
                }
            }
            entries_.pop_back();
            ++statistics_.evictions;
        }
        entries_.push_front(std::move(entry));
        index_.emplace(entries_.front().hash, entries_.begin());
    }

    std::size_t capacity_;
    bool on_;
    std::list<Entry> entries_;  // latest use first
    std::unordered_multimap<std::uint64_t, typename std::list<Entry>::iterator> index_;
    MemoStatistics statistics_;
};

}  // namespace vr
