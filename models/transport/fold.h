// SPDX-License-Identifier: Apache-2.0
// Folding: n identical machines kept as classes of equal state. One representative per class is
// simulated; members that receive differing inputs leave their class, classes that are empty and
// equal again join. Not modelled: folding of machines that are equal but for a shift in time.
#pragma once

#include <algorithm>
#include <bit>
#include <memory>
#include <numeric>
#include <utility>

#include "models/transport/fold_parts.h"
#include "models/transport/next_table.h"

namespace vr {

/// A group of machines. `Payload` is what the owner wants back with an input's output;
/// default-constructible. With `fold` off every member is a class of its own for ever; the results
/// are the same.
template <FoldableMachine Machine, class Payload>
class FoldedGroup {
  public:
    using Input = typename Machine::Input;
    using Output = typename Machine::Output;
    using State = std::remove_cvref_t<decltype(std::declval<const Machine&>().state())>;

    /// `members` copies of one machine.
    FoldedGroup(const Machine& prototype, std::uint32_t members, bool fold)
        : fold_(fold), members_(members), active_((members + 63) / 64) {
        ensure(members > 0, "a group without members");
        if (fold) {
            std::vector<std::uint32_t> all(members);
            std::iota(all.begin(), all.end(), 0U);
            add_class(prototype).set_members(std::move(all));
        } else {
            for (std::uint32_t member = 0; member < members; ++member) {
                members_[member].of = static_cast<std::uint32_t>(classes_.size());
                add_class(prototype).set_members({member});
            }
        }
        begin();
    }
    /// Machines of one configuration in any states (staggered refresh, say); equal ones share a
    /// class at once.
    FoldedGroup(const std::vector<Machine>& machines, bool fold)
        : fold_(fold), members_(machines.size()), active_((machines.size() + 63) / 64) {
        ensure(!machines.empty(), "a group without members");
        for (std::uint32_t member = 0; member < machines.size(); ++member) {
            members_[member].of = member;
            add_class(machines[member]).set_members({member});
        }
        begin();
        if (fold) {
            try_merge();
            statistics_.merges = 0;
            statistics_.maximum_classes = statistics_.classes;
        }
    }

    /// An input for `member` at `tick`: not before the horizon of the latest run(), nor before this
    /// member's last one.
    void push(std::uint32_t member, std::int64_t tick, const Input& input, Payload payload) {
        Member& to = members_[member];
        ensure(tick >= horizon_ && tick >= to.last_tick,
               "input at tick {} for member {}: after the run to {}, or before its last one at {}",
               tick, member, horizon_, to.last_tick);
        to.last_tick = tick;
        Class& of = *classes_[to.of];
        if (!of.busy) {
            of.busy = true;
            ++busy_;
        }
        if (of.size == 1) {
            inject(of, to, tick, input, std::move(payload));
        } else {
            to.pending.push_back({tick, input, std::move(payload)});
            of.has_pending = true;
        }
        next_.advance(to.of, tick);
    }

    /// No member does anything before this tick; kNeverTick when nothing is due.
    [[nodiscard]] std::int64_t next() const { return next_.least(); }

    /// Runs every machine up to `horizon`, then calls sink(member, payload, output) for each
    /// output: members in ascending order, each member's outputs in the order in which its machine
    /// gave them. The sink may move the payload (Payload&) of a last output, and may push inputs.
    template <class Sink>
    void run(std::int64_t horizon, Sink&& sink) {
        horizon_ = std::max(horizon_, horizon);
        due_.clear();
        outputs_.clear();
        next_.take_before(horizon, due_);
        for (std::size_t i = 0, old = due_.size(); i < old; ++i) {
            if (classes_[due_[i]]->has_pending) {
                partition(due_[i], horizon);  // appends the classes that it makes to due_
            }
        }
        for (std::size_t i = 0; i < due_.size(); ++i) {
            Class& one = *classes_[due_[i]];
            if constexpr (requires { one.machine.prefetch(); }) {
                if (i + 1 < due_.size()) {
                    classes_[due_[i + 1]]->machine.prefetch();
                }
            }
            one.first_output = outputs_.size();
            one.machine.run(horizon, outputs_);
            one.last_output = outputs_.size();
            ++statistics_.simulated_runs;
            statistics_.requested_runs += one.size;
            if (one.first_output != one.last_output) {
                if (one.size == 1) {
                    active_[one.lead / 64] |= std::uint64_t{1} << (one.lead % 64);
                } else {
                    for (const std::uint32_t member : one.members) {
                        active_[member / 64] |= std::uint64_t{1} << (member % 64);
                    }
                }
            }
        }
        deliver(sink);
        bool drained = false;
        for (const std::uint32_t number : due_) {
            drained |= settle(number);
        }
        credit_ += due_.size();
        if (fold_ && drained && statistics_.classes > 1) {
            consider_merge();
        }
    }

    /// Idle machines that are compared are brought no further than to `tick`: an owner that counts
    /// what they do while idle counts to a moment of its own, which must not lie behind them.
    void settle_no_further_than(std::int64_t tick) { settle_limit_ = tick; }

    /// The machine that stands for `member`: its statistics may be those of another member; see
    /// state_of().
    [[nodiscard]] const Machine& machine_of(std::uint32_t member) const {
        return classes_[members_[member].of]->machine;
    }
    /// The member's state with its own statistics. Other than in the statistics it may differ from
    /// that of an unfolded run in what the normal form leaves out (names, elapsed times, whole
    /// turns of counters).
    [[nodiscard]] State state_of(std::uint32_t member) const {
        State state = machine_of(member).state();
        if (!members_[member].offset.empty()) {
            merge_statistics(state, members_[member].offset);
        }
        return state;
    }
    /// Number of the class of `member`: equal for members that are folded together.
    [[nodiscard]] std::uint32_t class_of(std::uint32_t member) const { return members_[member].of; }
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(members_.size()); }
    [[nodiscard]] const FoldStatistics& statistics() const { return statistics_; }
    /// True when no input waits for its output.
    [[nodiscard]] bool idle() const { return busy_ == 0; }

  private:
    struct Pending {
        std::int64_t tick;
        Input input;
        Payload payload;
        // The payload is the owner's: it must not part a class.
        [[nodiscard]] bool same(const Pending& other) const {
            return tick == other.tick && input == other.input;
        }
    };
    struct Member {
        std::uint32_t of = 0;  // class
        std::int64_t last_tick = 0;
        std::vector<Payload> payloads =  // by slot of the class's ring
            std::vector<Payload>(detail::TokenRing::kFirstCapacity);
        std::vector<Pending> pending;  // only in classes of several members
        StatisticValues offset;        // to be merged into the class's statistics
    };
    struct Class {
        explicit Class(const Machine& from) : machine(from) {}
        void set_members(std::vector<std::uint32_t>&& list) {
            members = std::move(list);
            lead = members.front();
            size = static_cast<std::uint32_t>(members.size());
        }
        Machine machine;
        std::vector<std::uint32_t> members;  // ascending
        detail::TokenRing tokens;
        std::uint32_t lead = 0;        // its first member
        std::uint32_t size = 0;        // how many members
        std::size_t first_output = 0;  // of the current run, in outputs_
        std::size_t last_output = 0;
        bool busy = false;         // some input has no last output yet
        bool has_pending = false;  // some member has pending inputs
    };

    Class& add_class(const Machine& machine) {
        next_.add();
        classes_.push_back(std::make_unique<Class>(machine));
        return *classes_.back();
    }
    void begin() {
        for (std::uint32_t number = 0; number < classes_.size(); ++number) {
            schedule(number);
        }
        const auto classes = static_cast<std::uint32_t>(classes_.size());
        statistics_.members = size();
        statistics_.classes = classes;
        statistics_.minimum_classes = classes;
        statistics_.maximum_classes = classes;
    }
    void schedule(std::uint32_t number) {
        const Class& one = *classes_[number];
        std::int64_t at = one.machine.next();
        if (one.has_pending) {
            for (const std::uint32_t member : one.members) {
                if (!members_[member].pending.empty()) {
                    at = std::min(at, members_[member].pending.front().tick);
                }
            }
        }
        next_.advance(number, at);
    }
    void make_room(Class& of) {
        if (of.tokens.full()) {
            for (const std::uint32_t member : of.members) {
                of.tokens.stretch(members_[member].payloads);
            }
            of.tokens.grow();
        }
    }
    void inject(Class& of, Member& only, std::int64_t tick, const Input& input, Payload&& payload) {
        make_room(of);
        const std::uint32_t token = of.tokens.take();
        only.payloads[of.tokens.slot(token)] = std::move(payload);
        of.machine.inject(tick, input, token);
    }

    // Pending inputs of a member that are due before `horizon`.
    [[nodiscard]] static std::size_t due_count(const Member& member, std::int64_t horizon) {
        std::size_t count = 0;
        while (count < member.pending.size() && member.pending[count].tick < horizon) {
            ++count;
        }
        return count;
    }
    // Divides a class by the inputs that its members get before `horizon`, and injects these.
    void partition(std::uint32_t number, std::int64_t horizon) {
        parts_.clear();
        for (const std::uint32_t member : classes_[number]->members) {
            const std::vector<Pending>& mine = members_[member].pending;
            const std::size_t count = due_count(members_[member], horizon);
            const auto same = [&](const Part& part) {
                return part.count == count &&
                       std::equal(mine.begin(), mine.begin() + static_cast<std::ptrdiff_t>(count),
                                  members_[part.members.front()].pending.begin(),
                                  [](const Pending& a, const Pending& b) { return a.same(b); });
            };
            const auto found = std::find_if(parts_.begin(), parts_.end(), same);
            if (found == parts_.end()) {
                parts_.push_back({count, {member}});
            } else {
                found->members.push_back(member);
            }
        }
        for (std::size_t i = 1; i < parts_.size(); ++i) {
            split(number, std::move(parts_[i].members));
            inject_pending(*classes_[due_.back()], parts_[i].count);
        }
        classes_[number]->set_members(std::move(parts_.front().members));
        inject_pending(*classes_[number], parts_.front().count);
    }
    void split(std::uint32_t number, std::vector<std::uint32_t>&& members) {
        std::uint32_t made;
        if (free_.empty()) {
            made = static_cast<std::uint32_t>(classes_.size());
            next_.add();
            classes_.push_back(nullptr);
        } else {
            made = free_.back();
            free_.pop_back();
        }
        classes_[made] = std::make_unique<Class>(*classes_[number]);  // copy on write
        busy_ += classes_[made]->busy ? 1U : 0U;
        for (const std::uint32_t member : members) {
            members_[member].of = made;
        }
        classes_[made]->set_members(std::move(members));
        due_.push_back(made);
        ++statistics_.splits;
        ++statistics_.classes;
        statistics_.maximum_classes = std::max(statistics_.maximum_classes, statistics_.classes);
    }
    // Gives the class the first `count` pending inputs, which all its members share; all of them if
    // it has one member.
    void inject_pending(Class& of, std::size_t count) {
        const Member& first = members_[of.members.front()];
        count = of.size == 1 ? first.pending.size() : count;
        for (std::size_t i = 0; i < count; ++i) {
            make_room(of);
            const std::uint32_t token = of.tokens.take();
            of.machine.inject(first.pending[i].tick, first.pending[i].input, token);
            for (const std::uint32_t member : of.members) {
                members_[member].payloads[of.tokens.slot(token)] =
                    std::move(members_[member].pending[i].payload);
            }
        }
        of.has_pending = false;
        for (const std::uint32_t member : of.members) {
            std::vector<Pending>& pending = members_[member].pending;
            pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(count));
            of.has_pending |= !pending.empty();
        }
    }

    template <class Sink>
    void deliver(Sink& sink) {
        for (std::size_t word = 0; word < active_.size(); ++word) {
            while (active_[word] != 0) {
                const auto bit = static_cast<std::uint32_t>(std::countr_zero(active_[word]));
                active_[word] &= active_[word] - 1;
                const auto member = static_cast<std::uint32_t>(64 * word) + bit;
                Class& of = *classes_[members_[member].of];
                for (std::size_t i = of.first_output; i < of.last_output; ++i) {
                    const Output& output = outputs_[i];
                    of.tokens.check(output.token);
                    Payload& kept = members_[member].payloads[of.tokens.slot(output.token)];
                    // Out of the ring first: the sink may push, which may move the ring.
                    if (detail::is_last(output)) {
                        Payload payload = std::move(kept);
                        sink(member, payload, output);
                    } else if constexpr (detail::kHasLast<Output>) {
                        Payload payload = kept;
                        sink(member, payload, output);
                    }
                }
            }
        }
    }
    // After the outputs of a class are delivered. Returns true when the class has become empty.
    bool settle(std::uint32_t number) {
        Class& one = *classes_[number];
        for (std::size_t i = one.first_output; i < one.last_output; ++i) {
            if (detail::is_last(outputs_[i])) {
                one.tokens.release(outputs_[i].token);
            }
        }
        schedule(number);
        if (one.busy && one.tokens.empty() && !one.has_pending) {
            one.busy = false;
            --busy_;
            return true;
        }
        return false;
    }

    // A search looks at every class. It is made when enough machines have run since the last one;
    // ever more rarely while it finds little, or while joining saves fewer runs than it costs.
    void consider_merge();
    void try_merge();
    bool join(std::uint32_t last, std::uint32_t next);

    struct Part {
        std::size_t count;
        std::vector<std::uint32_t> members;
    };
    struct Candidate {
        std::int64_t next;
        std::uint64_t digest;
        std::uint32_t number;
        Words words;
    };
    static constexpr std::uint64_t kPatience = 2;
    static constexpr std::uint64_t kMostPatience = 256;
    static constexpr std::uint64_t kRunsOfSplit = 4;  // what a split and a join cost, in runs

    bool fold_;
    std::vector<Member> members_;
    std::vector<std::unique_ptr<Class>> classes_;  // null: free number
    std::vector<std::uint32_t> free_;
    NextTable next_;  // of classes
    std::vector<std::uint32_t> due_;
    std::vector<Output> outputs_;        // of the current run, class after class
    std::vector<std::uint64_t> active_;  // members with outputs, one bit each
    std::vector<Part> parts_;
    std::int64_t horizon_ = 0;
    std::int64_t settle_limit_ = kNeverTick;
    std::uint32_t busy_ = 0;  // classes
    std::uint64_t credit_ = 0;
    std::uint64_t patience_ = kPatience, idle_patience_ = kPatience;
    std::uint64_t saved_ = 0, splits_ = 0;  // runs and splits up to the last search
    FoldStatistics statistics_;
};

}  // namespace vr

#include "models/transport/fold_merge.h"  // IWYU pragma: export
