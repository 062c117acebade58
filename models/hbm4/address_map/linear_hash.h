// SPDX-License-Identifier: Apache-2.0
// A hash of address bits that is linear over GF(2). Not modelled: what a vendor's own hash does
// (none is published).
#pragma once

#include <array>
#include <cstdint>

namespace vr::hbm4 {

/// Each bit of a number has an image of so many bits; the hash is the XOR of the images of the bits
/// that are set. XORed to other bits it keeps a map one to one.
class LinearHash {
  public:
    /// The hash that is always 0.
    LinearHash() = default;
    /// image(n): of bit n, below 2^16.
    template <class Image>
    explicit LinearHash(Image&& image) {
        std::uint32_t n = 0;
        for (std::array<std::uint32_t, 256>& table : of_byte_) {
            for (std::uint32_t bit = 0; bit < 8; ++bit, ++n) {
                const std::uint32_t xored = image(n);
                for (std::uint32_t byte = 0; byte < 256; ++byte) {
                    table[byte] ^= (byte >> bit & 1U) != 0 ? xored : 0;
                }
            }
        }
    }

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
    std::array<std::array<std::uint32_t, 256>, 5> of_byte_{};
};

}  // namespace vr::hbm4
