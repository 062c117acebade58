// SPDX-License-Identifier: Apache-2.0
// The two ends of a C2C link in one region, and users of both that keep what arrives and free the
// receive buffers when told to, or at once.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "models/c2c/c2c_end.h"
#include "models/transport/region.h"

namespace vr::testing {

inline constexpr Time kInner = nanoseconds(1);  // of the ports between a user and its end

inline C2cConfig small_link() {
    C2cConfig config;
    config.rate_per_direction = Bandwidth{100'000'000'000};  // 10 ps a byte
    config.latency = nanoseconds(50);
    config.packet_payload = Bytes{256};
    config.packet_header_to_gpu = Bytes{64};
    config.packet_header_to_host = Bytes{16};
    config.receive_buffers = 8;
    return config;
}

/// Keeps every message with its arrival; frees its buffers `hold` later (never: kNever).
class User final : public Unit {
  public:
    User(std::string path, Attribution& keeper)
        : Unit(std::move(path)), attribution(&keeper), owner(keeper.owner(this->path(), "test")) {}
    Attribution* attribution;
    OwnerId owner;
    InPort<RemoteMessage> in;
    OutPort<RemoteMessage> out;
    OutPort<RemoteFree> frees;
    Time hold;
    std::vector<Stamped<RemoteMessage>> got;
    [[nodiscard]] Time next() const override { return in.next(); }
    [[nodiscard]] Time look_ahead() const override { return in.look_ahead(); }
    void run(Time horizon) override {
        while (in.next() < horizon) {
            got.push_back(in.pop());
            const RemoteMessage& m = got.back().message;
            if (hold != kNever && m.kind != RemoteKind::kDoorbell) {
                RemoteFree free{m.kind, m.bytes, m.cause};
                attribution->append(free.cause, owner, got.back().arrival + hold);
                frees.send(got.back().arrival + hold, std::move(free));
            }
        }
    }
};

struct C2cRig {
    explicit C2cRig(const C2cConfig& with = small_link(), EventRecord* events = nullptr)
        : config(with),
          gpu("gpu.c2c", config, C2cSide::kGpu, attribution, events),
          host("host.c2c", config, C2cSide::kHost, attribution, events) {
        Unit* const units[] = {&gpu, &host, &gpu_user, &host_user};
        for (Unit* unit : units) {
            region.add(*unit);
        }
        join(gpu, 0, gpu_user, 2, 0);
        join(host, 1, host_user, 3, 10);
        gpu.frames_out.bind(host.frames_in, 20, config.latency);
        host.frames_out.bind(gpu.frames_in, 21, config.latency);
        gpu.frames_in.attach(region, 0);
        host.frames_in.attach(region, 1);
        gpu.doorbells_out.bind(doorbells.in, 22, kInner);
        doorbells.in.attach(region, region.add(doorbells));
    }
    void join(C2cEnd& end, UnitNumber end_number, User& user, UnitNumber number,
              std::uint32_t port) {
        end.messages_out.bind(user.in, port, kInner);
        user.out.bind(end.messages_in, port + 1, kInner);
        user.frees.bind(end.frees_in, port + 2, kInner);
        user.in.attach(region, number);
        end.messages_in.attach(region, end_number);
        end.frees_in.attach(region, end_number);
    }
    void send(User& from, Time at, RemoteKind kind, std::uint32_t bytes, std::uint32_t tag = 0) {
        RemoteMessage message;
        message.kind = kind;
        message.bytes = bytes;
        message.tag = tag;
        message.cause = attribution.extend(CauseTrail{}, before, at);
        from.out.send(at, std::move(message));
    }
    void run(Time until = kNever) { region.run(until); }
    [[nodiscard]] Time charged(const CauseTrail& cause, const std::string& owner) {
        for (const Charge& charge : attribution.charges(attribution.keep(cause))) {
            if (attribution.owner_name(charge.owner) == owner) {
                return charge.amount;
            }
        }
        return {};
    }

    C2cConfig config;
    Attribution attribution;
    OwnerId before = attribution.owner("before", "test");
    Region region;
    C2cEnd gpu;
    C2cEnd host;
    User gpu_user{"gpu user", attribution};
    User host_user{"host user", attribution};
    User doorbells{"doorbells", attribution};
};

}  // namespace vr::testing
