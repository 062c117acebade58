// SPDX-License-Identifier: Apache-2.0
// The address map of memories whose number of pseudo-channels is no power of two.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "models/hbm4/address_map/address_map.h"
#include "testbenches/hbm4/one_to_one.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

Hbm4Config memory_of(std::int64_t stacks, std::int64_t channels) {
    Hbm4Config config = rubin_hbm4();
    config.stacks = stacks;
    config.channels_per_stack = channels;
    return config;
}

// Five stacks of HBM2 and of HBM3, six of HBM3 and of HBM4, and one odd number on its own.
const std::vector<std::pair<std::int64_t, std::int64_t>> kShapes = {
    {5, 8}, {5, 16}, {6, 16}, {6, 32}, {7, 1}};

// The heaviest pseudo-channel and stack, against the average, of `each` accesses to each.
std::pair<double, double> heaviest(const hbm4::AddressMap& map, const Hbm4Config& config,
                                   std::uint64_t stride, std::uint64_t each) {
    const auto channels = static_cast<std::uint64_t>(config.pseudo_channels());
    const std::uint64_t in_stack = channels / static_cast<std::uint64_t>(config.stacks);
    std::vector<std::uint64_t> load(channels);
    std::vector<std::uint64_t> stack(static_cast<std::size_t>(config.stacks));
    for (std::uint64_t i = 0; i < channels * each; ++i) {
        const std::uint32_t at = map.locate(i * stride % map.capacity()).pseudo_channel;
        ++load[at];
        ++stack[at / in_stack];
    }
    const auto most = [](const std::vector<std::uint64_t>& of) {
        return static_cast<double>(*std::max_element(of.begin(), of.end()));
    };
    return {most(load) / static_cast<double>(each),
            most(stack) / static_cast<double>(each * in_stack)};
}

}  // namespace

TEST_CASE("any number of stacks is allowed and mapped one to one") {
    for (const auto& [stacks, channels] : kShapes) {
        for (const bool hash : {false, true}) {
            Hbm4Config config = memory_of(stacks, channels);
            config.hash = hash;
            CHECK(config.problems().empty());
            check_round_trips(config);
        }
    }
    Hbm4Config small = memory_of(5, 1);
    small.rows = 4;
    check_one_to_one(small);
}

TEST_CASE("consecutive blocks load five and six stacks alike and alternate bank groups") {
    for (const auto& [stacks, channels] : kShapes) {
        const Hbm4Config config = memory_of(stacks, channels);
        const hbm4::AddressMap map(config);
        INFO(stacks << " stacks of " << channels << " channels");
        CHECK(heaviest(map, config, 256, 1) == std::pair(1.0, 1.0));  // each once in a sweep
        CHECK(heaviest(map, config, 256, 64) == std::pair(1.0, 1.0));
        const auto sweep = static_cast<std::uint64_t>(256 * config.pseudo_channels());
        std::vector<hbm4::Location> before(sweep / 256);
        for (std::uint64_t address = 0; address < 2 * sweep; address += 256) {
            const hbm4::Location at = map.locate(address);
            if (address >= sweep) {
                CHECK(at.bank_group != before[at.pseudo_channel].bank_group);
                CHECK(at.row == before[at.pseudo_channel].row);
            }
            before[at.pseudo_channel] = at;
        }
    }
}

TEST_CASE("strides spread over five and six stacks no worse than chance") {
    constexpr std::uint64_t kEach = 64;
    std::vector<std::uint64_t> strides;
    for (std::uint64_t stride = 512; stride <= 8 * 1024 * 1024; stride *= 2) {
        strides.push_back(stride);
    }
    // Rows of matrices, and multiples of 3 and 5 blocks, which the remainder alone would gather.
    for (const std::uint64_t stride :
         {768ULL, 1280ULL, 2304ULL, 3840ULL, 6400ULL, 7168ULL, 14336ULL, 18432ULL, 36864ULL,
          196608ULL, 327680ULL, 3145728ULL, 5242880ULL}) {
        strides.push_back(stride);
    }
    for (const auto& [stacks, channels] : kShapes) {
        const Hbm4Config config = memory_of(stacks, channels);
        if (config.pseudo_channels() < 64) {
            continue;  // too few for the bound below
        }
        const hbm4::AddressMap map(config);
        const double per_stack =
            static_cast<double>(kEach) * static_cast<double>(config.pseudo_channels() / stacks);
        for (const std::uint64_t stride : strides) {
            INFO(stacks << " stacks of " << channels << " channels, stride " << stride);
            const auto [channel, stack] = heaviest(map, config, stride, kEach);
            // Chance gives 64 +- 8 a pseudo-channel: 5.5 deviations, as with eight stacks.
            CHECK(channel <= 110.0 / 64);
            CHECK(stack <= 1 + 7 / std::sqrt(per_stack));
        }
    }
}

TEST_CASE("without the hash a multiple of the odd factor stays in one part") {
    Hbm4Config config = memory_of(5, 8);
    config.hash = false;
    const hbm4::AddressMap map(config);
    CHECK(heaviest(map, config, 1280, 64).second == 5);  // what the hash is for
}
