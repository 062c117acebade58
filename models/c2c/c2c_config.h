// SPDX-License-Identifier: Apache-2.0
// Parameters of a chip-to-chip link (NVLink-C2C) between one GPU and its host, and what follows
// from them by arithmetic alone. Not modelled: lanes, encoding, error correction and retry.
#pragma once

#include <cstdint>

#include "models/base/parameter.h"
#include "models/base/quantity.h"
#include "models/transport/remote_message.h"

namespace vr {

struct C2cConfig {
    Bandwidth rate_per_direction{};
    Time latency{};
    Bytes packet_payload{};
    Bytes packet_header_to_gpu{};
    Bytes packet_header_to_host{};
    std::int64_t receive_buffers{};
    std::int64_t drop_credit{};

    template <class Visitor>
    void parameters(Visitor& p) {
        p("rate_per_direction", rate_per_direction, {"1 GB/s", "10 TB/s"},
          "raw rate of one direction of one GPU's link");
        p("latency", latency, {"1 ns", "100 us"}, "last byte sent to message received, one way");
        p("packet_payload", packet_payload, {"32 B", "4 KiB"}, "payload of one packet at most");
        p("packet_header_to_gpu", packet_header_to_gpu, {"1 B", "4 KiB"},
          "bytes that each packet to the GPU costs beside its payload");
        p("packet_header_to_host", packet_header_to_host, {"1 B", "4 KiB"},
          "bytes that each packet to the host costs beside its payload");
        p("receive_buffers", receive_buffers, {"1", "1048576"},
          "packets that an end holds, for requests and for responses each: the sender's credits");
        p.optional("drop_credit", drop_credit, "0", {"0", "1000000000000"},
                   "planted fault: the n-th return of credits by the GPU's end is lost (0: none)");
    }
};

/// One direction of the link as arithmetic.
class C2cDirection {
  public:
    C2cDirection(const C2cConfig& config, bool to_gpu)
        : rate_(config.rate_per_direction),
          payload_(config.packet_payload.value),
          header_(to_gpu ? config.packet_header_to_gpu.value : config.packet_header_to_host.value) {
    }
    /// Packets of a message. A read of many bytes is as many requests as the answer has packets.
    [[nodiscard]] std::int64_t packets(std::int64_t bytes) const {
        return bytes <= payload_ ? 1 : divide_round_up(bytes, payload_);
    }
    /// Bytes on the wire: headers, and the payload where the message carries it.
    [[nodiscard]] std::int64_t wire_bytes(RemoteKind kind, std::int64_t bytes) const {
        return packets(bytes) * header_ + (carries_payload(kind) ? bytes : 0);
    }
    /// Time that these bytes take on the wire, rounded up to a femtosecond.
    [[nodiscard]] Time wire_time(std::int64_t wire_bytes) const {
        __extension__ using Wide = __int128;
        return {static_cast<std::int64_t>(
            (static_cast<Wide>(wire_bytes) * kFemtosecondsPerSecond + rate_.value - 1) /
            rate_.value)};
    }
    /// Payload per second when every packet is full, rounded up.
    [[nodiscard]] Bandwidth payload_rate() const {
        __extension__ using Wide = __int128;
        return {static_cast<std::int64_t>(
            (static_cast<Wide>(rate_.value) * payload_ + payload_ + header_ - 1) /
            (payload_ + header_))};
    }

  private:
    Bandwidth rate_;
    std::int64_t payload_;
    std::int64_t header_;
};

}  // namespace vr
