// SPDX-License-Identifier: Apache-2.0
// Partitions of L2 that keep copies of each other's lines.
#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "testbenches/gpu/l2/l2_rig.h"

namespace {

using vr::LineBundle;
using vr::nanoseconds;
using vr::Time;
using vr::testing::kFromL2;
using vr::testing::kToL2;
using vr::testing::L2Rig;

struct CopiesRig : L2Rig {
    explicit CopiesRig(std::vector<std::string> sets = {})
        : L2Rig([&] {
              sets.insert(sets.end(), {"gpu.l2.dies=2", "gpu.l2.copies=true"});
              return sets;
          }()) {}
    Time latency(std::uint64_t address, std::uint16_t from) {
        when = when + nanoseconds(2000);
        return ask(when, bundle(address, 1, from)) - when;
    }
    void store(std::uint64_t address, std::uint16_t from) {
        when = when + nanoseconds(2000);
        LineBundle b = bundle(address, 1, from);
        b.write = true;
        (void)ask(when, b);
    }
    // A line that lives on the die of SM 2, the other one of SM 0's.
    [[nodiscard]] std::uint64_t far_line() const {
        const auto far = static_cast<std::uint32_t>(config.slices / 2);
        std::uint64_t address = 0;
        while (l2.slice_of(address) < far) {
            address += static_cast<std::uint64_t>(config.granule.value);
        }
        return address;
    }
    Time when;
};

TEST_CASE("a line that came from memory for an SM of the other die is near for it from then on") {
    CopiesRig rig;
    const std::uint64_t line = rig.far_line();
    const Time near = kToL2 + rig.span(rig.config.hit_latency) + kFromL2;
    CHECK(rig.latency(line, 0) > near + rig.span(rig.config.far_latency));
    CHECK(rig.latency(line, 0) == near);
    CHECK(rig.latency(line, 2) == near);  // it is at home, too
    CHECK(rig.memory.got.size() == 1);
}

TEST_CASE("a line of the other die is near from its second reading on, until it is written") {
    CopiesRig rig;
    const std::uint64_t line = rig.far_line();
    const Time near = kToL2 + rig.span(rig.config.hit_latency) + kFromL2;
    const Time far = near + rig.span(rig.config.far_latency);
    REQUIRE(far > near);
    CHECK(rig.latency(line, 2) > far);  // from memory, at home
    CHECK(rig.latency(line, 2) == near);
    CHECK(rig.latency(line, 0) == far);
    CHECK(rig.latency(line, 0) == near);
    CHECK(rig.latency(line, 2) == near);  // at home as before
    rig.store(line, 2);
    CHECK(rig.latency(line, 0) == far);
    CHECK(rig.latency(line, 0) == near);
    rig.store(line, 0);
    CHECK(rig.latency(line, 0) == far);
    CHECK(rig.memory.got.size() == 1);
}

TEST_CASE("a line fetched for the other die's SMs goes first from its home") {
    // One set of 16 granules on each die.
    CopiesRig rig({"gpu.l2.capacity=16 KiB", "gpu.l2.ways=16", "gpu.l2.granule=512 B"});
    std::vector<std::uint64_t> lines;  // that live on the die of SM 2
    const auto far = static_cast<std::uint32_t>(rig.config.slices / 2);
    for (std::uint64_t address = 0; lines.size() < 17; address += 512) {
        if (rig.l2.slice_of(address) >= far) {
            lines.push_back(address);
        }
    }
    constexpr std::size_t kOne = 15;  // fetched for SM 0, whose die keeps it
    for (std::size_t i = 0; i < kOne; ++i) {
        (void)rig.latency(lines[i], 2);
    }
    (void)rig.latency(lines[kOne], 0);
    (void)rig.latency(lines[kOne + 1], 2);  // takes its place at home
    const std::size_t fetched = rig.memory.got.size();
    for (std::size_t i = 0; i < kOne; ++i) {
        (void)rig.latency(lines[i], 2);
    }
    (void)rig.latency(lines[kOne], 0);
    CHECK(rig.memory.got.size() == fetched);
    (void)rig.latency(lines[kOne], 2);
    CHECK(rig.memory.got.size() > fetched);
}

TEST_CASE("all lines of a granule live on one die, and every slice of it has its part") {
    CopiesRig rig;
    const auto half = static_cast<std::uint32_t>(rig.config.slices / 2);
    std::vector<int> lines(static_cast<std::size_t>(rig.config.slices));
    constexpr std::uint64_t kGranules = 4096;
    for (std::uint64_t number = 0; number < kGranules; ++number) {
        const std::uint64_t first = number * static_cast<std::uint64_t>(rig.config.granule.value);
        const bool far = rig.l2.slice_of(first) >= half;
        for (std::uint64_t line = 0;
             line < static_cast<std::uint64_t>(rig.config.granule.value) / vr::kLineBytes; ++line) {
            const std::uint32_t slice = rig.l2.slice_of(first + line * vr::kLineBytes);
            CHECK((slice >= half) == far);
            ++lines[slice];
        }
    }
    const auto [least, most] = std::minmax_element(lines.begin(), lines.end());
    CHECK(*most < *least * 11 / 10);
}

TEST_CASE("one die's SMs find again what fits its half, copies included") {
    // 64 KiB: 32 KiB on each die.
    const auto fetched_again = [](std::uint64_t bytes) {
        CopiesRig rig({"gpu.l2.capacity=64 KiB", "gpu.l2.ways=32"});
        const auto walk = [&] {
            for (std::uint64_t address = 0; address < bytes; address += vr::kLineBytes) {
                (void)rig.latency(address, 0);
            }
        };
        walk();
        const std::size_t before = rig.memory.got.size();
        walk();
        return rig.memory.got.size() - before;
    };
    CHECK(fetched_again(24 * 1024) == 0);
    CHECK(fetched_again(48 * 1024) > 60);  // of 192 blocks
}

}  // namespace
