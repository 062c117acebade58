// SPDX-License-Identifier: Apache-2.0
// Question: does L1 find what was filled, ask once for what is on its way, and lose the line that
// was used longest ago?
#include "models/gpu/sm/l1/l1.h"

#include <catch2/catch.hpp>

#include "models/transport/memory_units.h"

using vr::L1;

namespace {
constexpr std::uint8_t kAll = 0xf;
std::uint64_t line(std::uint64_t number) {
    return number * vr::kLineBytes;
}
void bring(L1& cache, std::uint64_t number) {
    REQUIRE(cache.read(line(number), kAll) == L1::Look::kMiss);
    cache.fill(line(number), kAll);
}
}  // namespace

TEST_CASE("L1: a line misses once, is pending until it is there, then hits") {
    L1 cache(8 * vr::kLineBytes, 8);
    CHECK(cache.read(line(3), kAll) == L1::Look::kMiss);
    CHECK(cache.read(line(3), kAll) == L1::Look::kPending);
    CHECK_FALSE(cache.holds(line(3), kAll));
    cache.fill(line(3), kAll);
    CHECK(cache.holds(line(3), kAll));
    CHECK(cache.read(line(3), kAll) == L1::Look::kHit);
    CHECK(cache.read(line(4), kAll) == L1::Look::kMiss);
}

TEST_CASE("L1: sectors of a line come one by one") {
    L1 cache(8 * vr::kLineBytes, 8);
    CHECK(cache.read(line(1), 0x1) == L1::Look::kMiss);
    CHECK(cache.read(line(1), 0x2) == L1::Look::kMiss);
    CHECK(cache.read(line(1), 0x3) == L1::Look::kPending);
    cache.fill(line(1), 0x1);
    CHECK(cache.read(line(1), 0x1) == L1::Look::kHit);
    CHECK_FALSE(cache.holds(line(1), 0x3));
    cache.fill(line(1), 0x2);
    CHECK(cache.read(line(1), 0x3) == L1::Look::kHit);
}

TEST_CASE("L1: the line used longest ago goes, one that is on its way does not") {
    L1 cache(2 * vr::kLineBytes, 2);
    bring(cache, 1);
    bring(cache, 2);
    REQUIRE(cache.read(line(1), kAll) == L1::Look::kHit);
    bring(cache, 3);  // in the place of 2
    CHECK(cache.holds(line(1), kAll));
    CHECK_FALSE(cache.holds(line(2), kAll));

    L1 busy(2 * vr::kLineBytes, 2);
    REQUIRE(busy.read(line(1), kAll) == L1::Look::kMiss);
    REQUIRE(busy.read(line(2), kAll) == L1::Look::kMiss);
    CHECK(busy.read(line(3), kAll) == L1::Look::kMiss);  // no place: past the cache
    busy.fill(line(3), kAll);
    CHECK_FALSE(busy.holds(line(3), kAll));
    busy.fill(line(1), kAll);
    CHECK(busy.holds(line(1), kAll));
}
