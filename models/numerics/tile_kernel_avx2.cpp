// SPDX-License-Identifier: Apache-2.0
// The tile kernel for x86-64 processors with AVX2; elsewhere the portable one under this name.
// Not modelled: see tile_multiply.h.
#include <algorithm>

#include "models/base/error.h"
#include "models/numerics/step_result.h"
#include "models/numerics/tile_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define VRSIM_KERNEL_AVX2 1
// Only what follows may use AVX2: inline functions of the headers above are shared with other
// files.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

namespace vr::detail {
namespace {
#include "models/numerics/tile_kernel_body.h"
}  // namespace
}  // namespace vr::detail

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
namespace vr::detail {
Corners run_avx2(const TileJob& job) {
    return run_job(job);
}
}  // namespace vr::detail
#else
namespace vr::detail {
Corners run_avx2(const TileJob& job) {
    return run_portable(job);
}
}  // namespace vr::detail
#endif
