// SPDX-License-Identifier: Apache-2.0
// Which lane of a warp holds what of mma.sync's and wgmma's matrices (PTX ISA, "Matrix Fragments
// for mma.m16n8k8, k16, k32" and "Register fragments and shared memory matrix layouts" of wgmma).
// Elements count in words of 32 bits along K, so that all formats are alike: a row of A and a
// column of B have 8 words.
#pragma once

#include <cstdint>

namespace vr::kit {

inline constexpr std::uint32_t kFragmentWords = 8;

/// The row of A's register r, and the column of B's registers.
constexpr std::uint32_t fragment_row(std::uint32_t lane, std::uint32_t r = 0) {
    return lane / 4 + 8 * (r % 2);
}
/// The word along K of A's register r; of B's, register r counts twice.
constexpr std::uint32_t fragment_word(std::uint32_t lane, std::uint32_t r) {
    return lane % 4 + 4 * (r / 2);
}
/// Whether a lane holds element (i, i) of D, where i is fragment_row(lane) below 8.
constexpr bool holds_diagonal(std::uint32_t lane) {
    return lane % 4 == lane / 4 / 2;
}
/// The element's number among the lane's: a register each in FP32, a half of register 0 in FP16.
constexpr std::uint32_t diagonal_element(std::uint32_t lane) {
    return lane / 4 % 2;
}

}  // namespace vr::kit
