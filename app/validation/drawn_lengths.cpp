// SPDX-License-Identifier: Apache-2.0
#include "app/validation/drawn_lengths.h"

#include <array>
#include <numeric>
#include <random>

namespace vr {

namespace {

// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11): the first of
// the four words of a counter.
std::uint32_t philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
    constexpr int kRounds = 10;
    constexpr std::array<std::uint64_t, 2> kMultipliers = {0xD2511F53U, 0xCD9E8D57U};
    constexpr std::array<std::uint32_t, 2> kWeyl = {0x9E3779B9U, 0xBB67AE85U};
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t first = kMultipliers[0] * counter[0];
        const std::uint64_t second = kMultipliers[1] * counter[2];
        counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0],
                   static_cast<std::uint32_t>(second),
                   static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1],
                   static_cast<std::uint32_t>(first)};
        key = {key[0] + kWeyl[0], key[1] + kWeyl[1]};
    }
    return counter[0];
}

}  // namespace

std::vector<std::int64_t> host_lengths(std::int64_t count, std::int64_t most, std::uint32_t seed) {
    std::mt19937 words(seed);
    std::vector<std::int64_t> lengths;
    for (std::int64_t i = 0; i < count; ++i) {
        lengths.push_back(static_cast<std::int64_t>(words()) % most + 1);
    }
    return lengths;
}

std::vector<std::int64_t> gpu_lengths(std::int64_t count, std::int64_t most, std::uint32_t seed) {
    std::vector<std::int64_t> lengths;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::uint32_t word = philox({0, 0, static_cast<std::uint32_t>(i), 0}, {seed, 0});
        lengths.push_back(static_cast<std::int64_t>(word) % most + 1);
    }
    return lengths;
}

std::vector<std::int64_t> lengths_of_mean(std::int64_t count, std::int64_t most, std::uint32_t seed,
                                          std::int64_t mean) {
    for (const auto& lengths : {host_lengths(count, most, seed), gpu_lengths(count, most, seed)}) {
        if (std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0}) / count == mean) {
            return lengths;
        }
    }
    return std::vector<std::int64_t>(static_cast<std::size_t>(count), mean);
}

}  // namespace vr
