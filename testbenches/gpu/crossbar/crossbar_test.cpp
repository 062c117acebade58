// SPDX-License-Identifier: Apache-2.0
// Crossbar: rates of the ports by formula, independence of ports, the planted loss of a response.
#include "models/gpu/crossbar/crossbar.h"

#include <catch2/catch.hpp>

#include "testbenches/gpu/support/load_gpu.h"
#include "testbenches/gpu/support/rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

constexpr Time kLink = nanoseconds(10);

struct CrossbarRig {
    explicit CrossbarRig(std::vector<std::string> sets = {})
        : config(load_gpu("tiny", std::move(sets)).crossbar),
          crossbar("crossbar", config, 4, attribution),
          l2("l2"),
          pairs{Collector<BundleDone>("pair0"), Collector<BundleDone>("pair1")} {
        from_sm.bind(crossbar.requests_in, 1, kLink);
        from_l2.bind(crossbar.responses_in, 2, kLink);
        crossbar.requests_out.bind(l2.in, 3, kLink);
        const UnitNumber number = region.add(crossbar);
        crossbar.requests_in.attach(region, number);
        crossbar.responses_in.attach(region, number);
        l2.in.attach(region, region.add(l2));
        for (std::uint32_t i = 0; i < 2; ++i) {
            crossbar.responses_out[i].bind(pairs[i].in, 4 + i, kLink);
            pairs[i].in.attach(region, region.add(pairs[i]));
        }
    }
    void answer(Time at, std::uint16_t sm, std::uint32_t bytes, Time first_ready,
                std::uint32_t tag = 0) {
        BundleDone done;
        done.tag = tag;
        done.sm = sm;
        done.bytes = bytes;
        done.first_ready = first_ready;
        done.cause = attribution.extend(CauseTrail{}, owner, at);
        from_l2.send(at, std::move(done));
    }
    [[nodiscard]] Time returned(std::int64_t bytes) const {
        return Clock(Frequency{config.clock.value * config.return_width.value}).edge(bytes);
    }
    Attribution attribution;
    OwnerId owner = attribution.owner("test", "test");
    CrossbarConfig config;
    Crossbar crossbar;
    Collector<LineBundle> l2;
    Collector<BundleDone> pairs[2];
    Region region;
    OutPort<LineBundle> from_sm;
    OutPort<BundleDone> from_l2;
};

LineBundle lines(bool write) {
    LineBundle bundle;
    bundle.count = 16;
    bundle.write = write;
    return bundle;
}

}  // namespace

TEST_CASE("answers pass a return port at its width") {
    CrossbarRig rig;
    const Time at = nanoseconds(1000);
    constexpr std::uint32_t kBytes = 16 * kLineBytes;
    for (int i = 0; i < 40; ++i) {
        rig.answer(at, 0, kBytes, at);
    }
    rig.answer(at, 1, kBytes, at);  // the other SM of the pair has a port of its own
    rig.region.run(kNever);
    const auto& got = rig.pairs[0].got;
    REQUIRE(got.size() == 41);
    REQUIRE(rig.pairs[1].got.empty());
    int number = 0;
    for (const auto& stamped : got) {
        if (stamped.message.sm == 1) {
            CHECK(stamped.arrival == at + kLink + rig.returned(kBytes) + kLink);
            continue;
        }
        ++number;
        CHECK(stamped.arrival == at + kLink + rig.returned(kBytes) * number + kLink);
    }
    CHECK(rig.crossbar.bytes_returned() == 41 * kBytes);
    // 160 bytes a clock, to within the rounding of one femtosecond per bundle.
    const Clock clock(rig.config.clock);
    CHECK(clock.first_edge(rig.returned(kBytes * 40)) == (kBytes * 40 + 159) / 160);
}

TEST_CASE("a multicast passes the return ports of both SMs, and arrives once") {
    CrossbarRig rig;
    const Time at = nanoseconds(1000);
    constexpr std::uint32_t kBytes = 16 * kLineBytes;
    rig.answer(at, 1, kBytes, at);  // the other SM's port is busy first
    rig.answer(at, 0, kBytes, at, kMulticastTag | 7U);
    rig.answer(at, 0, kBytes, at, 8);
    rig.answer(at, 1, kBytes, at, 9);
    rig.region.run(kNever);
    const auto& got = rig.pairs[0].got;
    REQUIRE(got.size() == 4);
    const auto arrival = [&](std::uint32_t tag) {
        for (const auto& stamped : got) {
            if (stamped.message.tag == tag) {
                return stamped.arrival - at - kLink - kLink;
            }
        }
        return Time{};
    };
    CHECK(arrival(kMulticastTag | 7U) == rig.returned(kBytes) * 2);
    CHECK(arrival(8) == rig.returned(kBytes) * 2);
    CHECK(arrival(9) == rig.returned(kBytes) * 3);
    CHECK(rig.crossbar.bytes_returned() == 5 * kBytes);
}

TEST_CASE("lines that became ready early have left already") {
    CrossbarRig rig;
    const Time at = nanoseconds(1000);
    constexpr std::uint32_t kBytes = 16 * kLineBytes;
    rig.answer(at, 0, kBytes, at - nanoseconds(500));  // only the last line is left to pass
    rig.answer(at, 2, kBytes, at - rig.returned(kBytes) + rig.returned(4 * kLineBytes));
    rig.region.run(kNever);
    REQUIRE(rig.pairs[0].got.size() == 1);
    REQUIRE(rig.pairs[1].got.size() == 1);
    CHECK(rig.pairs[0].got[0].arrival == at + kLink + rig.returned(kLineBytes) + kLink);
    CHECK(rig.pairs[1].got[0].arrival == at + kLink + rig.returned(4 * kLineBytes) + kLink);
}

TEST_CASE("writes pass the request port at its width, reads do not wait for them") {
    CrossbarRig rig;
    const LineBundle write = lines(true);
    const LineBundle read = lines(false);
    const Time at = nanoseconds(1000);
    for (int i = 0; i < 5; ++i) {
        rig.from_sm.send(at, write);
    }
    rig.from_sm.send(at, read);
    rig.region.run(kNever);
    const Time span =
        Clock(Frequency{rig.config.clock.value * rig.config.write_width.value}).edge(2048);
    int writes = 0;
    REQUIRE(rig.l2.got.size() == 6);
    for (const auto& stamped : rig.l2.got) {
        CHECK(stamped.arrival ==
              at + kLink + (stamped.message.write ? span * writes++ : Time{}) + kLink);
    }
}

TEST_CASE("requests of reads that take room on the way pass it in turns with writes") {
    CrossbarRig rig({"gpu.crossbar.read_request=32 B"});
    const LineBundle write = lines(true);
    const LineBundle read = lines(false);
    const Time at = nanoseconds(1000);
    rig.from_sm.send(at, read);
    rig.from_sm.send(at, write);
    rig.from_sm.send(at, read);
    rig.region.run(kNever);
    const Clock bytes(Frequency{rig.config.clock.value * rig.config.write_width.value});
    REQUIRE(rig.l2.got.size() == 3);
    const Time first = at + kLink + kLink;
    CHECK(rig.l2.got[0].arrival == first);
    CHECK(rig.l2.got[1].arrival == first + bytes.edge(16 * 32));
    CHECK(rig.l2.got[2].arrival == first + bytes.edge(16 * 32) + bytes.edge(16 * kLineBytes));
    CHECK(rig.l2.got[0].message.line_spacing == bytes.edge(32));
    CHECK(rig.crossbar.bytes_sent() == 16 * kLineBytes);
}

TEST_CASE("the planted fault loses the n-th answer and no other") {
    CrossbarRig rig({"gpu.crossbar.drop_response=3"});
    for (int i = 0; i < 5; ++i) {
        rig.answer(nanoseconds(1000 * (i + 1)), 0, 128, nanoseconds(1000 * (i + 1)));
    }
    rig.region.run(kNever);
    REQUIRE(rig.pairs[0].got.size() == 4);
    CHECK(rig.pairs[0].got[2].arrival > nanoseconds(4000));
}
