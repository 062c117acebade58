// SPDX-License-Identifier: Apache-2.0
// Ports: how units of one region meet. A message leaves an OutPort at a time, travels for the
// port's declared latency (at least one cycle of its sender) and waits in the InPort, in the order
// (arrival, sending port, sequence). The order in which units happen to run therefore never shows.
// Where a socket stands between two units (compose = "modules"), a carrier takes the InPort's place
// as the sink.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "models/base/error.h"
#include "models/base/quantity.h"
#include "models/transport/arrival_queue.h"

namespace vr {

using UnitNumber = std::uint32_t;

/// Told when a unit has something new to do.
class Waker {
  public:
    virtual void wake(UnitNumber unit, Time at) = 0;

  protected:
    ~Waker() = default;
};

/// Where an OutPort delivers.
template <class Message>
class PortSink {
  public:
    virtual void deliver(Stamped<Message>&& stamped) = 0;

  protected:
    ~PortSink() = default;
};

/// Receiving side. Messages come out in the order (arrival, port, sequence).
template <class Message>
class InPort final : public PortSink<Message> {
  public:
    /// Called once by whoever composes the machine.
    void attach(Waker& waker, UnitNumber unit) {
        waker_ = &waker;
        unit_ = unit;
    }
    void deliver(Stamped<Message>&& stamped) override {
        const Time arrival = stamped.arrival;
        queue_.push(std::move(stamped));
        if (waker_ != nullptr) {
            waker_->wake(unit_, arrival);
        }
    }
    /// Arrival of the first message, or kNever.
    [[nodiscard]] Time next() const { return queue_.next(); }
    [[nodiscard]] bool empty() const { return queue_.empty(); }
    [[nodiscard]] std::size_t size() const { return queue_.size(); }
    /// Removes and returns the first message.
    Stamped<Message> pop() { return queue_.pop(); }
    /// A message that comes some places behind the first one, or null: see ArrivalQueue::soon().
    [[nodiscard]] const Message* soon(std::size_t places) const { return queue_.soon(places); }
    /// Shortest latency of all ports bound to this one: how far ahead its unit may run.
    [[nodiscard]] Time look_ahead() const { return look_ahead_; }
    void bound(Time latency) { look_ahead_ = std::min(look_ahead_, latency); }
    static constexpr auto state_members() { return vr::state_members(&InPort::queue_); }

  private:
    ArrivalQueue<Message> queue_;
    Waker* waker_ = nullptr;
    UnitNumber unit_ = 0;
    Time look_ahead_ = kNever;
};

/// Sending side.
template <class Message>
class OutPort {
  public:
    /// Binds to a receiver. `number` is unique among all ports of the machine and orders
    /// simultaneous messages; `latency` is at least one cycle of the sender.
    void bind(InPort<Message>& receiver, std::uint32_t number, Time latency) {
        receiver.bound(latency);
        bind_sink(receiver, number, latency);
    }
    /// Binds to a carrier (a socket) that hands messages on to the receiver.
    void bind_sink(PortSink<Message>& sink, std::uint32_t number, Time latency) {
        ensure(latency.value > 0, "port {} has no latency: no look-ahead", number);
        sink_ = &sink;
        number_ = number;
        latency_ = latency;
    }
    void send(Time now, Message message) {
        sink_->deliver({now + latency_, number_, sequence_++, std::move(message)});
    }
    [[nodiscard]] Time latency() const { return latency_; }
    [[nodiscard]] bool is_bound() const { return sink_ != nullptr; }
    static constexpr auto state_members() { return vr::state_members(&OutPort::sequence_); }

  private:
    PortSink<Message>* sink_ = nullptr;
    Time latency_;
    std::uint64_t sequence_ = 0;
    std::uint32_t number_ = 0;
};

}  // namespace vr
