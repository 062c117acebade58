// SPDX-License-Identifier: Apache-2.0
// The bisimulation test for every core with declared state: equal normal forms must mean equal
// futures. It reports what is undeclared or wrongly declared; see bisimulation_test.cpp for use.
//  1. A state is written into a fresh machine, shifted in time, with names, elapsed timers, whole
//  turns of counters and
//     statistics changed: it must go on as the machine that it was taken from.
//  2. Mutation fuzz: one leaf at a time is changed; where the normal form stays, the future must
//  stay.
//  3. Without input, positions moved together with their origins must not change the future either.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/base/random.h"
#include "models/transport/machine.h"

namespace vr {

struct BisimulationOptions {
    std::uint64_t seed = 1;
    int rounds = 30;                               ///< states that are tried
    int warm_up = 12;                              ///< most feeds before the state is taken
    int future = 12;                               ///< feeds after it
    std::int64_t step = 200;                       ///< most ticks between feeds
    std::int64_t time_grid = 1;                    ///< shifts in time are multiples of it
    std::vector<std::uint64_t> renamed_spaces{0};  ///< whose names come from outside
    int attempts = 6;                              ///< changes of one leaf
    std::int64_t position_grid = 1;  ///< positions move by multiples of it; 0: not at all
};

/// What the test did; `failures` is empty for a core that is declared right.
struct BisimulationReport {
    std::vector<std::string> failures;
    std::uint64_t futures = 0;    ///< compared
    std::uint64_t mutations = 0;  ///< of leaves that left the normal form as it was
    std::uint64_t outputs = 0;    ///< compared
    std::map<std::string, std::uint64_t> mutated;  ///< how often, by leaf
};

/// `feed(machine, now, random, first_token)` gives a machine some inputs at ticks from `now` on,
/// with consecutive tokens, and returns how many; it depends on nothing but `random` (and moves its
/// ticks with `now`).
template <RestorableMachine Machine, class Feed>
class Bisimulation {
  public:
    using State = typename Machine::State;
    using Output = typename Machine::Output;

    Bisimulation(const Machine& prototype, Feed feed, BisimulationOptions options = {})
        : prototype_(prototype), feed_(std::move(feed)), options_(std::move(options)) {}

    BisimulationReport run() {
        SplitMix64 random(options_.seed);
        for (int round = 0; round < options_.rounds; ++round) {
            const Moment moment = warm_up(random);
            const std::uint64_t future = random.next();
            const Log original =
                follow(moment.machine, moment.now, moment.token + 1, 0, future, true);
            shifted(moment, original, future, random);
            mutated(moment, original, future, random);
            if (options_.position_grid != 0) {
                const Log alone = follow(moment.machine, moment.now, 0, 0, future, false);
                moved(moment, alone, future, random);
            }
        }
        return report_;
    }

  private:
    struct Moment {
        Machine machine;
        std::int64_t now;
        std::uint32_t token;
    };
    struct Log {
        std::vector<Output> outputs;
        std::vector<std::int64_t> nexts;  // relative
        StatisticValues statistics;
        Words normal;
        std::int64_t end = 0;
    };

    std::int64_t draw(SplitMix64& random, std::int64_t below) {
        return static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(below));
    }
    static bool busy(const Machine& machine) { return machine.next() != kNeverTick; }
    Moment warm_up(SplitMix64& random) {
        Moment moment{prototype_, 0, 0};
        std::vector<Output> ignored;
        const std::int64_t feeds = draw(random, options_.warm_up + 1);
        for (std::int64_t i = 0; i < feeds; ++i) {
            moment.token += feed_(moment.machine, moment.now, random, moment.token);
            moment.now += 1 + draw(random, options_.step);
            moment.machine.run(moment.now, ignored);
        }
        // A lazy machine's state counts once it is settled; that of a busy one counts either way.
        if (!busy(moment.machine) || random.next() % 2 == 0) {
            settle_lazy(moment.machine, moment.now);
        }
        // No input has the token moment.token; see shifted().
        return moment;
    }
    // The future of a machine, told relative to `dt`.
    Log follow(Machine machine, std::int64_t now, std::uint32_t token, std::int64_t dt,
               std::uint64_t future, bool fed) {
        Log log;
        SplitMix64 random(future);
        for (int i = 0; i < options_.future; ++i) {
            SplitMix64 own(random.next());
            if (fed) {
                token += feed_(machine, now, own, token);
            }
            now += 1 + draw(random, options_.step);
            machine.run(now, log.outputs);
            const std::int64_t next = machine.next();
            log.nexts.push_back(next == kNeverTick ? next : next - dt);
        }
        settle_lazy(machine, now);
        log.statistics = statistic_values(machine.state());
        append_normal(machine.state(), now, log.normal);
        log.end = now;
        return log;
    }
    void fail(const std::string& what) {
        if (report_.failures.size() < 100) {
            report_.failures.push_back(what);
        }
    }
    // Outputs of `original`, moved, against those of `other`.
    void compare(const Log& original, const Log& other, std::int64_t dt, const StateDelta& names,
                 bool with_statistics, const std::string& what) {
        ++report_.futures;
        report_.outputs += original.outputs.size();
        bool same = original.outputs.size() == other.outputs.size();
        for (std::size_t i = 0; same && i < original.outputs.size(); ++i) {
            Output want = original.outputs[i];
            Machine::shift_output(want, dt, 1, names);
            same = want == other.outputs[i];
        }
        if (!same) {
            fail(what + ": the outputs differ");
        } else if (original.nexts != other.nexts) {
            fail(what + ": the next ticks differ");
        } else if (original.normal != other.normal) {
            fail(what + ": the later normal forms differ");
        } else if (with_statistics && original.statistics != other.statistics) {
            fail(what + ": the later statistics differ");
        }
    }

    // Another raw state with the same normal form at now + dt.
    struct Disguise : detail::VisitorBase {
        SplitMix64& random;
        std::int64_t now;
        std::int64_t dt;
        const std::map<std::uint64_t, std::uint64_t>& offsets;  // of names, by space
        bool statistics;
        template <StateKind kKind, class T>
        void leaf(T& value, std::uint64_t modulo) {
            const auto some = static_cast<std::int64_t>(random.next() % 1000);
            if constexpr (detail::is_time(kKind)) {
                if (value == kNeverTick) {
                    return;
                }
                // A time that is due at `now` may be an event to come: only what has passed may be
                // any.
                value = kKind == StateKind::kFutureTime && value < now ? now + dt - 1 - some
                                                                       : value + dt;
            } else if constexpr (kKind == StateKind::kCounter) {
                if (modulo != 0) {
                    const std::int64_t turns = static_cast<std::int64_t>(modulo) * (some % 3);
                    const auto later = static_cast<T>(detail::to_word(value) + turns);
                    // Stay below the type's end, where another turn would not fit.
                    value = later >= value ? later : value;
                }
            } else if constexpr (kKind == StateKind::kIdentity) {
                const auto found = offsets.find(modulo);
                if (found != offsets.end() && value != kNoIdentity<T>) {
                    value = static_cast<T>(static_cast<std::uint64_t>(value) + found->second);
                }
            } else if constexpr (kKind == StateKind::kAdditive) {
                if (statistics) {
                    value = static_cast<T>(detail::to_word(value) + some % 100);
                }
            } else if constexpr (kKind == StateKind::kLowest || kKind == StateKind::kHighest) {
                if (statistics) {
                    value = static_cast<T>(some % 100);
                }
            }
        }
    };
    void shifted(const Moment& moment, const Log& original, std::uint64_t future,
                 SplitMix64& random) {
        const std::int64_t dt = options_.time_grid * draw(random, 1'000'000);
        const bool statistics = random.next() % 2 == 0;
        std::map<std::uint64_t, std::uint64_t> offsets;
        StateDelta names;
        std::uint32_t token = moment.token + 1;
        for (const std::uint64_t space : options_.renamed_spaces) {
            // Half the time old names become the largest of 32 bits and later ones the smallest, so
            // that their order turns over; moment.token, which nothing has, becomes "none".
            const std::uint64_t offset =
                random.next() % 2 == 0 ? random.next() % 1000 : ~std::uint64_t{moment.token};
            offsets[space] = offset;
            names.identities.push_back({space, static_cast<std::int64_t>(offset)});
            token = space == 0 ? static_cast<std::uint32_t>(token + offset) : token;
        }
        State state = moment.machine.state();
        Disguise disguise{{}, random, moment.now, dt, offsets, statistics};
        detail::visit_state(state, disguise);
        Words before;
        Words after;
        append_normal(moment.machine.state(), moment.now, before);
        append_normal(state, moment.now + dt, after);
        if (before != after) {
            return;  // a name met "none": no disguise
        }
        Machine other = prototype_;
        other.restore(state);
        const Log log = follow(other, moment.now + dt, token, dt, future, true);
        compare(original, log, dt, names, !statistics,
                "a state of equal normal form, shifted by " + std::to_string(dt));
    }

    // Kinds of which two values can have one normal form. The others enter it as they are, so that
    // a change cannot leave it alone; names are changed everywhere at once: shifted().
    static constexpr bool may_hide(StateKind kind) {
        return kind == StateKind::kFutureTime || kind == StateKind::kCounter ||
               kind == StateKind::kOrigin || detail::is_statistic(kind);
    }
    struct Target {
        std::size_t leaf;
        std::string path;
    };
    void mutated(const Moment& moment, const Log& original, std::uint64_t future,
                 SplitMix64& random) {
        const State state = moment.machine.state();
        Words normal;
        append_normal(state, moment.now, normal);
        std::vector<Target> targets;
        std::size_t leaves = 0;
        for_each_leaf(state, [&](const std::string& path, StateKind kind, const auto&) {
            if (may_hide(kind)) {
                targets.push_back({leaves, path});
            }
            ++leaves;
        });
        for (const Target& target : targets) {
            for (int attempt = 0; attempt < options_.attempts; ++attempt) {
                State changed = state;
                Mutator mutator{{}, target.leaf, attempt, moment.now, random};
                detail::visit_state(changed, mutator);
                if (!mutator.changed) {
                    continue;
                }
                Words form;
                append_normal(changed, moment.now, form);
                if (form != normal) {
                    continue;
                }
                ++report_.mutations;
                ++report_.mutated[target.path];
                Machine other = prototype_;
                other.restore(changed);
                const Log log = follow(other, moment.now, moment.token + 1, 0, future, true);
                compare(original, log, 0, {}, false, "leaf " + target.path + " changed");
            }
        }
    }
    // Changes leaf number `target`; `changed` stays false when this attempt leaves it alone.
    struct Mutator : detail::VisitorBase {
        std::size_t target;
        int attempt;
        std::int64_t now;
        SplitMix64& random;
        std::size_t at = 0;
        bool changed = false;
        template <StateKind kKind, class T>
        void leaf(T& value, std::uint64_t) {
            if (at++ != target) {
                return;
            }
            const T before = value;
            const std::int64_t word = detail::to_word(value);
            const auto some = static_cast<std::int64_t>(random.next() % 1000);
            if constexpr (kKind == StateKind::kFutureTime) {
                if (word >= now) {
                    return;
                }
                detail::from_word(value, now - 1 - some);
            } else if constexpr (std::is_same_v<T, bool>) {
                value = !value;
            } else {
                const std::int64_t steps[] = {1, -1, 2, some, -some, 64};
                detail::from_word(value, word + steps[attempt % 6]);
            }
            changed = value != before;
        }
    };

    struct Mover : detail::VisitorBase {
        std::int64_t distance;
        bool any = false;
        template <StateKind kKind, class T>
        void leaf(T& value, std::uint64_t) {
            if constexpr (kKind == StateKind::kOrigin || kKind == StateKind::kPosition) {
                if (value != kNoIdentity<T>) {
                    detail::from_word(value, detail::to_word(value) + distance);
                    any = true;
                }
            }
        }
    };
    void moved(const Moment& moment, const Log& alone, std::uint64_t future, SplitMix64& random) {
        State state = moment.machine.state();
        Mover mover{{}, options_.position_grid * (1 + draw(random, 100))};
        detail::visit_state(state, mover);
        if (!mover.any) {
            return;
        }
        Machine other = prototype_;
        other.restore(state);
        Log log = follow(other, moment.now, 0, 0, future, false);
        log.normal = alone.normal;  // it holds positions as they are
        compare(alone, log, 0, {}, false, "positions moved with their origins");
    }

    Machine prototype_;
    Feed feed_;
    BisimulationOptions options_;
    BisimulationReport report_;
};

}  // namespace vr
