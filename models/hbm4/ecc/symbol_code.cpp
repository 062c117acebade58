// SPDX-License-Identifier: Apache-2.0
// The check matrix has the rows (1, 1, 1, ...) and (1, g, g^2, ...), g the generator of the field:
// an error e in symbol i gives the syndromes e and e g^i.
#include "models/hbm4/ecc/symbol_code.h"

#include <bit>

namespace vr::hbm4 {

namespace {

struct Syndromes {
    Symbol sum = 0;
    Symbol weighted = 0;
};

Syndromes syndromes_of(std::span<const Symbol> word) {
    Syndromes s;
    for (std::size_t i = 0; i < word.size(); ++i) {
        s.sum ^= word[i];
        s.weighted ^= multiply(word[i], power(static_cast<std::uint32_t>(i)));
    }
    return s;
}

}  // namespace

void encode_symbols(std::span<Symbol> word) {
    const std::size_t first = word.size() - kParitySymbols;
    const Syndromes data = syndromes_of(word.first(first));
    const auto place = static_cast<std::uint32_t>(first);
    // p + q = sum and p g^first + q g^(first + 1) = weighted.
    const Symbol q = divide(static_cast<Symbol>(data.weighted ^ multiply(data.sum, power(place))),
                            static_cast<Symbol>(power(place) ^ power(place + 1)));
    word[first] = static_cast<Symbol>(data.sum ^ q);
    word[first + 1] = q;
}

Decoded decode_symbols(std::span<Symbol> word) {
    const Syndromes s = syndromes_of(word);
    if (s.sum == 0 && s.weighted == 0) {
        return {};
    }
    if (s.sum == 0 || s.weighted == 0) {
        return {ReadSeverity::kUncorrectable, 0};
    }
    const std::uint32_t place = logarithm(divide(s.weighted, s.sum));
    if (place >= word.size()) {
        return {ReadSeverity::kUncorrectable, 0};
    }
    word[place] ^= s.sum;
    const auto bits = static_cast<std::size_t>(std::popcount(s.sum));
    return {severity_of_corrected(bits), bits};
}

}  // namespace vr::hbm4
