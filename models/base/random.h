// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: a value depends on (seed, stream, entity, index) alone, never on
// the order of calls.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/base/fnv.h"

namespace vr {

/// The finaliser of splitmix64 (S. Vigna, public domain algorithm): a bijective mix of 64 bits.
constexpr std::uint64_t mix64(std::uint64_t x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebULL;
    x ^= x >> 31;
    return x;
}

/// FNV-1a of a text, to turn a stream's name into a number that is the same on every host.
constexpr std::uint64_t hash_text(std::string_view text) {
    Fnv1a hash;
    hash.push(text);
    return hash.value();
}

/// One named stream of one entity. `at(i)` is the i-th value, for any i in any order.
class RandomStream {
  public:
    constexpr RandomStream(std::uint64_t seed, std::string_view name, std::uint64_t entity)
        : key_(mix64(mix64(seed + kGolden) ^ hash_text(name)) + mix64(entity + kGolden)) {}
    [[nodiscard]] constexpr std::uint64_t at(std::uint64_t index) const {
        return mix64(key_ + (index + 1) * kGolden);
    }

  private:
    static constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;
    std::uint64_t key_;
};

/// Sequential splitmix64: state advances by the golden ratio, output is the mixed state.
class SplitMix64 {
  public:
    explicit constexpr SplitMix64(std::uint64_t state) : state_(state) {}
    constexpr std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15ULL;
        return mix64(state_);
    }

  private:
    std::uint64_t state_;
};

}  // namespace vr
