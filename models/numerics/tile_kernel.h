// SPDX-License-Identifier: Apache-2.0
// Between tile_multiply.cpp and the kernels: one tile's job, and the way out to the reference.
// Not modelled: see tile_multiply.h.
#pragma once

#include <cstdint>

#include "models/numerics/tile_multiply.h"

namespace vr::detail {

struct TileJob {
    const DotContract* contract;
    const DecodedOperand* a;
    const DecodedOperand* b;
    TileRange range;
    std::uint32_t* accumulators;
    std::int64_t stride;
};

/// Runs a job. The step length (or number of groups) must be one that the kernels know in
/// run_job().
Corners run_portable(const TileJob& job);
Corners run_avx2(const TileJob& job);

/// One step by the reference, for operands with infinities or NaNs.
std::uint32_t reference_step(const TileJob& job, std::int64_t row_a, std::int64_t row_b,
                             std::int64_t step, std::uint32_t c, Corners& corners);

}  // namespace vr::detail
