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

TEST_CASE("addresses and locations are one to one in every order of fields and with every hash") {
    Hbm4Config config = one_channel(rubin_hbm4());
    config.rows = 12;  // no power of two, as the three stack ids
    std::vector<std::string> fields = {"bank", "bg", "column", "row", "sid"};
    int orders = 0;
    do {
        config.address_order =
            fields[0] + "-" + fields[1] + "-" + fields[2] + "-" + fields[3] + "-" + fields[4];
        for (const std::string_view hash : hbm4::address_hash_names().values) {
            config.hash_function = hash;
            REQUIRE(config.problems().empty());
            INFO(config.address_order << ", " << hash);
            check_one_to_one(config);
        }
        ++orders;
    } while (std::next_permutation(fields.begin(), fields.end()));
    CHECK(orders == 120);
}

TEST_CASE("fields lie in the order that is asked for, and the map says so") {
    Hbm4Config config = one_channel(rubin_hbm4());
    config.hash = false;
    // Block by block of a pseudo-channel: whole rows first, then the banks of a stack id.
    config.address_order = "column-bank-bg-sid-row";
    const hbm4::AddressMap rows_first(config);
    const auto at = [&](const hbm4::AddressMap& map, std::uint64_t block) {
        return map.locate(block * 2 * 256);  // two pseudo-channels
    };
    CHECK(at(rows_first, 3) == hbm4::Location{0, 0, 0, 0, 0, 24});
    CHECK(at(rows_first, 4) == hbm4::Location{0, 0, 0, 1, 0, 0});
    CHECK(at(rows_first, 32) == hbm4::Location{0, 0, 1, 0, 0, 0});
    CHECK(at(rows_first, 64) == hbm4::Location{0, 1, 0, 0, 0, 0});
    CHECK(at(rows_first, 192) == hbm4::Location{0, 0, 0, 0, 1, 0});
    CHECK(rows_first.words() ==
          "0-4 byte, 5-7 column, 8 pseudo-channel, 9-10 column (high), 11-13 bank, 14 bank group, "
          "from 15 on row x 3 + stack id; no hash");
    config.address_order = "sid-bg-row-column-bank";
    const hbm4::AddressMap banks_last(config);
    CHECK(at(banks_last, 2) == hbm4::Location{0, 2, 0, 0, 0, 0});
    CHECK(at(banks_last, 6) == hbm4::Location{0, 0, 0, 0, 1, 0});
    CHECK(
        banks_last.words() ==
        "0-4 byte, 5-7 column, 8 pseudo-channel, from 9 on (((bank x 4 + column (high)) x 12288 + "
        "row) x 2 + bank group) x 3 + stack id; no hash");
}

TEST_CASE("a hash of the lowest bits begins anew after as many rows as there are banks") {
    Hbm4Config config = one_channel(rubin_hbm4());
    const auto bank_of_row = [&](std::uint64_t row) {
        const hbm4::AddressMap map(config);
        return map.locate(row * 48 * 1024 * 2).bank * 2 +
               map.locate(row * 48 * 1024 * 2).bank_group;
    };
    for (const std::string_view hash : hbm4::address_hash_names().values) {
        config.hash_function = hash;
        INFO(hash);
        bool recurs = true;
        for (std::uint64_t row = 0; row < 64; ++row) {
            recurs = recurs && bank_of_row(row) == bank_of_row(row + 16);
        }
        CHECK(recurs == (hash == "neighbour"));
    }
}

TEST_CASE("an order that is no order of the five fields is refused") {
    for (const char* order :
         {"", "row", "bg-column-bank-sid", "bg-column-bank-sid-row-row", "bg-bg-bank-sid-row",
          "bg-column-bank-sid-rows", "bg-column-bank-sid-row-"}) {
        Hbm4Config config = rubin_hbm4();
        config.address_order = order;
        INFO(order);
        const auto problems = config.problems();
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].first == "address_order");
    }
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
