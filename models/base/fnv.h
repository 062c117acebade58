// SPDX-License-Identifier: Apache-2.0
// FNV-1a, the 64-bit hash of a sequence of bytes (draft-eastlake-fnv): names of random streams,
// digests of files, tensors and verilated objects. The digest of words (transport/digest.h) is
// another one.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace vr {

/// Takes bytes one by one; value() is the FNV-1a hash of those so far, the same on every host.
class Fnv1a {
  public:
    constexpr void push(std::uint8_t byte) { hash_ = (hash_ ^ byte) * kPrime; }
    constexpr void push(std::span<const std::uint8_t> bytes) {
        for (const std::uint8_t byte : bytes) {
            push(byte);
        }
    }
    constexpr void push(std::string_view text) {
        for (const char c : text) {
            push(static_cast<std::uint8_t>(c));
        }
    }
    /// Eight bytes, lowest first.
    constexpr void push_word(std::uint64_t word) {
        for (unsigned byte = 0; byte < 8; ++byte) {
            push(static_cast<std::uint8_t>(word >> 8 * byte));
        }
    }
    [[nodiscard]] constexpr std::uint64_t value() const { return hash_; }

  private:
    static constexpr std::uint64_t kPrime = 0x100000001b3ULL;
    std::uint64_t hash_ = 0xcbf29ce484222325ULL;  // the offset basis
};

}  // namespace vr
