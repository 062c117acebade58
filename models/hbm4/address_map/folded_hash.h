// SPDX-License-Identifier: Apache-2.0
// Address hash "folded": all groups of the higher bits XORed. Not modelled: groups that overlap.
#pragma once

#include <cstdint>
#include <string_view>

namespace vr::hbm4 {

/// Functions as PolynomialHash's. Strides that set bits at the same place of two groups meet.
struct FoldedHash {
    static constexpr std::string_view kName = "folded";
    static constexpr std::string_view kWords = "the XOR of all groups";
    static constexpr std::uint32_t period(std::uint32_t /*bits*/) { return 0; }

    static std::uint32_t image(std::uint32_t n, std::uint32_t bits, std::uint32_t /*first*/) {
        return bits == 0 ? 0 : 1U << n % bits;
    }
};

}  // namespace vr::hbm4
