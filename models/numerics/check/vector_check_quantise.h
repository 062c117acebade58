// SPDX-License-Identifier: Apache-2.0
// Checking of block quantisation files; part of check_vector_file().
// Not modelled: stochastic rounding, the round-up scale of MX, 4over6 (no reference data).
#pragma once

#include "models/numerics/check/vector_check.h"

namespace vr {

[[nodiscard]] bool is_nvfp4_file(const VectorFile& file);
/// Tensors: `case ID KIND tile=1x16|16x16 rht=0|1 in=bf16|fp32 ROWS COLUMNS`, `amax A`, then per
/// row
/// [`u` values before the rotation,] `x` values, `q` codes, `s` scales. Everything must be equal.
[[nodiscard]] CheckSummary check_nvfp4_file(const VectorFile& file, const CheckOptions& options);

[[nodiscard]] bool is_mx_file(const VectorFile& file);
/// Blocks of 32: `id format kind scale x,... y,...`; scale and every value must be equal, but for
/// the sign of an integer 0.
[[nodiscard]] CheckSummary check_mx_file(const VectorFile& file, const CheckOptions& options);

}  // namespace vr
