// SPDX-License-Identifier: Apache-2.0
// The crossbar between SMs and L2: one request port and one return port per SM, and one of each for
// the hub (the copy engine), each a calendar.
// Not modelled: internal stages and their arbitration; contention inside the switch beyond the
// ports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/parameter.h"
#include "models/gpu/messages.h"
#include "models/transport/clock.h"
#include "models/transport/port.h"
#include "models/transport/unit.h"

namespace vr {

struct CrossbarConfig {
    Frequency clock{};
    BytesPerCycle return_width{};
    BytesPerCycle write_width{};
    BytesPerCycle hub_width{};
    Bytes read_request{};
    Cycles request_latency{};
    Cycles slice_latency{};
    Cycles return_latency{};
    Cycles delivery_latency{};
    std::int64_t drop_response{};

    template <class Visitor>
    void parameters(Visitor& p) {
        p("clock", clock, {"100 MHz", "10 GHz"}, "clock of the crossbar's ports");
        p("return_width", return_width, {"1 B/clk", "4096 B/clk"}, "L2 to one SM, bytes per clock");
        p("write_width", write_width, {"1 B/clk", "4096 B/clk"}, "one SM to L2, bytes per clock");
        p("hub_width", hub_width, {"1 B/clk", "65536 B/clk"},
          "L2 to or from the hub port (copy engine), each way, bytes per clock");
        p("read_request", read_request, {"0 B", "128 B"},
          "of a line's read on the SM's way to L2, which writes share");
        p("request_latency", request_latency, {"1 clk", "10000 clk"}, "SM to crossbar");
        p("slice_latency", slice_latency, {"1 clk", "10000 clk"}, "crossbar to L2 slice");
        p("return_latency", return_latency, {"1 clk", "10000 clk"},
          "L2 slice to the SM's return port");
        p("delivery_latency", delivery_latency, {"1 clk", "10000 clk"}, "return port to SM");
        p.optional("drop_response", drop_response, "0", {"0", "1000000000000"},
                   "planted fault: the n-th response is lost with its credit (0: none)");
    }
};

class Crossbar final : public Unit {
  public:
    Crossbar(std::string path, const CrossbarConfig& config, std::int64_t sms,
             Attribution& attribution);

    InPort<LineBundle> requests_in;
    InPort<BundleDone> responses_in;
    OutPort<LineBundle> requests_out;
    std::vector<OutPort<BundleDone>> responses_out;  ///< one per SM pair
    OutPort<BundleDone> hub_out;                     ///< to the copy engine; may be unbound

    [[nodiscard]] Time next() const override;
    void run(Time horizon) override;
    [[nodiscard]] Time look_ahead() const override;
    void statistics(StatisticsRegistry& out) const override;
    void state(StateHasher& out) const override;
    static constexpr auto state_members() {
        using C = Crossbar;
        return vr::state_members(&C::requests_in, &C::responses_in, &C::requests_out,
                                 &C::responses_out, &C::hub_out, &C::request_free_,
                                 &C::return_free_, &C::responses_, &C::bytes_returned_,
                                 &C::bytes_sent_, &C::hub_returned_, &C::hub_sent_);
    }
    [[nodiscard]] std::int64_t bytes_returned() const { return bytes_returned_; }
    [[nodiscard]] std::int64_t bytes_sent() const { return bytes_sent_; }

  private:
    void take_request(Stamped<LineBundle>&& stamped);
    void take_response(Stamped<BundleDone>&& stamped);
    /// Number of the port of an SM, or of the hub, which comes last.
    [[nodiscard]] std::size_t port_of(std::uint16_t sm) const {
        return sm == kHubPort ? request_free_.size() - 1 : sm;
    }
    Clock write_byte_clock_;
    Clock return_byte_clock_;
    Clock hub_byte_clock_;
    std::int64_t read_request_;  // bytes, of a line
    Attribution& attribution_;
    std::vector<Time> request_free_;
    std::vector<Time> return_free_;
    std::int64_t drop_response_;
    std::int64_t responses_ = 0;
    std::int64_t bytes_returned_ = 0;
    std::int64_t bytes_sent_ = 0;
    std::int64_t hub_returned_ = 0;
    std::int64_t hub_sent_ = 0;
    OwnerId request_link_owner_;
    OwnerId request_owner_;
    OwnerId return_link_owner_;
    OwnerId return_owner_;
};

}  // namespace vr
