// SPDX-License-Identifier: Apache-2.0
// What a region (or a module) needs of a unit's core: when it acts next, and to act up to a
// horizon.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/quantity.h"
#include "models/base/statistics.h"

namespace vr {

/// One line of the report of a stalled run: `who` waits for `what`, held by `whom`, since `since`.
struct Wait {
    std::string who;
    std::string what;
    std::string whom;
    Time since;
};

/// The digest of a declared state in its normal form at a moment (transport/state.h).
struct StateHash {
    std::string path;
    std::uint64_t value = 0;
    bool operator==(const StateHash&) const = default;
};

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

    /// Names its declared states as they are at `now`, up to which the unit has run.
    virtual void state_hashes(Time now, std::vector<StateHash>& out) const {
        (void)now;
        (void)out;
    }

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace vr
