// SPDX-License-Identifier: Apache-2.0
// A hash of address bits that is linear over GF(2). Not modelled: what a vendor's own hash does
// (none is published).
#pragma once

#include <array>
#include <cstdint>

namespace vr::hbm4 {

/// A number, read as a polynomial over GF(2) and multiplied by x^`first`, modulo a primitive
/// polynomial of degree `bits` (B. R. Rau, "Pseudo-randomly interleaved memory", ISCA 1991). XORed
/// to other bits it keeps a map one to one; numbers that differ in few bits, or by a stride that is
/// a power of two, go apart.
class PolynomialHash {
  public:
    /// The hash that is always 0.
    PolynomialHash() = default;
    /// bits: 0 to 16; 0 gives the hash that is always 0.
    PolynomialHash(std::uint32_t bits, std::uint32_t first);

    /// `value` has at most 40 bits: 8 TiB of 256 B blocks.
    [[nodiscard]] std::uint32_t operator()(std::uint64_t value) const {
        std::uint32_t hash = 0;
        for (const std::array<std::uint32_t, 256>& table : of_byte_) {
            hash ^= table[value & 0xff];
            value >>= 8;
        }
        return hash;
    }

  private:
    // The remainder is linear over GF(2), so it is the XOR of the remainders of the bytes.
    std::array<std::array<std::uint32_t, 256>, 5> of_byte_{};
};

}  // namespace vr::hbm4
