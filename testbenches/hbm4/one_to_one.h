// SPDX-License-Identifier: Apache-2.0
// Whether an address map gives every access a place of its own.
#pragma once

#include <catch2/catch.hpp>
#include <set>
#include <tuple>

#include "models/base/random.h"
#include "models/hbm4/address_map/address_map.h"

namespace vr::testing {

/// Random addresses lie inside the memory and come back from their places; the last one is in the
/// last row.
inline void check_round_trips(const Hbm4Config& config) {
    const hbm4::AddressMap map(config);
    REQUIRE(map.capacity() == static_cast<std::uint64_t>(config.capacity().value));
    SplitMix64 random(3);
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t address = random.next() % map.capacity() / 32 * 32;
        const hbm4::Location at = map.locate(address);
        REQUIRE(at.pseudo_channel < config.pseudo_channels());
        REQUIRE(at.stack_id < config.stack_ids);
        REQUIRE(at.bank_group < config.bank_groups);
        REQUIRE(at.bank < config.banks_per_group);
        REQUIRE(at.row < config.rows);
        REQUIRE(at.column < config.row_bytes.value / 32);
        REQUIRE(map.address(at) == address);
    }
    CHECK(map.locate(map.capacity() - 32).row == config.rows - 1);
}

/// Every access of a small memory, without exception.
inline void check_one_to_one(const Hbm4Config& config) {
    const hbm4::AddressMap map(config);
    std::set<std::tuple<std::uint32_t, std::uint8_t, std::int32_t, std::uint8_t>> places;
    for (std::uint64_t address = 0; address < map.capacity(); address += 32) {
        const hbm4::Location at = map.locate(address);
        const hbm4::Input input = map.input(at, 32, false);
        places.insert({at.pseudo_channel, input.bank, input.row, input.column});
    }
    CHECK(places.size() == map.capacity() / 32);
}

}  // namespace vr::testing
