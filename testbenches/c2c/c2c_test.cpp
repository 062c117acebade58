// SPDX-License-Identifier: Apache-2.0
// The C2C link against its formulas: latency and rate to the femtosecond, credits conserved, never
// more in flight than buffers, who waits for whom when one is lost.
#include <set>

#include "testbenches/c2c/c2c_rig.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("an unloaded message takes its bytes on the wire and the latency, exactly") {
    struct Case {
        RemoteKind kind;
        std::uint32_t bytes;
        std::int64_t wire;  // by hand: headers of 16 B to the host
    };
    for (const Case& c : {Case{RemoteKind::kRead, 256, 16}, Case{RemoteKind::kRead, 257, 32},
                          Case{RemoteKind::kWrite, 32, 48}, Case{RemoteKind::kWrite, 256, 272},
                          Case{RemoteKind::kWrite, 257, 289}, Case{RemoteKind::kWrite, 2048, 2176},
                          Case{RemoteKind::kWriteDone, 2048, 16}}) {
        INFO(remote_name(c.kind) << " of " << c.bytes << " B");
        C2cRig rig;
        const Time at = nanoseconds(7);
        rig.send(rig.gpu_user, at, c.kind, c.bytes);
        const Time expected = at + kInner + Time{c.wire * 10'000} + rig.config.latency + kInner;
        rig.run(expected);  // everything before t
        CHECK(rig.host_user.got.empty());
        rig.run(expected + Time{1});
        REQUIRE(rig.host_user.got.size() == 1);
        const Stamped<RemoteMessage>& got = rig.host_user.got[0];
        CHECK(got.arrival == expected);
        CHECK(rig.charged(got.message.cause, "C2C link") == Time{c.wire * 10'000});
        CHECK(rig.charged(got.message.cause, "C2C flight") == rig.config.latency + kInner);
        CHECK(rig.charged(got.message.cause, "C2C credits") == Time{});
        rig.run();
        CHECK(rig.gpu.settled());
        CHECK(rig.host.settled());
    }
}

TEST_CASE("directions have headers and calendars of their own") {
    C2cRig rig;
    rig.send(rig.gpu_user, Time{}, RemoteKind::kWrite, 1024);
    rig.send(rig.host_user, Time{}, RemoteKind::kReadData, 1024);
    rig.run();
    REQUIRE(rig.host_user.got.size() == 1);
    REQUIRE(rig.gpu_user.got.size() == 1);
    const Time fixed = kInner + rig.config.latency + kInner;
    CHECK(rig.host_user.got[0].arrival == fixed + Time{(1024 + 4 * 16) * 10'000});
    CHECK(rig.gpu_user.got[0].arrival == fixed + Time{(1024 + 4 * 64) * 10'000});
    CHECK(rig.gpu.payload_sent() == 1024);
    CHECK(rig.host.wire_bytes_sent() == 1280);
}

TEST_CASE("back to back messages run at the payload rate, exactly") {
    C2cConfig config = small_link();
    config.receive_buffers = 4096;
    C2cRig rig(config);
    constexpr std::int64_t kMessages = 500;
    for (std::int64_t i = 0; i < kMessages; ++i) {
        rig.send(rig.host_user, Time{}, RemoteKind::kReadData, 2048, static_cast<std::uint32_t>(i));
    }
    rig.run();
    REQUIRE(rig.gpu_user.got.size() == kMessages);
    const Time wire{(2048 + 8 * 64) * 10'000};
    for (std::int64_t i = 0; i < kMessages; ++i) {
        const Stamped<RemoteMessage>& got = rig.gpu_user.got[static_cast<std::size_t>(i)];
        REQUIRE(got.message.tag == i);  // in order
        REQUIRE(got.arrival == kInner + wire * (i + 1) + config.latency + kInner);
    }
    // 256 of 320 bytes: 80 GB/s of payload.
    CHECK(C2cDirection(config, true).payload_rate() == Bandwidth{80'000'000'000});
    CHECK(wire * kMessages == Time{kMessages * 2048 * 12'500});
}

TEST_CASE("a message that lacks credits waits for the first return, to the femtosecond") {
    C2cRig rig;  // 8 buffers
    rig.host_user.hold = nanoseconds(300);
    rig.send(rig.gpu_user, Time{}, RemoteKind::kWrite, 2048, 1);  // takes all eight
    rig.send(rig.gpu_user, Time{}, RemoteKind::kWrite, 256, 2);
    const Time wire{2176 * 10'000};
    const Time first = kInner + wire + rig.config.latency + kInner;
    const Time credits = first + nanoseconds(300) + kInner + rig.config.latency;
    const Time second = credits + Time{272 * 10'000} + rig.config.latency + kInner;
    rig.run(credits);
    CHECK(rig.gpu.credits_away(RemoteClass::kRequest) == 8);
    CHECK(rig.gpu.wire_bytes_sent() == 2176);
    rig.run(credits + Time{1});
    CHECK(rig.gpu.wire_bytes_sent() == 2176 + 272);
    rig.run();
    REQUIRE(rig.host_user.got.size() == 2);
    CHECK(rig.host_user.got[0].arrival == first);
    CHECK(rig.host_user.got[1].arrival == second);
    // What freed the credits came last: the chain is that of the first message and of who held it.
    const CauseTrail& cause = rig.host_user.got[1].message.cause;
    CHECK(rig.charged(cause, "host user") == kInner + nanoseconds(300));
    CHECK(rig.charged(cause, "C2C credits") == kInner + rig.config.latency);
    CHECK(rig.charged(cause, "C2C link") == wire + Time{272 * 10'000});
    CHECK(rig.gpu.settled());
}

TEST_CASE("credits are conserved at every moment, under any load") {
    C2cConfig config = small_link();
    config.receive_buffers = 13;
    C2cRig rig(config);
    rig.host_user.hold = nanoseconds(37);
    rig.gpu_user.hold = nanoseconds(11);
    std::int64_t sent = 0;
    for (std::uint32_t i = 0; i < 300; ++i) {  // sizes and times by a small congruence
        const std::uint32_t bytes = 1 + (i * 977U) % (13 * 256);
        const Time at = Time{(i * 7919) % 3'000'003} * 7;
        const bool up = i % 3 != 0;
        const bool response = i % 5 == 0;
        rig.send(up ? rig.gpu_user : rig.host_user, at,
                 response ? RemoteKind::kReadData : RemoteKind::kWrite, bytes);
        sent += bytes;
    }
    std::set<std::int64_t> seen;
    for (Time at; rig.region.next() != kNever; at += nanoseconds(5)) {
        rig.run(at);
        for (const RemoteClass c : {RemoteClass::kRequest, RemoteClass::kResponse}) {
            REQUIRE(rig.gpu.credits_away(c) >= rig.host.occupied(c));
            REQUIRE(rig.gpu.credits_away(c) <= config.receive_buffers);
            REQUIRE(rig.host.credits_away(c) >= rig.gpu.occupied(c));
            REQUIRE(rig.host.credits_away(c) <= config.receive_buffers);
            seen.insert(rig.gpu.credits_away(c));
        }
    }
    CHECK(seen.size() > 8);
    CHECK(rig.gpu_user.got.size() + rig.host_user.got.size() == 300);
    std::int64_t got = 0;
    for (const User* user : {&rig.gpu_user, &rig.host_user}) {
        for (const auto& stamped : user->got) {
            got += stamped.message.bytes;
        }
    }
    CHECK(got == sent);
    CHECK(rig.gpu.payload_sent() + rig.host.payload_sent() == sent);
    CHECK(rig.gpu.settled());
    CHECK(rig.host.settled());
}

TEST_CASE("responses pass requests that lack credits") {
    C2cRig rig;
    rig.host_user.hold = kNever;  // nothing is ever freed
    rig.send(rig.gpu_user, Time{}, RemoteKind::kWrite, 2048, 1);
    rig.send(rig.gpu_user, Time{}, RemoteKind::kWrite, 2048, 2);
    rig.send(rig.gpu_user, nanoseconds(1), RemoteKind::kWriteDone, 256, 3);
    rig.run();
    REQUIRE(rig.host_user.got.size() == 2);
    CHECK(rig.host_user.got[0].message.tag == 1);
    CHECK(rig.host_user.got[1].message.tag == 3);
    CHECK_FALSE(rig.gpu.settled());
}

TEST_CASE("a lost credit stalls with who waits for whom") {
    C2cConfig config = small_link();
    config.drop_credit = 2;
    C2cRig rig(config);
    for (std::uint32_t i = 0; i < 6; ++i) {
        rig.send(rig.host_user, Time{}, RemoteKind::kReadData, 1024, i);  // 4 of 8 credits each
    }
    rig.run();
    CHECK(rig.gpu_user.got.size() == 6);  // half of the credits are left: slower, no stall
    CHECK_FALSE(rig.host.settled());
    CHECK(rig.host.credits_away(RemoteClass::kResponse) == 4);
    rig.send(rig.host_user, nanoseconds(100'000), RemoteKind::kReadData, 2048, 9);
    rig.run();
    CHECK(rig.gpu_user.got.size() == 6);
    std::vector<Wait> waits;
    rig.host.waits(waits);
    REQUIRE(waits.size() == 1);
    CHECK(waits[0].who == "host.c2c read data of 2048 B at 0x0 (and 0 behind it)");
    CHECK(waits[0].what == "8 C2C credits, has 4");
    CHECK(waits[0].whom == "the receive buffers of the other end");
}

TEST_CASE("a doorbell leaves by its own port and holds no buffer") {
    C2cRig rig;
    rig.send(rig.host_user, Time{}, RemoteKind::kDoorbell, 0);
    rig.run();
    CHECK(rig.gpu_user.got.empty());
    REQUIRE(rig.doorbells.got.size() == 1);
    CHECK(rig.doorbells.got[0].arrival == kInner + Time{64 * 10'000} + rig.config.latency + kInner);
    CHECK(rig.host.settled());
}

TEST_CASE("a reset end is as new") {
    C2cRig rig;
    rig.host_user.hold = kNever;
    rig.send(rig.gpu_user, Time{}, RemoteKind::kWrite, 2048);
    rig.send(rig.gpu_user, Time{}, RemoteKind::kWrite, 2048);
    rig.run();
    CHECK_FALSE(rig.gpu.settled());
    rig.gpu.reset();
    rig.host.reset();
    CHECK(rig.gpu.settled());
    CHECK(rig.host.settled());
    CHECK(rig.gpu.payload_sent() == 0);
    CHECK(rig.gpu.next() == kNever);
}

TEST_CASE("a message on the wire is a slice of its direction") {
    EventRecord events;
    C2cRig rig(small_link(), &events);
    rig.send(rig.gpu_user, Time{}, RemoteKind::kWrite, 256);
    rig.run();
    const std::vector<Event> all = events.sorted();
    REQUIRE(all.size() == 1);
    CHECK(events.tracks()[all[0].track].path == "gpu.c2c.out");
    CHECK(events.names()[all[0].name] == "write");
    CHECK(all[0].begin == kInner);
    CHECK(all[0].end == kInner + Time{272 * 10'000});
    CHECK(all[0].value == 272);
}
