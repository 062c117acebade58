// SPDX-License-Identifier: Apache-2.0
// A whole matrix product in the arithmetic of a contract: the golden answer for runs of a whole
// GPU. Not modelled: split K, a C operand, scaling of the result.
#pragma once

#include <cstdint>
#include <vector>

#include "models/numerics/contract.h"
#include "models/numerics/corner.h"
#include "models/numerics/decoded_operand.h"

namespace vr {

/// D in row-major order.
struct GemmResult {
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::vector<std::uint32_t> codes;  ///< of the requested output format
    Corners corners;
};

/// D[M,N] = A[M,K] x B[N,K] transposed, accumulators starting from +0, steps in ascending k, each
/// result then rounded to `output` (kFp32: as it is; kBf16: nearest even).
[[nodiscard]] GemmResult gemm_reference(const DotContract& contract, const OperandView& a,
                                        const OperandView& b, NumberFormat output);

/// The end of a GEMM for one element: an fp32 code as a code of `output`.
[[nodiscard]] std::uint32_t gemm_output(std::uint32_t fp32, NumberFormat output);

}  // namespace vr
