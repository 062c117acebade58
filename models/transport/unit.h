// SPDX-License-Identifier: Apache-2.0
// What a region (or a module) needs of a unit's core: when it acts next, and to act up to a
// horizon.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/base/quantity.h"
#include "models/base/statistics.h"
#include "models/transport/state_hasher.h"

namespace vr {

/// One line of the report of a stalled run: `who` waits for `what`, held by `whom`, since `since`.
struct Wait {
    std::string who;
    std::string what;
    std::string whom;
    Time since;
};

/// The hash of a unit's state at a moment, or of a part of it that is worth a line of its own.
struct StateHash {
    std::string path;
    std::uint64_t value = 0;
    bool operator==(const StateHash&) const = default;
};

/// Appends the hash of what `give` gives to a StateHasher; nothing when that is nothing.
template <class Give>
void add_state_hash(std::vector<StateHash>& out, std::string path, Give&& give) {
    StateHasher hasher;
    give(hasher);
    if (hasher.has_any()) {
        out.push_back({std::move(path), hasher.value()});
    }
}

/// A unit's core as its owner sees it. One indirect call per activation; none inside a core's loop.
class Unit {
  public:
    explicit Unit(std::string path) : path_(std::move(path)) {}
    virtual ~Unit() = default;
    Unit(const Unit&) = delete;
    Unit& operator=(const Unit&) = delete;

    /// Earliest time at which this unit would do something, its waiting messages included; kNever
    /// if nothing is due.
    [[nodiscard]] virtual Time next() const = 0;
    /// Does everything that is due before `horizon`. The caller guarantees that every message that
    /// arrives before `horizon` has been delivered.
    virtual void run(Time horizon) = 0;
    /// How far past the present the unit may run: the shortest latency of the ports that lead to
    /// it.
    [[nodiscard]] virtual Time look_ahead() const = 0;
    /// Names what it waits for; called when nothing is due anywhere and work is left.
    virtual void waits(std::vector<Wait>& out) const { (void)out; }
    /// Names its statistics.
    virtual void statistics(StatisticsRegistry& out) const { (void)out; }

    /// Gives everything that decides its future and its statistics, the messages that wait in its
    /// ports included. What it leaves out decides neither: settings, attribution, events, and what
    /// is derived from the rest.
    virtual void state(StateHasher& out) const { (void)out; }

    /// The hash of its state, and of parts, at `now`, up to which the unit has run. None of a unit
    /// that gives no state.
    virtual void state_hashes(Time now, std::vector<StateHash>& out) const {
        (void)now;
        add_state_hash(out, path_, [this](StateHasher& hasher) { state(hasher); });
    }

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace vr
