// SPDX-License-Identifier: Apache-2.0
// The vector files of testbenches/numerics/vectors through a leaf: dot products, chains, rows
// measured on GPUs, integers. Not modelled: files of conversions, quantisers and FP64.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rtl/gpu/sm/tensor_core/leaf_multiplier.h"

namespace vr::testing {

/// Files of dot products, chains and measured rows, sorted.
std::vector<std::string> golden_files();
/// One of the vector files.
std::string golden_file(const std::string& name);

struct GoldenCount {
    std::uint64_t cases = 0;
    std::uint64_t wrong = 0;
    std::string first;  ///< file and line of the first wrong one
};
/// Every `stride`-th case of a file through the leaf, against the result in the file.
GoldenCount run_golden(LeafMultiplier& leaf, const std::string& path, std::size_t stride = 1);
/// The cases on the zero-group rule: as the file's reading in which such a group takes part, or as
/// the other one.
GoldenCount run_zero_groups(LeafMultiplier& leaf, bool takes_part);
/// int8 and uint8, both wrapping and clamping.
GoldenCount run_integers(DotLeaf& leaf);

/// One step of integers: through the leaf alone.
std::uint32_t integer_step(DotLeaf& leaf, NumberFormat a, const std::vector<std::uint32_t>& a_codes,
                           NumberFormat b, const std::vector<std::uint32_t>& b_codes,
                           std::uint32_t c, IntegerOverflow overflow);

}  // namespace vr::testing
