// SPDX-License-Identifier: Apache-2.0
// A unit for tests of composition: on every edge of its clock it sends a number that depends on all
// it has received so far, so that one message out of order or out of time changes everything after
// it. Not modelled: any hardware.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/base/random.h"
#include "models/transport/clock.h"
#include "models/transport/port.h"
#include "models/transport/unit.h"

namespace vr {

struct ToyMessage {
    std::uint64_t value = 0;
};

struct ToyEntry {
    std::int64_t at = 0;
    std::uint64_t value = 0;
    bool operator==(const ToyEntry&) const = default;
};

class ToyUnit final : public Unit {
  public:
    ToyUnit(std::string path, Frequency frequency, std::int64_t edges)
        : Unit(std::move(path)), clock_(frequency), edges_(edges) {}

    InPort<ToyMessage> in;
    std::vector<OutPort<ToyMessage>> outs;
    std::vector<ToyEntry> log;

    [[nodiscard]] Time next() const override { return std::min(in.next(), next_edge()); }
    [[nodiscard]] Time look_ahead() const override { return in.look_ahead(); }
    void run(Time horizon) override {
        for (Time now = next(); now < horizon; now = next()) {
            while (in.next() == now) {
                const Stamped<ToyMessage> stamped = in.pop();
                state_ = mix64(state_ * 3 + stamped.message.value +
                               static_cast<std::uint64_t>(stamped.arrival.value));
                log.push_back({now.value, stamped.message.value});
                if (state_ % 4 == 0) {
                    send_all(now);  // an answer at a time that is no edge of this clock
                }
            }
            if (next_edge() == now) {
                ++edge_;
                send_all(now);
            }
        }
    }

  private:
    [[nodiscard]] Time next_edge() const { return edge_ < edges_ ? clock_.edge(edge_) : kNever; }
    void send_all(Time now) {
        for (std::size_t i = outs.size(); i-- > 0;) {  // the highest port number first
            outs[i].send(now, {state_ + i});
        }
        state_ = mix64(state_);
    }
    Clock clock_;
    std::int64_t edges_;
    std::int64_t edge_ = 0;
    std::uint64_t state_ = 1;
};

}  // namespace vr
