// SPDX-License-Identifier: Apache-2.0
// The fast path: whole tiles D = A[M,K] x B[N,K] transposed + D in the arithmetic of a contract,
// with the bits of the reference (dot_product.h). Not modelled: time; fp16 accumulators.
#pragma once

#include <cstdint>

#include "models/numerics/contract.h"
#include "models/numerics/corner.h"
#include "models/numerics/decoded_operand.h"

namespace vr {

/// Which code runs; all give the same bits.
enum class TileKernel : std::uint8_t {
    kFastest,  ///< AVX2 where the processor has it
    kPortable,
};

/// Part of the rows of both operands.
struct TileRange {
    std::int64_t a_begin = 0;
    std::int64_t a_rows = 0;
    std::int64_t b_begin = 0;
    std::int64_t b_rows = 0;
};

/// Adds A x B transposed to fp32 accumulators, chaining the contract's steps in ascending k.
/// `accumulators[i * stride + j]` belongs to row a_begin + i of A and row b_begin + j of B and
/// holds an fp32 code. Returns the open corners that were touched. Both operands must have been
/// decoded under `contract`.
Corners multiply_tile(const DotContract& contract, const DecodedOperand& a, const DecodedOperand& b,
                      const TileRange& range, std::uint32_t* accumulators, std::int64_t stride,
                      TileKernel kernel = TileKernel::kFastest);

/// The same for packed rows as they lie in memory.
Corners multiply_tile(const DotContract& contract, const OperandView& a, const OperandView& b,
                      std::uint32_t* accumulators, std::int64_t stride,
                      TileKernel kernel = TileKernel::kFastest);

/// The largest F of a rule that the fast path takes: partial sums of products have 32 bits, terms
/// of groups and an aligned accumulator 64.
[[nodiscard]] int most_fraction_bits(const AccumulationRule& rule);

/// Whether TileKernel::kFastest is more than the portable code on this machine.
[[nodiscard]] bool has_vector_kernel();

}  // namespace vr
