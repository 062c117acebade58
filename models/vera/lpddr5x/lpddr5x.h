// SPDX-License-Identifier: Apache-2.0
// The host's memory: as large, as fast and as far as LPDDR5X, served in order of arrival by one
// server. Not modelled: channels, banks, refresh, read-write turns (see ../DEVIATIONS.md); a
// controller that has them takes its place behind the same two ports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/event_record.h"
#include "models/base/parameter.h"
#include "models/transport/memory_message.h"
#include "models/transport/port.h"
#include "models/transport/unit.h"

namespace vr {

struct Lpddr5xConfig {
    Bytes capacity{};
    Bandwidth bandwidth{};
    Time latency{};
    Bytes access{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("capacity", capacity, {"1 MiB", "16 TiB"}, "capacity of the host's memory");
        p("bandwidth", bandwidth, {"1 GB/s", "100 TB/s"},
          "bytes that it reads or writes per second, together");
        p("latency", latency, {"1 ns", "100 us"}, "access served to response, besides the queue");
        p("access", access, {"32 B", "64 KiB"},
          "block within which one access of the fabric lies (a power of two)");
    }
};

/// Takes requests at any rate and answers each once, in order of arrival.
class Lpddr5x final : public Unit {
  public:
    Lpddr5x(std::string path, const Lpddr5xConfig& config, Attribution& attribution,
            EventRecord* events);

    InPort<MemoryRequest> requests_in;
    OutPort<MemoryResponse> responses_out;

    [[nodiscard]] Time next() const override { return requests_in.next(); }
    void run(Time horizon) override;
    [[nodiscard]] Time look_ahead() const override { return requests_in.look_ahead(); }
    void statistics(StatisticsRegistry& out) const override;
    void state(StateHasher& out) const override;
    static constexpr auto state_members() {
        using L = Lpddr5x;
        return vr::state_members(&L::requests_in, &L::responses_out, &L::state_);
    }
    /// As built; what is in the port stays.
    void reset() { state_ = State{}; }
    [[nodiscard]] std::int64_t bytes_moved() const {
        return state_.bytes_read + state_.bytes_written;
    }
    /// Time that so many bytes take of the bandwidth, rounded up.
    [[nodiscard]] Time service_time(std::int64_t bytes) const;

  private:
    struct State {
        Time free;
        std::int64_t bytes_read = 0;
        std::int64_t bytes_written = 0;
        std::int64_t accesses = 0;
        Time busy;
        static constexpr auto state_members() {
            using S = State;
            return vr::state_members(&S::free, &S::bytes_read, &S::bytes_written, &S::accesses,
                                     &S::busy);
        }
    };
    Lpddr5xConfig config_;
    EventRecord* events_;
    std::uint32_t track_ = 0;
    std::uint32_t bytes_name_ = 0;
    State state_;
    OwnerId server_owner_;
    OwnerId latency_owner_;
};

}  // namespace vr
