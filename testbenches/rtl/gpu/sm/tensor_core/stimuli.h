// SPDX-License-Identifier: Apache-2.0
// What is driven through a leaf: the leaves of the tests, the contracts, and random tiles of
// several steps. Not modelled: single steps with an aim (directed_steps.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/base/random.h"
#include "models/numerics/dot_product.h"
#include "rtl/gpu/sm/tensor_core/leaf_multiplier.h"
#include "rtl/runtime/rtl_context.h"

namespace vr::testing {

/// A new leaf on `context`: "fp_dot_step", "covered" (counts coverage) or "fault" (see below),
/// behind a multiplier named "test".
std::unique_ptr<LeafMultiplier> leaf(const std::string& name, RtlContext& context, LeafUse use);

/// A fault of faults.cmake.
struct PlantedFault {
    int number;
    const char* name;
};
[[nodiscard]] std::vector<PlantedFault> planted_faults();
/// The leaves "fault" that are made on this context have this one.
void choose_fault(RtlContext& context, const PlantedFault& fault);

/// Every contract that make_contract() gives and leaf_supports(): architectures, mixtures of
/// formats, accumulators and scales; two that compute the same are both there.
std::vector<DotContract> all_contracts();
/// Those of them that the model computes by tiles: the named ones and some mixtures.
std::vector<DotContract> contracts();
/// Contracts whose rules are changed by switches.
std::vector<DotContract> switched_contracts();

/// Codes as they lie in memory.
std::vector<std::uint8_t> packed(NumberFormat format, const std::vector<std::uint32_t>& codes);
/// One row times one column.
Corners multiply_codes(TileMultiplier& multiplier, const DotContract& contract, const DotOperand& a,
                       const DotOperand& b, std::uint32_t& accumulator);

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
    [[nodiscard]] std::int64_t row_bytes(NumberFormat format) const;
    [[nodiscard]] std::int64_t scale_bytes() const;
};

}  // namespace vr::testing
