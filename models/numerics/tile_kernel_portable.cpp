// SPDX-License-Identifier: Apache-2.0
// The tile kernel in plain C++.
// Not modelled: see tile_multiply.h.
#include <algorithm>

#include "models/base/error.h"
#include "models/numerics/step_result.h"
#include "models/numerics/tile_kernel.h"

#define VRSIM_KERNEL_AVX2 0

namespace vr::detail {
namespace {
#include "models/numerics/tile_kernel_body.h"
}  // namespace

Corners run_portable(const TileJob& job) {
    return run_job(job);
}

}  // namespace vr::detail
