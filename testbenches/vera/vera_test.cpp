// SPDX-License-Identifier: Apache-2.0
// The host side behind its C2C ends: latency and rate of the memory to the femtosecond, contents,
// buffers held as long as they should be.
#include <catch2/catch.hpp>
#include <memory>
#include <numeric>

#include "models/transport/region.h"
#include "models/vera/vera.h"

using namespace vr;

namespace {

C2cConfig link() {
    C2cConfig config;
    config.rate_per_direction = Bandwidth{100'000'000'000};  // 10 ps a byte
    config.latency = nanoseconds(50);
    config.packet_payload = Bytes{256};
    config.packet_header_to_gpu = Bytes{64};
    config.packet_header_to_host = Bytes{16};
    config.receive_buffers = 64;
    return config;
}

VeraConfig host() {
    VeraConfig config;
    config.gpus = 2;
    config.fabric = {nanoseconds(3), nanoseconds(20)};
    config.lpddr5x = {Bytes{1 << 20}, Bandwidth{50'000'000'000}, nanoseconds(100), Bytes{1024}};
    return config;
}

/// A GPU's end and its user.
class Requester final : public Unit {
  public:
    explicit Requester(Attribution& attribution)
        : Unit("requester"), end("gpu.c2c", link(), C2cSide::kGpu, attribution, nullptr) {}
    C2cEnd end;
    InPort<RemoteMessage> in;
    OutPort<RemoteMessage> out;
    OutPort<RemoteFree> frees;
    std::vector<Stamped<RemoteMessage>> got;
    [[nodiscard]] Time next() const override { return in.next(); }
    [[nodiscard]] Time look_ahead() const override { return in.look_ahead(); }
    void run(Time horizon) override {
        while (in.next() < horizon) {
            got.push_back(in.pop());
            const RemoteMessage& m = got.back().message;
            if (m.kind != RemoteKind::kDoorbell) {  // its end has freed that buffer itself
                frees.send(got.back().arrival, RemoteFree{m.kind, m.bytes, m.cause});
            }
        }
    }
};

constexpr Time kInner = nanoseconds(1);

struct VeraRig {
    explicit VeraRig(std::size_t gpus = 1, const VeraConfig& config = host())
        : vera("host", config, link(), gpus, attribution, nullptr) {
        for (Unit* unit : vera.units()) {
            region.add(*unit);
        }
        std::uint32_t port = 0;
        vera.wire([&](const std::string&, auto& from, std::uint32_t, auto& to,
                      std::uint32_t receiver, Time latency) {
            to.attach(region, receiver);
            from.bind(to, port++, latency);
        });
        for (std::size_t i = 0; i < gpus; ++i) {
            requesters.push_back(std::make_unique<Requester>(attribution));
            Requester& r = *requesters.back();
            const UnitNumber end = region.add(r.end);
            const UnitNumber user = region.add(r);
            r.end.messages_out.bind(r.in, port++, kInner);
            r.out.bind(r.end.messages_in, port++, kInner);
            r.frees.bind(r.end.frees_in, port++, kInner);
            r.end.frames_out.bind(vera.end(i).frames_in, port++, nanoseconds(50));
            vera.end(i).frames_out.bind(r.end.frames_in, port++, nanoseconds(50));
            r.in.attach(region, user);
            r.end.messages_in.attach(region, end);
            r.end.frees_in.attach(region, end);
            r.end.frames_in.attach(region, end);
            vera.end(i).frames_in.attach(region, Vera::kFirstEnd + static_cast<std::uint32_t>(i));
        }
    }
    void send(std::size_t gpu, Time at, RemoteKind kind, std::uint64_t address, std::uint32_t bytes,
              std::shared_ptr<const std::vector<std::uint8_t>> data = nullptr,
              bool with_data = false) {
        RemoteMessage message;
        message.kind = kind;
        message.address = address;
        message.bytes = bytes;
        message.data = std::move(data);
        message.with_data = with_data;
        message.cause = attribution.extend(CauseTrail{}, before, at);
        requesters[gpu]->out.send(at, std::move(message));
    }
    Attribution attribution;
    OwnerId before = attribution.owner("before", "test");
    Region region;
    Vera vera;
    std::vector<std::unique_ptr<Requester>> requesters;
};

constexpr Time wire(std::int64_t bytes) {
    return Time{bytes * 10'000};
}
constexpr Time served(std::int64_t bytes) {
    return Time{bytes * 20'000};
}
constexpr Time kLink = nanoseconds(50);
constexpr Time kPort = nanoseconds(3);
constexpr Time kMemory = nanoseconds(20);
constexpr Time kAccess = nanoseconds(100);

}  // namespace

TEST_CASE("an unloaded read and write of the host's memory take the sum of their parts, exactly") {
    struct Case {
        RemoteKind kind;
        Time there;
        Time back;
    };
    for (const Case& c : {Case{RemoteKind::kRead, wire(4 * 16), wire(1024 + 4 * 64)},
                          Case{RemoteKind::kWrite, wire(1024 + 4 * 16), wire(64)}}) {
        INFO(remote_name(c.kind));
        VeraRig rig;
        rig.send(0, Time{}, c.kind, 4096, 1024);
        const Time expected = kInner + c.there + kLink + kPort + kMemory + served(1024) + kAccess +
                              kMemory + kPort + c.back + kLink + kInner;
        rig.region.run(expected);
        CHECK(rig.requesters[0]->got.empty());
        rig.region.run(expected + Time{1});
        REQUIRE(rig.requesters[0]->got.size() == 1);
        CHECK(rig.requesters[0]->got[0].arrival == expected);
        rig.region.run(kNever);
        CHECK(rig.requesters[0]->end.settled());
        CHECK(rig.vera.end(0).settled());
        CHECK(rig.vera.memory().bytes_moved() == 1024);
        // Every femtosecond has an owner: the chain is as long as the way.
        Time sum;
        for (const Charge& charge : rig.attribution.charges(
                 rig.attribution.keep(rig.requesters[0]->got[0].message.cause))) {
            sum += charge.amount;
        }
        CHECK(sum == expected - kInner);  // the user's own port is the user's to charge
    }
}

TEST_CASE("contents come back as they were written, through accesses of any cut") {
    VeraRig rig;
    std::vector<std::uint8_t> bytes(3000);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{17});
    const auto data = std::make_shared<const std::vector<std::uint8_t>>(bytes);
    rig.send(0, Time{}, RemoteKind::kWrite, 1000 * 32, 3000, data, true);
    rig.region.run(kNever);
    rig.send(0, nanoseconds(100'000), RemoteKind::kRead, 1000 * 32, 3000, nullptr, true);
    rig.region.run(kNever);
    REQUIRE(rig.requesters[0]->got.size() == 2);
    const RemoteMessage& read = rig.requesters[0]->got[1].message;
    CHECK(read.kind == RemoteKind::kReadData);
    REQUIRE(read.data != nullptr);
    CHECK(*read.data == bytes);
    std::vector<std::uint8_t> held(3000);
    rig.vera.contents().read(1000 * 32, held);
    CHECK(held == bytes);
}

TEST_CASE("two GPUs share the memory's rate") {
    VeraRig rig(2);
    constexpr int kReads = 200;
    for (int i = 0; i < kReads; ++i) {
        for (const std::size_t gpu : {0U, 1U}) {
            rig.send(gpu, Time{}, RemoteKind::kRead, static_cast<std::uint64_t>(i) * 1024, 1024);
        }
    }
    rig.region.run(kNever);
    Time last;
    for (const auto& requester : rig.requesters) {
        REQUIRE(requester->got.size() == kReads);
        last = std::max(last, requester->got.back().arrival);
    }
    // 50 GB/s for two links of 80 GB/s: the memory is the limit.
    CHECK(last > served(2 * kReads * 1024));
    CHECK(last < served(2 * kReads * 1024) + nanoseconds(500));
}

TEST_CASE("a doorbell rung at the start comes as soon as the link allows") {
    VeraRig rig;
    rig.requesters[0]->end.doorbells_out.bind(rig.requesters[0]->in, 99, kInner);
    rig.vera.fabric().ring_at_start(0);
    rig.region.reschedule_all();
    rig.region.run(kNever);
    REQUIRE(rig.requesters[0]->got.size() == 1);
    CHECK(rig.requesters[0]->got[0].message.kind == RemoteKind::kDoorbell);
    CHECK(rig.requesters[0]->got[0].arrival == kPort + wire(64) + kLink + kInner);
}

TEST_CASE("a host with inconsistent values says which") {
    VeraConfig config = host();
    CHECK(config.problems().empty());
    config.lpddr5x.access = Bytes{1000};
    REQUIRE(config.problems().size() == 1);
    CHECK(config.problems()[0].first == "lpddr5x.access");
}
