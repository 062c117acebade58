// SPDX-License-Identifier: Apache-2.0
// What the kit uses of cooperative groups, for clang's parser: cuda_runtime.h beside this file.
#pragma once

#include <cuda_runtime.h>

namespace cooperative_groups {
struct grid_group {
    __device__ void sync() const;
};
__device__ grid_group this_grid();
}  // namespace cooperative_groups
