// SPDX-License-Identifier: Apache-2.0
// The sc_module around the core of one unit: one process, one event. It holds no rule of its own:
// when to act and what to do is the core's business. Works at any SystemC resolution, because every
// time that matters is carried in fs. Not modelled: anything.
#pragma once

#include <cstdint>
#include <systemc>

#include "models/transport/unit.h"
#include "tlm/protocols/message/message_in.h"
#include "tlm/time_scale.h"

namespace vr {

/// Runs a unit when it is due: the slow, socket-joined composition that serves as an oracle for
/// regions.
class UnitModule : public sc_core::sc_module, public Waker {
  public:
    /// `unit` must outlive the module; derived modules may own it as a member.
    UnitModule(const sc_core::sc_module_name& name, Unit& unit);
    /// Attaches a port of the unit that is fed within this module (by itself, or by a test).
    template <class Message>
    void attach(InPort<Message>& port) {
        port.attach(*this, 0);
    }
    /// Connects a receiving socket to a port of the unit. `latency` is the sender's; it must be at
    /// least one tick.
    template <class Message>
    void connect(MessageIn<Message>& socket, InPort<Message>& port, Time latency) {
        attach(port);
        socket.connect(port, latency, alarm_);
        shortest_latency_ = std::min(shortest_latency_, latency);
    }
    void wake(UnitNumber, Time at) override { alarm_.arm(at); }
    /// How often the process ran.
    [[nodiscard]] std::uint64_t activations() const { return activations_; }

  private:
    void start_of_simulation() override;
    void activate();
    void act();
    Unit& unit_;
    Alarm alarm_{"alarm"};
    Time shortest_latency_ = kNever;
    std::uint64_t activations_ = 0;
};

/// Throws InternalError naming `path` when a link's latency is below one tick of `scale`: a message
/// could then arrive within the tick in which it is sent, and results would depend on the order of
/// processes.
void require_latency_of_a_tick(const char* path, Time latency, const TimeScale& scale);

}  // namespace vr
