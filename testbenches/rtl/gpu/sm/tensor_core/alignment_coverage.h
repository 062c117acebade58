// SPDX-License-Identifier: Apache-2.0
// Which formats met which special values at which distances below the alignment exponent: counted
// from operands alone, step by step. Not modelled: distances between elements of one FP4 group,
// whose sum is exact.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/numerics/contract.h"
#include "models/numerics/dot_product.h"
#include "testbenches/rtl/gpu/sm/tensor_core/operand_class.h"

namespace vr::testing {

/// Distance of a term below the alignment exponent. F: the rule's fraction bits; f: a product's.
enum class DistanceBin : std::uint8_t {
    kNone,  ///< takes no part: zero, infinity, NaN, or its product is zero
    kZero,  ///< sets the exponent
    kOne,
    kWhole,   ///< 2 to F - f: nothing of it can be cut
    kCut,     ///< up to F - 1: its last bits may be
    kLast,    ///< F: one bit or two are left
    kCarry,   ///< F + 1: one bit is left of products of 2 and more
    kBeyond,  ///< more: nothing is left of a product
};
inline constexpr std::size_t kDistanceBins = 8;
[[nodiscard]] DistanceBin bin_of(const DotContract& contract, int distance);
/// The distances of a bin that exist under a contract: lowest and highest; empty when they cross.
[[nodiscard]] std::pair<int, int> distances(const DotContract& contract, DistanceBin bin);

/// What a row of the table is about.
enum class OperandRole : std::uint8_t { kElement, kGroupElement, kScale, kAccumulator };

struct CoverageCell {
    OperandRole role{};
    NumberFormat format{};
    OperandClass kind{};
    DistanceBin bin{};
    friend auto operator<=>(const CoverageCell&, const CoverageCell&) = default;
};

/// Cells that steps by this contract can reach at all: from the ranges of its exponents.
[[nodiscard]] std::set<CoverageCell> reachable_cells(const DotContract& contract);
/// Fraction bits of a product.
[[nodiscard]] int product_fraction(const DotContract& contract);

class AlignmentCoverage {
  public:
    /// One step.
    void add(const DotContract& contract, const DotOperand& a, const DotOperand& b,
             std::uint32_t c);
    [[nodiscard]] std::uint64_t count(const CoverageCell& cell) const;
    /// Of these cells, those that no step reached.
    [[nodiscard]] std::vector<CoverageCell> missing(const std::set<CoverageCell>& cells) const;
    /// Counts of every row of `reachable`; "-" where nothing can be.
    [[nodiscard]] std::string table(const std::set<CoverageCell>& reachable) const;

  private:
    std::map<CoverageCell, std::uint64_t> counts_;
};

[[nodiscard]] std::string cell_text(const CoverageCell& cell);

}  // namespace vr::testing
