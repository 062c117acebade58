// SPDX-License-Identifier: Apache-2.0
// Sideband ECC of a memory controller: single error correction, double error detection with a check
// matrix of odd columns (M. Y. Hsiao, 1970), for words of 64 to 256 bits. An odd number of errors
// above one may be taken for one and "corrected" at a wrong place. Not modelled: the circuit; which
// columns a vendor takes is not published.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/hbm4/ecc/symbol_code.h"

namespace vr::hbm4 {

class HsiaoCode {
  public:
    /// For words of `data_bits`, a multiple of 8.
    explicit HsiaoCode(std::uint32_t data_bits);
    [[nodiscard]] std::uint32_t data_bits() const { return data_bits_; }
    [[nodiscard]] std::uint32_t check_bits() const { return check_bits_; }
    /// Check bits of a word, whose bit i is bit i % 8 of byte i / 8.
    [[nodiscard]] std::uint32_t check(std::span<const std::uint8_t> data) const;
    /// Corrects data and check bits in place; leaves them as they are when that is impossible.
    Decoded decode(std::span<std::uint8_t> data, std::uint32_t& check) const;

    /// The fewest check bits whose odd columns of weight three and more are enough for `data_bits`.
    [[nodiscard]] static std::uint32_t check_bits_of(std::uint32_t data_bits);

  private:
    static constexpr std::uint32_t kNoBit = ~0U;
    std::uint32_t data_bits_, check_bits_;
    std::vector<std::uint32_t> columns_;  // of the data bits
    std::vector<std::uint32_t> bit_of_;   // by syndrome; check bits count after the data bits
};

}  // namespace vr::hbm4
