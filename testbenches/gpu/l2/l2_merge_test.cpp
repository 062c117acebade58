// SPDX-License-Identifier: Apache-2.0
// Bundles for lines that are on their way: one read from memory serves all, and each SM gets all
// its bytes in its own time.
#include <algorithm>
#include <catch2/catch.hpp>

#include "testbenches/gpu/l2/l2_rig.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("equal bundles share one fetch and each gets all bytes") {
    L2Rig rig({"gpu.l2.dies=2"});
    constexpr std::uint32_t kLines = 16;
    for (std::uint16_t sm = 0; sm < 4; ++sm) {
        rig.send(nanoseconds(5 * sm), rig.bundle(0, kLines, sm));
    }
    auto got = rig.run();
    REQUIRE(got.size() == 4);
    std::int64_t fetched = 0;
    for (const MemoryRequest& request : rig.memory.got) {
        fetched += request.bytes;
    }
    CHECK(fetched == kLines * kLineBytes);
    std::sort(got.begin(), got.end(),
              [](const auto& a, const auto& b) { return a.message.tag < b.message.tag; });
    for (std::uint32_t i = 0; i < 4; ++i) {
        CHECK(got[i].message.tag == i);
        CHECK(got[i].message.sm == i);
        CHECK(got[i].message.bytes == kLines * kLineBytes);
    }
    const TensorTraffic t = rig.l2.traffic()[0];
    CHECK(t.requested == 4 * kLines * kLineBytes);
    CHECK(t.misses == kLines * kLineBytes / 2);  // each second line comes with its block
    CHECK(t.hits + t.misses == t.requested);
    CHECK(rig.l2.bytes_served() == t.requested);
}

TEST_CASE("a bundle that joins late is not answered before its own way through the slices") {
    L2Rig rig;
    rig.send(Time{}, rig.bundle(0));
    const Time back =
        kToL2 + rig.span(rig.config.lookup_latency) + kToMemory + kFromMemory;  // the fill arrives
    const Time at = back - kToL2 - Time{1};  // reaches L2 one femtosecond before
    rig.send(at, rig.bundle(0, 1, 1));
    const auto got = rig.run();
    REQUIRE(got.size() == 2);
    CHECK(got[0].arrival == back + rig.span(rig.config.fill_latency) + kFromL2);
    CHECK(got[1].message.sm == 1);
    CHECK(got[1].arrival == at + kToL2 + rig.span(rig.config.hit_latency) + kFromL2);
    CHECK(rig.memory.got.size() == 1);
}

TEST_CASE("the cause of a bundle that joined names the way of its own last line") {
    L2Rig rig({"gpu.l2.dies=2"});
    std::uint64_t lines[2] = {};  // one in each slice, in blocks of their own
    for (std::uint64_t line = 0; line < 64; line += 2) {
        lines[rig.l2.slice_of(line * kLineBytes)] = line * kLineBytes;
    }
    // The line of die 0's slice is there; the one of die 1's slice is about to come.
    (void)rig.ask(Time{}, rig.bundle(lines[0]));
    const Time later = nanoseconds(10000);
    rig.send(later, rig.bundle(lines[1], 1, 2));
    const Time back = later + kToL2 + rig.span(rig.config.lookup_latency) + kToMemory + kFromMemory;
    LineBundle both = rig.bundle(lines[0], 2, 0);
    both.stride = static_cast<std::int64_t>(lines[1]) - static_cast<std::int64_t>(lines[0]);
    LineBundle same = both;
    same.sm = 2;
    same.tag = rig.next_tag++;
    const Time at = back - kToL2 - nanoseconds(2);
    rig.send(at, both);
    rig.send(at + nanoseconds(1), same);
    for (const auto& answer : rig.run()) {
        const Cause cause = rig.attribution.keep(answer.message.cause);
        CHECK(cause.time() + kFromL2 == answer.arrival);
        // No step of L2 is longer than a hit on the other die: a cause from elsewhere would show as
        // one.
        const Time longest = rig.span(rig.config.hit_latency) + rig.span(rig.config.far_latency);
        for (const Attribution::Step& step : rig.attribution.steps(cause)) {
            INFO("tag " << answer.message.tag << ": " << rig.attribution.owner_name(step.owner)
                        << " from " << step.from.value << " until " << step.until.value);
            CHECK((step.until - step.from <= longest ||
                   rig.attribution.owner_name(step.owner) == "test" ||
                   rig.attribution.owner_name(step.owner) == "L2 fill"));
        }
    }
}
