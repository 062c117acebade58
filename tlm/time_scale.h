// SPDX-License-Identifier: Apache-2.0
// From simulated time in femtoseconds to the time of a SystemC platform of any resolution, and
// back. Not modelled: resolutions coarser than one second.
#pragma once

#include <systemc>

#include "models/base/quantity.h"
#include "models/transport/clock.h"

namespace vr {

/// The resolution of the SystemC platform around a module. It is read at first use, never at
/// construction, so that a platform may still set its resolution after it has built our modules.
class TimeScale {
  public:
    /// One tick of the platform, in femtoseconds. The first call fixes the platform's resolution.
    [[nodiscard]] Time tick() const;
    /// The first tick at or after `time`.
    [[nodiscard]] sc_core::sc_time up(Time time) const;
    /// Exact: every tick is a whole number of femtoseconds. Throws Error past 2^63 fs.
    [[nodiscard]] Time exact(const sc_core::sc_time& time) const;
    /// The present.
    [[nodiscard]] Time now() const { return exact(sc_core::sc_time_stamp()); }
    /// The present as a clock sees it: its last edge that rounds up to the present tick, or the
    /// present itself where there is none. So who acts at an edge that he was told (rounded up)
    /// acts at that edge, and a loop takes the same clocks at every resolution.
    [[nodiscard]] Time now(const Clock& clock) const;
    /// From the present until the first tick at or after `time`; zero when that has passed.
    [[nodiscard]] sc_core::sc_time until(Time time) const;

  private:
    mutable Time tick_;
};

/// One event that rings at the earliest of the times it was armed for.
class Alarm {
  public:
    explicit Alarm(const char* name) : event_(name) {}
    /// Rings at the first tick at or after `time`, in the next delta cycle when that is now or
    /// past. A pending earlier ring stays, a pending later one is given up: an sc_event has one
    /// notification. kNever: no effect.
    void arm(Time time);
    [[nodiscard]] const sc_core::sc_event& event() const { return event_; }
    [[nodiscard]] const TimeScale& scale() const { return scale_; }

  private:
    sc_core::sc_event event_;
    TimeScale scale_;
};

}  // namespace vr
