// SPDX-License-Identifier: Apache-2.0
// Checker of the message protocol, rules MSG-1 to MSG-6 of tlm/protocols/message/README.md.
// Not checked: the contents of messages.
#pragma once

#include <cstdint>
#include <string_view>

#include "tlm/checkers/breach.h"
#include "tlm/interposer.h"
#include "tlm/protocols/message/types.h"

namespace vr {

/// Throws ProtocolBroken at the first breach. Adds no time.
template <class Message>
class MessageChecker final : public Interposer<MessageTypes<Message>> {
    using Base = Interposer<MessageTypes<Message>>;
    using typename Base::Payload;
    using typename Base::Phase;

  public:
    /// `latency` is the declared latency of the link.
    MessageChecker(const sc_core::sc_module_name& name, Time latency)
        : Base(name), latency_(latency) {}
    [[nodiscard]] const BreachLog& breaches() const { return breaches_; }
    /// Messages that passed.
    [[nodiscard]] std::uint64_t messages() const { return expected_; }

  private:
    void require(bool holds, std::string_view rule, std::string_view what) {
        if (!holds) {
            breaches_.report(rule, this->name(), this->scale().now(), what);
        }
    }
    void check(const Payload& payload) {
        const Time now = this->scale().now();
        const Time tick = this->scale().tick();
        const auto& stamped = payload.stamped;
        require(latency_ >= tick, "MSG-6",
                fmt::format("declared latency {} fs; allowed: at least the resolution, {} fs",
                            latency_.value, tick.value));
        require(
            stamped.arrival >= now, "MSG-1",
            fmt::format("a message arrives at {} fs, before the present", stamped.arrival.value));
        require(stamped.arrival >= now + latency_ - tick + Time{1}, "MSG-2",
                fmt::format("a message arrives at {} fs, less than the latency of {} fs ahead",
                            stamped.arrival.value, latency_.value));
        port_ = expected_ == 0 ? stamped.port : port_;
        require(stamped.port == port_, "MSG-4",
                fmt::format("a message of port {} on the socket of port {}", stamped.port, port_));
        require(
            stamped.sequence == expected_, "MSG-3",
            fmt::format("message {} of port {}; expected {}", stamped.sequence, port_, expected_));
        ++expected_;
    }
    void called(CallPath path, Payload& payload, const Phase& phase, Time at) override {
        require(path == CallPath::kForward && phase == tlm::BEGIN_REQ && at == this->scale().now(),
                "MSG-5",
                fmt::format("phase {} {} at {} fs; allowed: BEGIN_REQ forward without delay",
                            phase.get_name(), path == CallPath::kForward ? "forward" : "backward",
                            at.value));
        check(payload);
    }
    void returned(CallPath, Payload&, const Phase&, const Phase&, tlm::tlm_sync_enum result,
                  Time) override {
        require(result == tlm::TLM_COMPLETED, "MSG-5", "a message was not answered TLM_COMPLETED");
    }
    void blocking_called(Payload& payload, Time) override { check(payload); }
    void blocking_returned(Payload&, Time) override {}
    void debugged(Payload&, unsigned int) override {}

    Time latency_;
    std::uint64_t expected_ = 0;
    std::uint32_t port_ = 0;
    BreachLog breaches_;
};

}  // namespace vr
