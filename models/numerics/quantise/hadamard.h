// SPDX-License-Identifier: Apache-2.0
// The 16-point Hadamard rotation that the NVFP4 training recipe (arXiv 2509.25149) applies to the
// operands of weight-gradient products: it spreads an outlier over its block. Not modelled: the
// rounding of a kernel that rotates on tensor cores (a product of matrices, dot_product.h).
#pragma once

#include <array>
#include <span>

namespace vr {

inline constexpr std::size_t kHadamardPoints = 16;

/// The fixed signs of the recipe's reference, + as 1 and - as -1.
inline constexpr std::array<float, kHadamardPoints> kHadamardSigns{1,  1,  1,  -1, 1,  -1, -1, -1,
                                                                   -1, -1, -1, 1,  -1, 1,  -1, -1};

/// out = (signs * in) x H / 4, where H[i][j] = (-1)^(number of ones in i AND j): an orthogonal map,
/// in FP32 by butterflies of distance 1, 2, 4, 8 (the order is part of the contract).
/// `in` and `out` may be the same.
void rotate_hadamard(std::span<const float, kHadamardPoints> in,
                     std::span<float, kHadamardPoints> out);

/// The same for BF16 values as the recipe's software reference computes it: each result is a sum
/// from the first point on, and every partial sum is rounded to BF16. It is up to some 2 % of the
/// largest result away from the rotation in FP32.
void rotate_hadamard_bf16(std::span<const float, kHadamardPoints> in,
                          std::span<float, kHadamardPoints> out);

}  // namespace vr
