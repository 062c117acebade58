// SPDX-License-Identifier: Apache-2.0
// A tensor core's multiplication on an RTL leaf: every step of every element of a tile passes
// through it, alone or in lock step with the model. Not modelled: the number of leaves of a real
// tensor core; one leaf does the work of all, so its clocks are no simulated time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/numerics/tile_multiplier.h"
#include "rtl/gpu/sm/tensor_core/leaf_form.h"

namespace vr {

enum class LeafUse : std::uint8_t {
    kAlone,     ///< impl = "rtl"
    kLockStep,  ///< impl = "both": the model runs too, every step is compared
};

class LeafMultiplier final : public TileMultiplier {
  public:
    /// `name` is what messages call it, e.g. "gpu.sm0.tensor_core".
    LeafMultiplier(std::string name, std::unique_ptr<DotLeaf> leaf, LeafUse use);

    /// Throws CheckFailed at the first step whose result differs from the model's, with inputs,
    /// expected, got and clock; Stalled when the leaf does not answer. The contract is one that
    /// leaf_supports(); accumulators have its format.
    Corners multiply(const DotContract& contract, const OperandView& a, const OperandView& b,
                     std::uint32_t* accumulators, std::int64_t stride) override;

    /// Steps that went through the leaf so far.
    [[nodiscard]] std::int64_t steps() const { return steps_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] DotLeaf& leaf() { return *leaf_; }

  private:
    /// One step of the whole tile.
    struct Slice {
        const DotContract* contract;
        std::int64_t first_k;
        OperandView a;
        OperandView b;
        std::vector<LeafRow> a_rows;
        std::vector<LeafRow> b_rows;
        std::vector<std::uint32_t> before;    // accumulators, row by row
        std::vector<std::uint32_t> expected;  // the model's, in lock step
    };
    void take(const Slice& slice, const LeafResult& result, std::size_t& received,
              std::uint32_t* accumulators, std::int64_t stride, Corners& corners) const;
    [[noreturn]] void differ(const Slice& slice, std::size_t element, std::uint32_t got) const;

    std::string name_;
    std::unique_ptr<DotLeaf> leaf_;
    LeafUse use_;
    std::int64_t steps_ = 0;
};

}  // namespace vr
