// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/ecc/galois_field.h"

#include <cstddef>
#include <vector>

namespace vr::hbm4 {

namespace {

constexpr std::uint32_t kPolynomial = 0x1100B;

struct Tables {
    std::vector<Symbol> powers;  // twice over, so that a sum of exponents needs no modulo
    std::vector<std::uint32_t> logarithms;  // of 0: not used
    Tables() : powers(std::size_t{2} * kFieldOrder), logarithms(kFieldOrder + 1) {
        std::uint32_t value = 1;
        for (std::uint32_t i = 0; i < kFieldOrder; ++i) {
            powers[i] = powers[i + kFieldOrder] = static_cast<Symbol>(value);
            logarithms[value] = i;
            value <<= 1;
            value ^= (value >> kSymbolBits) * kPolynomial;
        }
    }
};

// Made on first use: a memory without faults never asks.
const Tables& tables() {
    static const Tables kTables;
    return kTables;
}

}  // namespace

Symbol multiply(Symbol a, Symbol b) {
    if (a == 0 || b == 0) {
        return 0;
    }
    const Tables& t = tables();
    return t.powers[t.logarithms[a] + t.logarithms[b]];
}

Symbol divide(Symbol a, Symbol b) {
    if (a == 0) {
        return 0;
    }
    const Tables& t = tables();
    return t.powers[t.logarithms[a] + kFieldOrder - t.logarithms[b]];
}

Symbol power(std::uint32_t exponent) {
    return tables().powers[exponent % kFieldOrder];
}

std::uint32_t logarithm(Symbol a) {
    return tables().logarithms[a];
}

}  // namespace vr::hbm4
