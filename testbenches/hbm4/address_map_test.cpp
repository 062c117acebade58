// SPDX-License-Identifier: Apache-2.0
// The address map is a bijection and spreads what it shall spread.
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/base/random.h"
#include "models/hbm4/address_map/address_map.h"
#include "models/hbm4/driver/memory_driver.h"
#include "testbenches/hbm4/one_to_one.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("addresses and locations are one to one") {
    for (const bool hash : {false, true}) {
        for (const bool small : {false, true}) {
            Hbm4Config config = small ? one_channel(rubin_hbm4()) : rubin_hbm4();
            config.hash = hash;
            check_round_trips(config);
        }
    }
    Hbm4Config tiny = one_channel(rubin_hbm4());
    tiny.rows = 16;
    check_one_to_one(tiny);
}

TEST_CASE("a block stays in one row and the next one goes to the other bank group") {
    const Hbm4Config config = rubin_hbm4();
    const hbm4::AddressMap map(config);
    const std::uint64_t sweep = 256 * 512;
    for (std::uint64_t base = 0; base < 64 * sweep; base += 2 * sweep) {
        const hbm4::Location first = map.locate(base);
        const hbm4::Location end = map.locate(base + 224);
        CHECK(first.row == end.row);
        CHECK(first.bank == end.bank);
        CHECK(first.column + 7 == end.column);
        for (std::uint64_t block = 0; block < 512; ++block) {  // the same channel, one sweep on
            const hbm4::Location other = map.locate(base + sweep + block * 256);
            if (other.pseudo_channel == first.pseudo_channel) {
                CHECK(other.bank_group != first.bank_group);
                CHECK(other.row == first.row);
            }
        }
    }
}

TEST_CASE("strides spread over the pseudo-channels") {
    const Hbm4Config config = rubin_hbm4();
    const hbm4::AddressMap map(config);
    const auto heaviest = [&](std::uint64_t stride) {
        std::vector<int> load(512);
        for (std::uint64_t i = 0; i < 512 * 64; ++i) {
            ++load[map.locate(i * stride % map.capacity()).pseudo_channel];
        }
        return *std::max_element(load.begin(), load.end());
    };
    for (std::uint64_t stride = 256; stride <= 8 * 1024 * 1024; stride *= 2) {
        INFO(stride);
        CHECK(heaviest(stride) == 64);  // perfectly even
    }
    for (const std::uint64_t stride : {768ULL, 7168ULL, 14336ULL, 18432ULL, 36864ULL}) {
        INFO(stride);
        CHECK(heaviest(stride) <= 110);  // 64 on average; chance alone gives about 64 + 4 * 8
    }
    Hbm4Config plain = config;
    plain.hash = false;
    const hbm4::AddressMap without(plain);
    CHECK(without.locate(0).pseudo_channel == without.locate(1 << 20).pseudo_channel);
}

TEST_CASE("streams at any power-of-two distance meet in a bank no more often than by chance") {
    const Hbm4Config config = one_channel(rubin_hbm4());
    const hbm4::AddressMap map(config);
    for (std::uint64_t distance = std::uint64_t{1} << 20; distance < map.capacity() / 2;
         distance *= 2) {
        int met = 0;
        constexpr int kPlaces = 3000;
        SplitMix64 random(distance);
        for (int i = 0; i < kPlaces; ++i) {
            const std::uint64_t base = random.next() % (map.capacity() - distance) / 256 * 256;
            const hbm4::Location one = map.locate(base);
            const hbm4::Location other = map.locate(base + distance);
            met += one.stack_id == other.stack_id && one.bank == other.bank &&
                           one.bank_group == other.bank_group && one.row != other.row
                       ? 1
                       : 0;
        }
        INFO(distance);
        CHECK(met <= kPlaces / 16);  // 16 banks of a stack id; three of these: one in 48 on average
    }
}
