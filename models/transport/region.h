// SPDX-License-Identifier: Apache-2.0
// A region runs the units of one chip on one tick wheel. It owns no unit and knows no kind of unit.
#pragma once

#include <vector>

#include "models/transport/port.h"
#include "models/transport/tick_wheel.h"
#include "models/transport/unit.h"

namespace vr {

/// Units that exchange messages with little slack. They run in the order of their next times, each
/// up to its own look-ahead; because messages are ordered by their keys, the result does not depend
/// on that order.
class Region final : public Waker {
  public:
    /// Adds a unit; returns its number, with which its in-ports are attached.
    UnitNumber add(Unit& unit);
    void wake(UnitNumber unit, Time at) override { wheel_.schedule(unit, at); }
    /// Earliest time at which any unit acts, or kNever.
    [[nodiscard]] Time next() const { return wheel_.next(); }
    /// Runs everything that is due before `horizon`.
    void run(Time horizon);
    /// Time of the latest activation.
    [[nodiscard]] Time now() const { return now_; }
    [[nodiscard]] const std::vector<Unit*>& units() const { return units_; }
    /// Asks every unit for its next time again (after work was put in from outside).
    void reschedule_all();

  private:
    std::vector<Unit*> units_;
    TickWheel wheel_;
    Time now_;
};

/// The text of a stall: every wait, oldest first, with its age at `now`.
[[nodiscard]] std::string describe_waits(const std::vector<Wait>& waits, Time now);

}  // namespace vr
