// SPDX-License-Identifier: Apache-2.0
// Which sizes a program measures, and how much shared memory holds a kernel to a number of blocks.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "testbenches/validation/cuda/host/error.h"

namespace vr::kit {

/// Sizes from `first` to `last`, each `factor` times the one before it, rounded to multiples of
/// `step` and without repeats; `last` rounded down is the last.
inline std::vector<std::int64_t> geometric_sizes(std::int64_t first, std::int64_t last,
                                                 double factor, std::int64_t step) {
    if (first < step || last < first || factor <= 1 || step < 1) {
        throw Error(kFailed, "sizes need step <= first <= last and a factor above 1");
    }
    std::vector<std::int64_t> sizes;
    const std::int64_t end = last / step * step;
    for (auto size = static_cast<double>(first); size < static_cast<double>(end); size *= factor) {
        const auto rounded = std::min(std::llround(size / static_cast<double>(step)) * step,
                                      static_cast<long long>(end));
        if (sizes.empty() || rounded > sizes.back()) {
            sizes.push_back(rounded);
        }
    }
    if (sizes.empty() || end > sizes.back()) {
        sizes.push_back(end);
    }
    return sizes;
}

/// What an SM has of shared memory, in bytes, as CUDA tells it.
struct SharedMemory {
    std::int64_t per_sm = 0;
    std::int64_t reserved_per_block = 0;  ///< taken by the system from each block
    std::int64_t most_per_block = 0;      ///< that a kernel may ask for
};

/// Dynamic shared memory per block so that `blocks` blocks fit on an SM and one more does not, as
/// far as shared memory can: the largest amount that `blocks` blocks can have.
inline std::int64_t shared_bytes_for(const SharedMemory& memory, std::int64_t blocks) {
    if (blocks < 1) {
        throw Error(kFailed, "an SM holds one block or more");
    }
    constexpr std::int64_t kGranule = 128;
    const std::int64_t share = memory.per_sm / blocks - memory.reserved_per_block;
    const std::int64_t bytes = std::min(share, memory.most_per_block) / kGranule * kGranule;
    return std::max<std::int64_t>(bytes, 0);
}

}  // namespace vr::kit
