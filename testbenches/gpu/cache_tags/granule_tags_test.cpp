// SPDX-License-Identifier: Apache-2.0
// Replacement in the L2's tags: least recently used of a set, never what waits for memory.
#include "models/gpu/cache_tags/granule_tags.h"

#include <catch2/catch.hpp>

using namespace vr;

TEST_CASE("the least recently used granule of a set goes") {
    GranuleTags tags(4, 4);  // one set
    Victim victim;
    for (std::uint64_t number = 10; number < 14; ++number) {
        REQUIRE(tags.find_or_place(number, victim) != nullptr);
        CHECK_FALSE(victim.evicted);
    }
    tags.find(10)->dirty = 0x5;
    CHECK(tags.find(11) != nullptr);  // 12 is now the oldest, then 13, 10, 11
    REQUIRE(tags.find_or_place(20, victim) != nullptr);
    CHECK(victim.evicted);
    CHECK(victim.number == 12);
    CHECK(victim.granule.dirty == 0);
    victim = {};
    REQUIRE(tags.find_or_place(21, victim) != nullptr);
    CHECK(victim.number == 13);
    victim = {};
    REQUIRE(tags.find_or_place(22, victim) != nullptr);
    CHECK(victim.number == 10);
    CHECK(victim.granule.dirty == 0x5);
    CHECK(tags.find(12) == nullptr);
    CHECK(tags.find(11) != nullptr);
    // A new entry begins empty.
    CHECK(tags.find(22)->valid == 0);
    CHECK(tags.find(22)->dirty == 0);
}

TEST_CASE("granules that wait for memory stay") {
    GranuleTags tags(2, 2);
    Victim victim;
    tags.find_or_place(1, victim)->open_fills = 1;
    tags.find_or_place(2, victim);
    REQUIRE(tags.find_or_place(3, victim) != nullptr);
    CHECK(victim.number == 2);
    tags.find(3)->open_fills = 1;
    victim = {};
    CHECK(tags.find_or_place(4, victim) == nullptr);
    CHECK_FALSE(victim.evicted);
    int entries = 0;
    tags.for_each([&](const Granule&) { ++entries; });
    CHECK(entries == 2);
}

TEST_CASE("a granule with the hint evict first goes next, however recently it was used") {
    vr::GranuleTags tags(4, 4);  // one set
    vr::Victim victim;
    for (std::uint64_t number = 0; number < 3; ++number) {
        (void)tags.find_or_place(number, victim);
    }
    (void)tags.find_or_place_first_out(9, victim);
    REQUIRE_FALSE(victim.evicted);
    (void)tags.find_or_place(5, victim);
    CHECK(victim.evicted);
    CHECK(victim.number == 9);
    for (const std::uint64_t number : {0U, 1U, 2U, 5U}) {
        CHECK(tags.find(number) != nullptr);
    }
}
