// SPDX-License-Identifier: Apache-2.0
// The sc_module around a region (one chip): wakes when the region is due and runs it ahead by the
// look-ahead, the shortest latency of the links into it, so that one SystemC event covers a whole
// stretch of the chip's own events. Not modelled: links without latency; regions must be cut where
// a latency stands.
#pragma once

#include <cstdint>
#include <systemc>

#include "models/transport/region.h"
#include "tlm/protocols/message/message_in.h"
#include "tlm/time_scale.h"

namespace vr {

/// Conservative co-simulation: at time t every message still to come was sent at t or later and so
/// arrives at t + look-ahead or later; the region runs to that horizon and no further.
class RegionModule : public sc_core::sc_module {
  public:
    /// `region` must outlive the module. `look_ahead` is at most the latency of every link into the
    /// region; a region without links may choose any positive one (it sets the length of a stride).
    RegionModule(const sc_core::sc_module_name& name, Region& region, Time look_ahead);
    /// Connects a receiving socket to a port of the region's `unit`. `latency` is that of the
    /// sending port.
    template <class Message>
    void connect(MessageIn<Message>& socket, InPort<Message>& port, UnitNumber unit, Time latency) {
        check_link(latency);
        port.attach(region_, unit);
        socket.connect(port, latency, alarm_);
    }
    /// Never runs anything due at `end` or later: where a run is cut, no unit has gone ahead of the
    /// cut.
    void stop_at(Time end) { end_ = end; }
    /// To be called after work was put into a unit from outside: runs it at the present.
    void poke();
    /// How often the process ran, and up to which time the region has run.
    [[nodiscard]] std::uint64_t activations() const { return activations_; }
    [[nodiscard]] Time horizon() const { return horizon_; }

  private:
    void start_of_simulation() override;
    void activate();
    void act();
    void check_link(Time latency) const;
    Region& region_;
    Time look_ahead_;
    Time horizon_;
    Time end_ = kNever;
    Alarm alarm_{"alarm"};
    std::uint64_t activations_ = 0;
};

}  // namespace vr
