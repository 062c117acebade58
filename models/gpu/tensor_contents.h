// SPDX-License-Identifier: Apache-2.0
// Contents of tensors in memory: seeded values, files, digests.
#pragma once

#include <cstdint>
#include <vector>

#include "models/gpu/memory_layout.h"
#include "models/transport/sparse_memory.h"
#include "models/transport/workload.h"

namespace vr {

/// Writes the contents of a tensor whose data is kSeeded (counter-based from seed and name) or
/// kFile. A file holds the elements row by row without padding, then for NVFP4 the scales row by
/// row. Throws InputError when it is too short or long.
void write_contents(SparseMemory& memory, const TensorSpec& tensor, const TensorPlace& place,
                    std::uint64_t seed);

/// A tensor's elements as they lie in memory, rows without padding, and its scales by row (K / 16
/// per row, rounded up).
struct TensorBytes {
    std::vector<std::uint8_t> elements;
    std::int64_t row_bytes = 0;
    std::vector<std::uint8_t> scales;
    std::int64_t scale_row_bytes = 0;
};
[[nodiscard]] TensorBytes read_contents(const SparseMemory& memory, const TensorSpec& tensor,
                                        const TensorPlace& place);
/// FNV-1a of the elements and scales.
[[nodiscard]] std::uint64_t digest_of(const TensorBytes& bytes);

}  // namespace vr
