// SPDX-License-Identifier: Apache-2.0
// Random numbers against published vectors, and their independence of the order of calls.
#include "models/base/random.h"

#include <catch2/catch.hpp>
#include <set>

namespace {

using namespace vr;

TEST_CASE("splitmix64 gives the published sequence") {
    // First outputs for seed 1234567, as widely published for this generator.
    SplitMix64 generator(1234567);
    CHECK(generator.next() == 6457827717110365317ULL);
    CHECK(generator.next() == 3203168211198807973ULL);
    CHECK(generator.next() == 9817491932198370423ULL);
    CHECK(generator.next() == 4593380528125082431ULL);
    CHECK(generator.next() == 16408922859458223821ULL);
}

TEST_CASE("texts hash as FNV-1a does") {
    // Vectors of the FNV reference code.
    CHECK(hash_text("") == 0xcbf29ce484222325ULL);
    CHECK(hash_text("a") == 0xaf63dc4c8601ec8cULL);
    CHECK(hash_text("foobar") == 0x85944171f73967e8ULL);
}

TEST_CASE("a value depends on seed, stream, entity and index alone") {
    const RandomStream a(1, "routing", 7);
    const std::uint64_t third = a.at(3);
    static_cast<void>(a.at(9));
    CHECK(RandomStream(1, "routing", 7).at(3) == third);
    CHECK(RandomStream(2, "routing", 7).at(3) != third);
    CHECK(RandomStream(1, "arrivals", 7).at(3) != third);
    CHECK(RandomStream(1, "routing", 8).at(3) != third);
    CHECK(a.at(4) != third);
}

TEST_CASE("neighbouring streams share no values and every bit is fair") {
    constexpr std::uint64_t kEntities = 64;
    constexpr std::uint64_t kIndices = 256;
    std::set<std::uint64_t> seen;
    int ones[64] = {};
    for (std::uint64_t entity = 0; entity < kEntities; ++entity) {
        const RandomStream stream(0, "fair", entity);
        for (std::uint64_t i = 0; i < kIndices; ++i) {
            const std::uint64_t value = stream.at(i);
            seen.insert(value);
            for (int bit = 0; bit < 64; ++bit) {
                ones[bit] += static_cast<int>(value >> bit & 1);
            }
        }
    }
    CHECK(seen.size() == kEntities * kIndices);
    for (const int count : ones) {  // 16384 fair coins: mean 8192, deviation 64; five deviations
        CHECK(count > 8192 - 320);
        CHECK(count < 8192 + 320);
    }
}

}  // namespace
