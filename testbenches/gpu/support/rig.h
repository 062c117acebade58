// SPDX-License-Identifier: Apache-2.0
// Ends for the ports of a unit under test: collectors that keep what arrives, a memory of fixed
// latency.
#pragma once

#include <vector>

#include "models/base/attribution.h"
#include "models/gpu/messages.h"
#include "models/transport/memory_message.h"
#include "models/transport/port.h"
#include "models/transport/region.h"
#include "models/transport/unit.h"

namespace vr::testing {

/// Keeps every message with its arrival.
template <class Message>
class Collector final : public Unit {
  public:
    explicit Collector(std::string path) : Unit(std::move(path)) {}
    InPort<Message> in;
    std::vector<Stamped<Message>> got;
    [[nodiscard]] Time next() const override { return in.next(); }
    [[nodiscard]] Time look_ahead() const override { return in.look_ahead(); }
    void run(Time horizon) override {
        while (in.next() < horizon) {
            got.push_back(in.pop());
        }
    }
};

/// Answers each request when it arrives; the latency is in the port.
class FixedMemory final : public Unit {
  public:
    explicit FixedMemory(Attribution& attribution)
        : Unit("memory"),
          owner_(attribution.owner("memory", "memory")) {}
    InPort<MemoryRequest> in;
    OutPort<MemoryResponse> out;
    std::vector<MemoryRequest> got;
    [[nodiscard]] Time next() const override { return in.next(); }
    [[nodiscard]] Time look_ahead() const override { return in.look_ahead(); }
    void run(Time horizon) override {
        while (in.next() < horizon) {
            Stamped<MemoryRequest> stamped = in.pop();
            got.push_back(stamped.message);
            MemoryResponse response;
            response.tag = stamped.message.tag;
            response.write = stamped.message.write;
            response.cause = std::move(stamped.message.cause);
            response.served.add(owner_, stamped.arrival);
            out.send(stamped.arrival, std::move(response));
        }
    }

  private:
    OwnerId owner_;
};

}  // namespace vr::testing
