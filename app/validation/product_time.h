// SPDX-License-Identifier: Apache-2.0
// The time of a matrix product from samples of it, for families with thousands of products.
#pragma once

#include <cstdint>

#include "app/validation/family.h"

namespace vr {

/// D[m, n] = A[m, k] x B[n, k] transposed, alone on the device, launch included, at the clock
/// that the power limit allows. Groups of blocks do the same for every wave of tiles and
/// every slot of K; so waves beyond kSampledWaves and a K beyond twice the sample's are not
/// simulated: two numbers of waves (whole bands of tiles, cut short in columns) and two depths are,
/// and the time is linear in both from there on, as are the operations that power follows from.
/// Error against whole products: DEVIATIONS.md.
[[nodiscard]] Time sampled_product_time(Presets::Entry& preset, std::int64_t m, std::int64_t n,
                                        std::int64_t k, TensorType type);

inline constexpr std::int64_t kSampledWaves = 4;  ///< the longer sample; the shorter has half
inline constexpr std::int64_t kSampledSlots = 8;  ///< of K, the shorter sample; the longer twice

/// The same without samples.
[[nodiscard]] Time whole_product_time(Presets::Entry& preset, std::int64_t m, std::int64_t n,
                                      std::int64_t k, TensorType type);

}  // namespace vr
