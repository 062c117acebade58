// SPDX-License-Identifier: Apache-2.0
// On-die ECC: a shortened Reed-Solomon code of 16-bit symbols with two parity symbols. It corrects
// any error within one symbol. Of errors in more symbols it detects all but about n of 65,535,
// where a wrong symbol is "corrected" or none is seen. Not modelled: the circuit, and its time,
// which lies within the read latency.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/hbm4/ecc/galois_field.h"
#include "models/transport/contents_guard.h"

namespace vr::hbm4 {

inline constexpr std::size_t kParitySymbols = 2;

/// What a decoder of either code did to a word.
struct Decoded {
    ReadSeverity severity = ReadSeverity::kNone;
    std::size_t corrected_bits = 0;
};

/// Of a word of which so many bits were corrected and nothing was found that could not be.
[[nodiscard]] constexpr ReadSeverity severity_of_corrected(std::size_t bits) {
    return bits == 0   ? ReadSeverity::kNone
           : bits == 1 ? ReadSeverity::kCorrectedBit
                       : ReadSeverity::kCorrectedBits;
}

/// What two decoders did to parts of a word, or to it one after the other, as one.
[[nodiscard]] constexpr Decoded together(const Decoded& a, const Decoded& b) {
    const std::size_t bits = a.corrected_bits + b.corrected_bits;
    const bool in_vain =
        a.severity == ReadSeverity::kUncorrectable || b.severity == ReadSeverity::kUncorrectable;
    return {in_vain ? ReadSeverity::kUncorrectable : severity_of_corrected(bits), bits};
}

/// Puts the parity of all symbols before them into the last two.
void encode_symbols(std::span<Symbol> word);

/// Corrects the symbols of a word in place; leaves it as it is when it is uncorrectable.
Decoded decode_symbols(std::span<Symbol> word);

}  // namespace vr::hbm4
