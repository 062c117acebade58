// SPDX-License-Identifier: Apache-2.0
// Reference of tensor-core dot products: one output element, one element at a time, in integers, by
// the rules of contract.h. The fast path (tile_multiply.h) must give the same bits. Not modelled:
// sparsity, operand negation.
#pragma once

#include <cstdint>
#include <span>

#include "models/numerics/contract.h"
#include "models/numerics/corner.h"

namespace vr {

/// One row of A or column of B along K, one code per word.
struct DotOperand {
    std::span<const std::uint32_t> codes;
    std::span<const std::uint32_t> scales;  ///< one per block; empty without block scales
};

/// One hardware step: a . b + c over at most products_per_step elements. `c` and the result are
/// codes of the contract's accumulator format. Open corners that the step touched are added to
/// `corners`.
[[nodiscard]] std::uint32_t dot_step(const DotContract& contract, const DotOperand& a,
                                     const DotOperand& b, std::uint32_t c, Corners& corners);

/// Any number of elements: steps in ascending k, the result of one is the accumulator of the next.
[[nodiscard]] std::uint32_t dot(const DotContract& contract, const DotOperand& a,
                                const DotOperand& b, std::uint32_t c, Corners& corners);

/// One step on operands that are taken apart already (the fast path's way out for infinities and
/// NaNs).
struct DecodedDotOperand {
    std::span<const Decoded> elements;
    std::span<const Decoded> scales;
};
[[nodiscard]] std::uint32_t dot_step_decoded(const DotContract& contract,
                                             const DecodedDotOperand& a, const DecodedDotOperand& b,
                                             std::uint32_t c, Corners& corners);

}  // namespace vr
