// SPDX-License-Identifier: Apache-2.0
// Address hash "polynomial": the higher bits as a polynomial over GF(2), modulo a primitive one.
// Not modelled: polynomials of a vendor's own.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace vr::hbm4 {

/// B. R. Rau, "Pseudo-randomly interleaved memory", ISCA 1991. Numbers that differ in few bits, or
/// by a stride that is a power of two, go apart.
struct PolynomialHash {
    static constexpr std::string_view kName = "polynomial";
    static constexpr std::string_view kWords = "a polynomial hash";
    /// After so many numbers in a row the hash begins anew; 0: never.
    static constexpr std::uint32_t period(std::uint32_t /*bits*/) { return 0; }

    /// What bit n of the higher bits is XORed to: x^(n + first) modulo the polynomial of degree
    /// `bits`, where `first` is the place of the lowest of them.
    static std::uint32_t image(std::uint32_t n, std::uint32_t bits, std::uint32_t first) {
        if (bits == 0) {
            return 0;
        }
        std::uint32_t power = 1;
        for (std::uint32_t i = 0; i < n + first; ++i) {
            power <<= 1;
            power ^= (power >> bits & 1U) != 0 ? kPrimitive[bits] : 0;
        }
        return power;
    }

  private:
    // Primitive polynomials of degree 0 to 16 (bit n stands for x^n).
    static constexpr std::array<std::uint32_t, 17> kPrimitive = {
        0x1,   0x3,   0x7,   0xb,    0x13,   0x25,   0x43,   0x83,   0x11d,
        0x211, 0x409, 0x805, 0x1053, 0x201b, 0x4443, 0x8003, 0x1100b};
};

}  // namespace vr::hbm4
