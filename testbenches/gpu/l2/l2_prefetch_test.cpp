// SPDX-License-Identifier: Apache-2.0
// Prefetches into L2: lines come from memory, nobody is answered, later reads find them.
#include <catch2/catch.hpp>

#include "testbenches/gpu/l2/l2_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

LineBundle prefetch_of(LineBundle bundle) {
    bundle.prefetch = true;
    return bundle;
}

std::int64_t bytes_asked(const L2Rig& rig) {
    std::int64_t bytes = 0;
    for (const MemoryRequest& request : rig.memory.got) {
        bytes += request.bytes;
    }
    return bytes;
}

}  // namespace

TEST_CASE("a prefetch brings lines into L2 without an answer, and a later read hits") {
    L2Rig rig;
    constexpr std::uint32_t kLines = 16;
    rig.send(Time{}, prefetch_of(rig.bundle(0, kLines)));
    CHECK(rig.run().empty());
    CHECK(bytes_asked(rig) == kLines * kLineBytes);
    const TensorTraffic before = rig.l2.traffic()[0];
    CHECK(before.requested == 0);
    CHECK(before.hits == 0);
    CHECK(before.misses == 0);
    CHECK(before.memory_read == kLines * kLineBytes);
    CHECK(before.prefetched == kLines * kLineBytes);
    CHECK(rig.l2.bytes_served() == 0);  // no data has left a slice

    const Time at = nanoseconds(5000);
    CHECK(rig.ask(at, rig.bundle(0)) == at + kToL2 + rig.span(rig.config.hit_latency) + kFromL2);
    (void)rig.ask(nanoseconds(6000), rig.bundle(0, kLines));
    CHECK(bytes_asked(rig) == kLines * kLineBytes);
    const TensorTraffic after = rig.l2.traffic()[0];
    CHECK(after.hits == (kLines + 1) * kLineBytes);
    CHECK(after.misses == 0);
}

TEST_CASE("a read of lines that a prefetch has on their way waits for them alone") {
    L2Rig rig;
    rig.send(Time{}, prefetch_of(rig.bundle(0)));
    const Time at = nanoseconds(50);
    rig.send(at, rig.bundle(0, 1, 1));
    const auto got = rig.run();
    REQUIRE(got.size() == 1);
    CHECK(got[0].arrival == kToL2 + rig.span(rig.config.lookup_latency) + kToMemory + kFromMemory +
                                rig.span(rig.config.fill_latency) + kFromL2);
    CHECK(rig.memory.got.size() == 1);
    const TensorTraffic t = rig.l2.traffic()[0];
    CHECK(t.requested == kLineBytes);
    CHECK(t.hits == kLineBytes);  // already on its way
}

TEST_CASE("a prefetch of what is there or on its way asks for nothing") {
    L2Rig rig;
    rig.send(Time{}, rig.bundle(0, 2));
    rig.send(nanoseconds(1), prefetch_of(rig.bundle(0, 2, 1)));
    CHECK(rig.run().size() == 1);
    rig.send(nanoseconds(5000), prefetch_of(rig.bundle(0, 2, 1)));
    CHECK(rig.run().empty());
    CHECK(rig.memory.got.size() == 1);
    CHECK(rig.l2.traffic()[0].prefetched == 0);
}

TEST_CASE("a prefetch is dropped where every way of a set waits for memory") {
    L2Rig rig({"gpu.l2.capacity=16 KiB", "gpu.l2.granule=1 KiB", "gpu.l2.ways=16"});  // one set
    for (std::uint64_t granule = 0; granule < 16; ++granule) {
        rig.send(nanoseconds(static_cast<std::int64_t>(granule)), rig.bundle(granule * 1024));
    }
    rig.send(nanoseconds(20), prefetch_of(rig.bundle(16 * 1024)));
    CHECK(rig.run().size() == 16);
    CHECK(rig.memory.got.size() == 16);
    CHECK(rig.l2.traffic()[0].prefetched == 0);
}

TEST_CASE("the lines of a prefetch that are yet to come do not keep a slice from others") {
    L2Rig rig({"gpu.l2.slices=1"});
    (void)rig.ask(Time{}, rig.bundle(0));
    const Time at = nanoseconds(5000);
    LineBundle slow = prefetch_of(rig.bundle(1 << 20, 16));
    slow.line_spacing = nanoseconds(10);
    rig.send(at, slow);
    rig.send(at + nanoseconds(1), rig.bundle(0, 1, 1));
    const auto got = rig.run();
    REQUIRE(got.size() == 1);
    CHECK(got[0].arrival ==
          at + nanoseconds(1) + kToL2 + rig.span(rig.config.hit_latency) + kFromL2);
}

TEST_CASE("a prefetch waits for its turn in the slice but takes none of its time") {
    L2Rig rig({"gpu.l2.slices=1"});
    const Clock byte_clock(Frequency{rig.config.clock.value * rig.config.slice_width.value});
    const Time line = byte_clock.edge(kLineBytes);
    (void)rig.ask(Time{}, rig.bundle(0));
    const Time at = nanoseconds(5000);
    rig.send(at, rig.bundle(0));
    rig.send(at, prefetch_of(rig.bundle(1 << 20)));
    rig.send(at, rig.bundle(0));
    rig.send(at, rig.bundle(1 << 20));
    const auto got = rig.run();
    REQUIRE(got.size() == 3);
    const Time hit = at + kToL2 + rig.span(rig.config.hit_latency) + kFromL2;
    CHECK(got[0].arrival == hit);
    CHECK(got[1].arrival == hit + line);
    // The prefetched line was asked for after the first read's line, not after both.
    CHECK(got[2].arrival == at + kToL2 + line + rig.span(rig.config.lookup_latency) + kToMemory +
                                kFromMemory + rig.span(rig.config.fill_latency) + kFromL2);
}
