// SPDX-License-Identifier: Apache-2.0
// Whole matrix products, through the fast path, which tests hold to the reference bit for bit.
// Not modelled: see gemm_reference.h.
#include "models/numerics/gemm_reference.h"

#include "models/base/error.h"
#include "models/numerics/convert.h"
#include "models/numerics/tile_multiply.h"

namespace vr {

std::uint32_t gemm_output(std::uint32_t fp32, NumberFormat output) {
    ensure(output == NumberFormat::kFp32 || output == NumberFormat::kBf16,
           "a GEMM gives fp32 or bf16, not {}", properties(output).name);
    return output == NumberFormat::kFp32 ? fp32 : from_fp32(NumberFormat::kBf16, fp32);
}

GemmResult gemm_reference(const DotContract& contract, const OperandView& a, const OperandView& b,
                          NumberFormat output) {
    GemmResult result{a.rows, b.rows, {}, {}};
    result.codes.assign(static_cast<std::size_t>(a.rows * b.rows), 0);
    result.corners = multiply_tile(contract, a, b, result.codes.data(), b.rows);
    for (std::uint32_t& code : result.codes) {
        code = gemm_output(code, output);
    }
    return result;
}

}  // namespace vr
