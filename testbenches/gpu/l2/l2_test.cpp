// SPDX-License-Identifier: Apache-2.0
// L2: latencies and rates by formula, traffic against a naive cache, write-back.
#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "models/base/random.h"
#include "testbenches/gpu/l2/l2_rig.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("a miss and a hit take what the formula says") {
    L2Rig rig;
    const Time miss = rig.ask(Time{}, rig.bundle(0));
    CHECK(miss == kToL2 + rig.span(rig.config.lookup_latency) + kToMemory + kFromMemory +
                      rig.span(rig.config.fill_latency) + kFromL2);
    const Time at = nanoseconds(5000);
    CHECK(rig.ask(at, rig.bundle(0)) == at + kToL2 + rig.span(rig.config.hit_latency) + kFromL2);
    REQUIRE(rig.memory.got.size() == 1);
    CHECK(rig.memory.got[0].bytes == 256);  // the fetch block
}

TEST_CASE("a miss fetches its whole block, and never less than what is missing") {
    for (const std::int64_t block : {32, 64, 128, 256}) {
        L2Rig rig({fmt::format("gpu.l2.fetch_block={} B", block), "gpu.l2.granule=256 B"});
        LineBundle second = rig.bundle(kLineBytes);
        second.sectors = 0x6;  // two sectors in the middle of a line
        (void)rig.ask(Time{}, second);
        REQUIRE(rig.memory.got.size() == 1);
        CHECK(rig.memory.got[0].bytes == (block == 32 ? 64 : std::max<std::int64_t>(block, 128)));
        (void)rig.ask(nanoseconds(5000), rig.bundle(kLineBytes));  // the rest of the line
        std::int64_t bytes = 0;
        for (const MemoryRequest& request : rig.memory.got) {
            bytes += request.bytes;
        }
        CHECK(bytes >= std::max<std::int64_t>(block, kLineBytes));
        const std::size_t asked = rig.memory.got.size();
        (void)rig.ask(nanoseconds(9000), rig.bundle(kLineBytes));  // now all of it is there
        CHECK(rig.memory.got.size() == asked);
        const TensorTraffic t = rig.l2.traffic()[0];
        CHECK(t.requested == t.hits + t.misses);
        CHECK(t.misses == (block == 32 ? 128 : 64));
    }
}

TEST_CASE("a slice of the other die costs the far latency") {
    L2Rig rig({"gpu.l2.dies=2"});
    std::uint64_t near = 0;
    std::uint64_t far = 0;
    for (std::uint64_t line = 0; line < 16; ++line) {
        (rig.l2.slice_of(line * kLineBytes) == 0 ? near : far) = line * kLineBytes;
    }
    for (const std::uint64_t address : {near, far}) {
        (void)rig.ask(nanoseconds(1000), rig.bundle(address));
    }
    std::int64_t when = 9000;
    const auto latency = [&](std::uint64_t address, std::uint16_t sm) {
        const Time at = nanoseconds(when += 1000);
        return rig.ask(at, rig.bundle(address, 1, sm)) - at;
    };
    const Time own = kToL2 + rig.span(rig.config.hit_latency) + kFromL2;
    CHECK(latency(near, 0) == own);
    CHECK(latency(near, 1) == own);
    CHECK(latency(far, 0) == own + rig.span(rig.config.far_latency));
    CHECK(latency(near, 2) == own + rig.span(rig.config.far_latency));
    CHECK(latency(far, 3) == own);
}

TEST_CASE("a slice serves lines at its width") {
    L2Rig rig;
    (void)rig.ask(Time{}, rig.bundle(0));
    const Clock byte_clock(Frequency{rig.config.clock.value * rig.config.slice_width.value});
    const Time line = byte_clock.edge(kLineBytes);
    const Time at = nanoseconds(5000);
    constexpr std::int64_t kRequests = 50;
    for (std::int64_t i = 0; i < kRequests; ++i) {
        rig.send(at, rig.bundle(0, 1, static_cast<std::uint16_t>(i % 4)));
    }
    const auto got = rig.run();
    REQUIRE(got.size() == kRequests);
    const Time first = at + kToL2 + rig.span(rig.config.hit_latency) + kFromL2;
    for (std::int64_t i = 0; i < kRequests; ++i) {
        CHECK(got[static_cast<std::size_t>(i)].arrival == first + line * i);
    }
    CHECK(rig.l2.bytes_served() == (kRequests + 1) * kLineBytes);
    CHECK(rig.l2.slice_busy() == line * (kRequests + 1));
}

TEST_CASE("any aligned run of lines touches every slice equally") {
    L2Rig rig({"gpu.l2.slices=16"});
    SplitMix64 random(3);
    for (int i = 0; i < 200; ++i) {
        const std::uint64_t base = random.next() % (1ULL << 30) * 16 * kLineBytes;
        std::set<std::uint32_t> slices;
        for (std::uint64_t line = 0; line < 16; ++line) {
            slices.insert(rig.l2.slice_of(base + line * kLineBytes));
        }
        REQUIRE(slices.size() == 16);
    }
}

TEST_CASE("traffic of random reads is that of a naive cache without evictions") {
    L2Rig rig({"gpu.l2.capacity=64 MiB"});
    SplitMix64 random(11);
    std::set<std::uint64_t> blocks;  // of 256 B, asked from memory
    std::map<std::uint32_t, TensorTraffic> naive;
    std::map<std::uint32_t, std::uint32_t> wanted;  // bytes by tag
    for (int i = 0; i < 3000; ++i) {
        LineBundle b = rig.bundle(0, 1 + static_cast<std::uint32_t>(random.next() % 20),
                                  static_cast<std::uint16_t>(random.next() % 4));
        const auto tensor = static_cast<std::uint32_t>(random.next() % 3);
        b.tensor = TensorIndex{tensor};
        b.address = tensor * 0x100000ULL + random.next() % 256 * kLineBytes;
        b.stride = kLineBytes * static_cast<std::int64_t>(1 + random.next() % 3);
        b.sectors = static_cast<std::uint8_t>(1 + random.next() % 15);
        wanted[b.tag] = b.bytes();
        TensorTraffic& t = naive[tensor];
        t.requested += b.bytes();
        for (std::uint32_t line = 0; line < b.count; ++line) {
            const std::uint64_t address = b.address + line * static_cast<std::uint64_t>(b.stride);
            const bool hit = !blocks.insert(address / 256).second;
            (hit ? t.hits : t.misses) += std::popcount(b.sectors) * 32;
            t.memory_read += hit ? 0 : 256;
        }
        rig.send(nanoseconds(i), b);
    }
    for (const auto& answer : rig.run()) {
        REQUIRE(wanted.at(answer.message.tag) == answer.message.bytes);
        REQUIRE(answer.message.first_ready + kFromL2 <= answer.arrival);
        wanted.erase(answer.message.tag);
    }
    CHECK(wanted.empty());
    const std::vector<TensorTraffic> got = rig.l2.traffic();
    for (std::uint32_t tensor = 0; tensor < 3; ++tensor) {
        CHECK(got[tensor].requested == naive[tensor].requested);
        CHECK(got[tensor].hits == naive[tensor].hits);
        CHECK(got[tensor].misses == naive[tensor].misses);
        CHECK(got[tensor].memory_read == naive[tensor].memory_read);
        CHECK(got[tensor].requested == got[tensor].hits + got[tensor].misses);
        CHECK(got[tensor].misses > 0);
        CHECK(got[tensor].hits > 0);
    }
}

TEST_CASE("accounts hold with evictions and a small cache") {
    L2Rig rig({"gpu.l2.capacity=16 KiB", "gpu.l2.ways=4"});
    SplitMix64 random(12);
    std::int64_t bytes = 0;
    for (int i = 0; i < 4000; ++i) {
        LineBundle b =
            rig.bundle(random.next() % 1024 * kLineBytes, static_cast<std::uint32_t>(1 + i % 7),
                       static_cast<std::uint16_t>(i % 4));
        bytes += b.bytes();
        rig.send(nanoseconds(3 * i), b);
    }
    std::int64_t answered = 0;
    for (const auto& answer : rig.run()) {
        answered += answer.message.bytes;
    }
    const TensorTraffic t = rig.l2.traffic()[0];
    CHECK(answered == bytes);
    CHECK(t.requested == bytes);
    CHECK(t.hits + t.misses == bytes);
    CHECK(t.memory_read >= t.misses);
    CHECK(t.memory_read > 1024 * kLineBytes);  // lines came more than once
}

TEST_CASE("dirty lines are written back when they go and are listed when they stay") {
    L2Rig rig({"gpu.l2.capacity=16 KiB", "gpu.l2.ways=4"});
    constexpr std::uint32_t kLines = 1024;  // 128 KiB, each byte written once
    for (std::uint32_t i = 0; i < kLines; i += 8) {
        LineBundle b = rig.bundle(i * kLineBytes, 8);
        b.write = true;
        b.tensor = TensorIndex{1};
        rig.send(nanoseconds(100 * i), b);
    }
    CHECK(rig.run().size() == kLines / 8);
    const TensorTraffic t = rig.l2.traffic()[1];
    CHECK(t.written == kLines * kLineBytes);
    CHECK(t.dirty_at_end > 0);
    CHECK(t.dirty_at_end <= 16 * 1024);
    CHECK(t.dirty_lines_at_end == t.dirty_at_end / kLineBytes);
    CHECK(t.written_back + t.dirty_at_end == t.written);
    std::int64_t to_memory = 0;
    std::set<std::uint64_t> addresses;
    for (const MemoryRequest& request : rig.memory.got) {
        CHECK(request.write);
        CHECK(addresses.insert(request.address).second);
        to_memory += request.bytes;
    }
    CHECK(to_memory == t.written_back);
    CHECK(rig.l2.bypasses() == 0);
    // What is still there hits, and what was written is never read from memory.
    const std::size_t before = rig.memory.got.size();
    (void)rig.ask(nanoseconds(500000), rig.bundle((kLines - 1) * kLineBytes));
    CHECK(rig.memory.got.size() == before);
}
