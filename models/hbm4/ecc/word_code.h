// SPDX-License-Identifier: Apache-2.0
// A word of the memory as its cells hold it: 32 B of data, then the metadata that travel on the
// pins beside the data, then the parity of on-die ECC; and what the codes of a configuration make
// of it. Not modelled: errors on the pins.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "models/hbm4/ecc/ecc_mode.h"
#include "models/hbm4/ecc/hsiao_code.h"
#include "models/hbm4/ecc/symbol_code.h"

namespace vr {

struct Hbm4Config;

namespace hbm4 {

inline constexpr std::size_t kWordBytes = 32;
inline constexpr std::size_t kMostMetadataBytes = 4;
inline constexpr std::size_t kParityBytes = kParitySymbols * sizeof(Symbol);
inline constexpr std::size_t kMostCodeBytes = kWordBytes + kMostMetadataBytes + kParityBytes;
/// Bits of a word's cells: bit i is bit i % 8 of byte i / 8. Those that it has not are 0.
using CodeBits = std::array<std::uint8_t, kMostCodeBytes>;

/// Of a configuration, "by_standard" worked out.
[[nodiscard]] EccMode ecc_mode(const Hbm4Config& config);
/// Bytes of metadata beside 32 B on the pins of the configuration's standard.
[[nodiscard]] std::size_t metadata_bytes(const Hbm4Config& config);
/// Bits of a word of the controller's code; 0 is what the standard's table says.
[[nodiscard]] std::uint32_t sideband_word_bits(const Hbm4Config& config);

/// Tells `problem` (key, what is wrong and what is allowed) when the pins do not carry the check
/// bits.
void check_ecc(const Hbm4Config& config,
               const std::function<void(const char* key, std::string text)>& problem);

class WordCode {
  public:
    /// `config` must have no problems().
    explicit WordCode(const Hbm4Config& config);
    [[nodiscard]] EccMode mode() const { return mode_; }
    /// "on the die RS(19,17) of 16-bit symbols": what corrects, in words.
    [[nodiscard]] std::string name() const;
    /// Whether a code on the die can scrub.
    [[nodiscard]] bool on_die() const { return parity_at_ > 0; }
    /// Cells of a word.
    [[nodiscard]] std::size_t bits() const { return code_bytes_ * 8; }
    /// Symbols of 16 bits of a word.
    [[nodiscard]] std::size_t symbols() const { return code_bytes_ / sizeof(Symbol); }
    /// What the cells hold of `data` without a fault.
    [[nodiscard]] CodeBits encode(std::span<const std::uint8_t, kWordBytes> data) const;
    /// What the die makes of its cells, in place.
    Decoded decode_on_die(CodeBits& word) const;
    /// What reaches the requester, in place: the die's code, then the controller's. The severity is
    /// that of both together: one bit corrected by each is several.
    Decoded decode(CodeBits& word) const;

  private:
    Decoded decode_sideband(CodeBits& word) const;
    EccMode mode_;
    std::size_t metadata_bytes_ = 0;
    std::size_t parity_at_ = 0;  // byte; 0 without on-die ECC
    std::size_t code_bytes_ = kWordBytes;
    std::optional<HsiaoCode> sideband_;
};

}  // namespace hbm4
}  // namespace vr
