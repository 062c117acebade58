// SPDX-License-Identifier: Apache-2.0
// Address hash "neighbour": the bits next above are XORed, no others. Not modelled: a choice of
// bits.
#pragma once

#include <cstdint>
#include <string_view>

namespace vr::hbm4 {

/// Functions as PolynomialHash's. What public memory simulators call an XOR map; strides beyond
/// these bits are not spread.
struct NeighbourHash {
    static constexpr std::string_view kName = "neighbour";
    static constexpr std::string_view kWords = "the lowest bits";
    static constexpr std::uint32_t period(std::uint32_t bits) { return 1U << bits; }

    static std::uint32_t image(std::uint32_t n, std::uint32_t bits, std::uint32_t /*first*/) {
        return n < bits ? 1U << n : 0;
    }
};

}  // namespace vr::hbm4
