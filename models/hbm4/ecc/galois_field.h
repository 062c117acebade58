// SPDX-License-Identifier: Apache-2.0
// Arithmetic of GF(2^16), the field of the symbols of on-die ECC. The primitive polynomial is
// x^16 + x^12 + x^3 + x + 1; which one a vendor takes is not published and changes no property of
// the code.
#pragma once

#include <cstdint>

namespace vr::hbm4 {

/// An element; addition is XOR.
using Symbol = std::uint16_t;

inline constexpr std::uint32_t kSymbolBits = 16;
inline constexpr std::uint32_t kFieldOrder = (1U << kSymbolBits) - 1;  ///< of its nonzero elements

/// Product of two elements.
[[nodiscard]] Symbol multiply(Symbol a, Symbol b);
/// a / b; b is not 0.
[[nodiscard]] Symbol divide(Symbol a, Symbol b);
/// The generator to the power `exponent`.
[[nodiscard]] Symbol power(std::uint32_t exponent);
/// The exponent below kFieldOrder with power(exponent) == a; a is not 0.
[[nodiscard]] std::uint32_t logarithm(Symbol a);

}  // namespace vr::hbm4
