// SPDX-License-Identifier: Apache-2.0
// Question: is what a register map would read of a memory what happened in it?
#include <catch2/catch.hpp>
#include <cstring>

#include "testbenches/hbm4/memory_replay.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

/// Some reads and writes, the last ones still under way.
void work(MemorySystem& memory) {
    for (const ReplayedAccess& one : mixed_accesses(300, 3)) {
        memory.advance_to(std::max(memory.now(), memory.clock().edge(one.tick)));
        while (!memory.accepts(one.address, one.bytes, one.write)) {
            memory.advance_to(memory.next_event_time());
        }
        memory.add({one.address, one.bytes, one.write, 0});
    }
}

std::uint64_t value_of(const std::string& report, const std::string& name) {
    const std::size_t at = report.find("\nmemory." + name + " ");
    REQUIRE(at != std::string::npos);
    return std::stoull(report.substr(at + name.size() + 9));
}

}  // namespace

TEST_CASE("the status counts what was asked, and its words are its fields") {
    std::array<std::uint64_t, 2> told{};
    MemorySystem memory("memory", small_hbm4(),
                        [&](const MemoryCompletion& one) { ++told[one.write ? 1 : 0]; });
    work(memory);
    const Hbm4Status head = memory.status();
    CHECK(head.layout == 2);
    CHECK(head.ecc_mode == 1);
    CHECK(head.scrubbing == 1);
    CHECK(head.refresh_mode == 1);
    CHECK(head.read_latency == 20);
    CHECK(head.capacity == memory.core().address_map().capacity());
    CHECK(head.outstanding == memory.outstanding());
    CHECK(head.outstanding > 0);
    CHECK(head.reads == told[0]);
    CHECK(head.writes == told[1]);
    CHECK(head.reads + head.writes + head.outstanding == 300);
    CHECK(head.tick == static_cast<std::uint64_t>(memory.tick()));
    std::uint64_t held = 0;
    std::uint64_t bytes = 0;
    for (std::uint32_t i = 0; i < head.pseudo_channels; ++i) {
        const Hbm4ChannelStatus one = memory.channel_status(i);
        held += one.held_reads + one.held_writes;
        bytes += (one.columns_read + one.columns_written) * head.access_bytes;
        CHECK(one.row_hits + one.row_misses + one.row_conflicts >= one.reads + one.writes);
        CHECK(one.data_bus_busy == (one.columns_read + one.columns_written) * head.burst);
        CHECK(one.activates > 0);
    }
    CHECK(held == head.outstanding);
    CHECK(bytes >= head.bytes_read + head.bytes_written);
    std::vector<unsigned char> window(head.head_bytes + 2 * head.channel_bytes);
    for (std::uint64_t at = 0; at < window.size(); at += 4) {
        const std::uint32_t word = memory.status_word(at);
        std::memcpy(window.data() + at, &word, 4);
    }
    CHECK(std::memcmp(window.data(), &head, sizeof head) == 0);
    const Hbm4ChannelStatus last = memory.channel_status(1);
    CHECK(std::memcmp(window.data() + head.head_bytes + head.channel_bytes, &last, sizeof last) ==
          0);
}

TEST_CASE("an idle memory refreshes, and looking at it changes nothing") {
    MemorySystem memory("memory", small_hbm4(), {});
    memory.advance_to(nanoseconds(10'000));
    // One bank every 80 ns.
    CHECK(memory.channel_status(0).refreshes == 124);
    Hbm4Config without = small_hbm4();
    without.refresh = "none";
    MemorySystem still("memory", without, {});
    still.advance_to(nanoseconds(10'000));
    CHECK(still.channel_status(0).refreshes == 0);
    CHECK(still.status().refresh_mode == 0);

    std::vector<std::int64_t> plain;
    std::vector<std::int64_t> watched;
    MemorySystem one("memory", small_hbm4(),
                     [&](const MemoryCompletion& done) { plain.push_back(done.tick); });
    MemorySystem* inside = nullptr;
    MemorySystem two("memory", small_hbm4(), [&](const MemoryCompletion& done) {
        watched.push_back(done.tick);
        (void)inside->channel_status(0);
        (void)inside->report();
    });
    inside = &two;
    work(one);
    work(two);
    CHECK(plain == watched);
}

TEST_CASE("the report has the statistics of the unit, its sums begin again after a reset") {
    MemorySystem memory("memory", small_hbm4(), {});
    work(memory);
    memory.advance_to(memory.now() + nanoseconds(5000));
    const Hbm4Status head = memory.status();
    const std::string before = memory.report();
    CHECK(value_of(before, "bytes_read") == head.bytes_read);
    CHECK(value_of(before, "requests") == 300);
    const std::uint64_t longest = value_of(before, "latency_max");
    memory.reset_report();
    CHECK(value_of(memory.report(), "requests") == 0);
    CHECK(value_of(memory.report(), "latency_max") == longest);
    memory.add({0, 64, true, 0});
    memory.advance_to(memory.now() + nanoseconds(5000));
    CHECK(value_of(memory.report(), "bytes_written") == 64);
    CHECK(memory.status().writes == head.writes + 1);
}
