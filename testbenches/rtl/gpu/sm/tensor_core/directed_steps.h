// SPDX-License-Identifier: Apache-2.0
// Constrained-random steps: an operand of one class at one distance below the alignment exponent,
// everything else at random below it. Not modelled: several steps in a row (stimuli.h has tiles).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "testbenches/rtl/gpu/sm/tensor_core/alignment_coverage.h"

namespace vr::testing {

/// Codes of one step.
struct DotStimulus {
    std::vector<std::uint32_t> a, b, a_scales, b_scales;
    std::uint32_t c = 0;
    [[nodiscard]] DotOperand a_operand() const { return {a, a_scales}; }
    [[nodiscard]] DotOperand b_operand() const { return {b, b_scales}; }
};

class DirectedSteps {
  public:
    /// Everything follows from the contract and `seed`.
    DirectedSteps(const DotContract& contract, std::uint64_t seed);
    /// A step that aims at a cell, or nothing after many tries: a rare cell is asked for again.
    std::optional<DotStimulus> towards(const CoverageCell& cell);

  private:
    [[nodiscard]] std::uint32_t below(std::uint32_t limit);
    [[nodiscard]] int between(int lowest, int highest);
    [[nodiscard]] bool coin() { return below(2) == 0; }
    [[nodiscard]] std::size_t unit_begin(std::size_t unit) const { return unit * unit_; }
    [[nodiscard]] std::size_t unit_end(std::size_t unit) const;
    [[nodiscard]] std::size_t block_of(std::size_t unit) const;
    [[nodiscard]] int scale_exponent(std::size_t unit) const;
    [[nodiscard]] int exponent_of(std::size_t unit) const;
    [[nodiscard]] bool is_zero(std::size_t unit) const;
    std::optional<std::pair<int, int>> split(int sum, const ExponentRange& x,
                                             const ExponentRange& y);
    std::uint32_t any_element(NumberFormat format);
    void fill();
    bool place(const CoverageCell& cell, std::size_t unit);
    bool set_exponent(std::size_t unit, int exponent, std::size_t kept_block);
    bool lower_others(int exponent, std::size_t kept, std::size_t anchor);
    void choose_accumulator(int exponent);
    std::optional<DotStimulus> attempt(const CoverageCell& cell);

    const DotContract& contract_;
    SplitMix64 random_;
    std::size_t unit_;      // elements of a term
    ExponentRange scales_;  // of one scale
    ExponentRange terms_;   // of products without scales
    DotStimulus step_;
};

/// Steps of a contract whose accumulator is added after them: sums with accumulators that lie near
/// half of their last place.
[[nodiscard]] std::vector<DotStimulus> tie_steps(const DotContract& contract);

}  // namespace vr::testing
