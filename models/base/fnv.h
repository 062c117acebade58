// SPDX-License-Identifier: Apache-2.0
// FNV-1a, the 64-bit hash of a sequence of bytes (draft-eastlake-fnv): names of random streams,
// digests of tensors.
#pragma once

#include <cstdint>

namespace vr {

/// Takes bytes one by one; value() is the FNV-1a hash of those so far, the same on every host.
class Fnv1a {
  public:
    constexpr void push(std::uint8_t byte) { hash_ = (hash_ ^ byte) * kPrime; }
    [[nodiscard]] constexpr std::uint64_t value() const { return hash_; }

  private:
    static constexpr std::uint64_t kPrime = 0x100000001b3ULL;
    std::uint64_t hash_ = 0xcbf29ce484222325ULL;  // the offset basis
};

}  // namespace vr
