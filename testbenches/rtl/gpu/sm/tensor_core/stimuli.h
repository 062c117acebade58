// SPDX-License-Identifier: Apache-2.0
// What is driven through a leaf: the golden vectors of its kinds, and random tiles.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/base/random.h"
#include "models/numerics/check/vector_file.h"
#include "rtl/gpu/sm/tensor_core/leaf_multiplier.h"
#include "rtl/runtime/rtl_context.h"

namespace vr::testing {

/// A new leaf on `context`: "fp_dot_step", "covered" (counts coverage) or "fault" (cuts
/// terms too early), behind a multiplier named "test".
std::unique_ptr<LeafMultiplier> leaf(const std::string& name, RtlContext& context, LeafUse use);

/// Golden files of dot products and chains that leaf_supports().
std::vector<std::string> golden_files();

struct GoldenCount {
    std::uint64_t cases = 0;
    std::uint64_t wrong = 0;
    std::string first;  ///< file and line of the first wrong one
};
/// Every `stride`-th case of a file through the leaf, against the result in the file.
GoldenCount run_golden(LeafMultiplier& leaf, const std::string& path, std::size_t stride = 1);

/// Contracts that leaf_supports(): every named one, and mixtures of formats without a name.
std::vector<DotContract> contracts();

/// A tile whose shape, codes, scales and accumulators follow from (seed, index) alone.
struct RandomTile {
    RandomTile(const DotContract& contract, std::uint64_t index);
    Corners through(TileMultiplier& multiplier);

    const DotContract& contract;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::int64_t k = 0;
    std::vector<std::uint8_t> a, b, a_scales, b_scales;  ///< packed
    std::vector<std::uint32_t> accumulators;             ///< rows x columns

  private:
    void fill(const RandomStream& random);
};

}  // namespace vr::testing
