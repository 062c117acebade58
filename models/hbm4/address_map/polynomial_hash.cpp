// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/address_map/polynomial_hash.h"

namespace vr::hbm4 {

namespace {

// Primitive polynomials over GF(2) of degree 0 to 16 (bit n stands for x^n).
constexpr std::array<std::uint32_t, 17> kPolynomials = {
    0x1,   0x3,   0x7,   0xb,    0x13,   0x25,   0x43,   0x83,   0x11d,
    0x211, 0x409, 0x805, 0x1053, 0x201b, 0x4443, 0x8003, 0x1100b};

}  // namespace

PolynomialHash::PolynomialHash(std::uint32_t bits, std::uint32_t first) {
    if (bits == 0) {
        return;
    }
    const std::uint32_t polynomial = kPolynomials[bits];
    std::uint32_t power = 1;  // x^n modulo the polynomial
    const auto step = [&] {
        power <<= 1;
        power ^= (power >> bits & 1U) != 0 ? polynomial : 0;
    };
    for (std::uint32_t n = 0; n < first; ++n) {
        step();
    }
    for (std::array<std::uint32_t, 256>& table : of_byte_) {
        for (std::uint32_t i = 0; i < 8; ++i) {
            for (std::uint32_t byte = 0; byte < 256; ++byte) {
                table[byte] ^= (byte >> i & 1U) != 0 ? power : 0;
            }
            step();
        }
    }
}

}  // namespace vr::hbm4
