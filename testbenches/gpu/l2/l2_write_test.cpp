// SPDX-License-Identifier: Apache-2.0
// Stores that drive dirty lines out of L2 wait for buffers of write-backs.
#include <catch2/catch.hpp>

#include "testbenches/gpu/l2/l2_rig.h"

namespace {

using vr::LineBundle;
using vr::nanoseconds;
using vr::Time;
using vr::testing::kFromL2;
using vr::testing::kFromMemory;
using vr::testing::kToL2;
using vr::testing::kToMemory;
using vr::testing::L2Rig;

TEST_CASE("with N buffers a store waits for the write-back N before its own, and no longer") {
    constexpr std::size_t kBuffers = 3;
    L2Rig rig({"gpu.l2.capacity=16 KiB", "gpu.l2.ways=16", "gpu.l2.granule=1 KiB",
               "gpu.l2.write_back_buffers=3"});
    const auto store = [&](std::uint64_t granule, Time at) {
        LineBundle b = rig.bundle(granule * 1024);
        b.sectors = 1;
        b.write = true;
        rig.send(at, b);
    };
    for (std::uint64_t granule = 0; granule < 16; ++granule) {  // all that L2 holds
        store(granule, nanoseconds(1000 * static_cast<std::int64_t>(granule)));
    }
    CHECK(rig.run().size() == 16);
    REQUIRE(rig.memory.got.empty());
    constexpr std::size_t kStores = 12;  // each drives one sector out
    const auto begins = [](std::size_t i) {
        return nanoseconds(100000 + 10 * static_cast<std::int64_t>(i));
    };
    for (std::size_t i = 0; i < kStores; ++i) {
        store(16 + i, begins(i));
    }
    const auto got = rig.run();
    REQUIRE(got.size() == kStores);
    CHECK(rig.memory.got.size() == kStores);
    const Time taken = kToL2 + rig.span(rig.config.lookup_latency);
    for (std::size_t i = 0; i < kStores; ++i) {
        INFO("store " << i);
        const Time own = begins(i) + taken;
        const Time room =
            i < kBuffers ? Time{} : begins(i - kBuffers) + kToL2 + kToMemory + kFromMemory;
        CHECK(got[i].message.tag == 16 + i);
        CHECK(got[i].arrival == std::max(own, room) + kFromL2);
        CHECK((i < kBuffers || room > own));
    }
}

}  // namespace
