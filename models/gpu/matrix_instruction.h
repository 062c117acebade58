// SPDX-License-Identifier: Apache-2.0
// The form of a tensor-core instruction, as kernels write it and tensor cores execute it.
#pragma once

#include <cstdint>

#include "models/gpu/number_kind.h"

namespace vr {

/// One tensor-core instruction: D[m, n] += A[m, k] x B[n, k] transposed, K as wide as the hardware
/// takes it.
struct MatrixInstruction {
    NumberKind kind = NumberKind::kFp8;
    std::int64_t m = 128;  ///< rows over all SMs of the group
    std::int64_t n = 256;  ///< columns over all SMs of the group
    /// SMs in the group: 1 or 2. Where instructions span one SM only (gpu.sm.tensor_core.group),
    /// the form of a group stands for two instructions side by side, each with all of B.
    std::int64_t sms = 1;
    bool a_in_tensor_memory = false;  ///< or in the registers of the warps that multiply
    /// Not 0: an instruction of warps (mma.sync), each of which multiplies so many rows and reads
    /// all of B for itself. 0: of the SM (tcgen05.mma) or of four warps together (wgmma).
    std::int64_t warp_rows = 0;
    bool block_scaled = false;
};

}  // namespace vr
