// SPDX-License-Identifier: Apache-2.0
// Where tensors lie in a GPU's memory.
#pragma once

#include <cstdint>
#include <vector>

#include "models/transport/memory_units.h"
#include "models/transport/workload.h"

namespace vr {

/// Place of one tensor. Rows begin on a 32 B sector, so `pitch` may exceed the bytes of a row.
struct TensorPlace {
    std::uint64_t base = 0;
    std::int64_t pitch = 0;        ///< bytes from row to row
    std::int64_t row_bytes = 0;    ///< bytes of a row that hold elements, rounded up to sectors
    std::uint64_t scale_base = 0;  ///< of the block scales (NVFP4)
    std::int64_t scale_pitch = 0;  ///< bytes per kScaleAtomRows rows of scales
    std::uint64_t end = 0;
};

/// Offset, within an atom of block scales, of the scale of row `row` and block `block` (0..3).
constexpr std::int64_t scale_offset(std::int64_t row, std::int64_t block) {
    return 16 * (row % 32) + 4 * (row / 32) + block;
}

/// Places every tensor of one GPU, one after the other, each on a boundary of `alignment` bytes.
/// Throws InputError when `capacity` bytes do not hold them.
[[nodiscard]] std::vector<TensorPlace> place_tensors(const Workload& workload, GpuIndex gpu,
                                                     std::uint64_t alignment,
                                                     std::uint64_t capacity);

/// The same for the memory of the host of GPUs `first` to `first + gpus - 1`: the layout within a
/// tensor is the GPU's, so that a copy moves bytes as they lie.
[[nodiscard]] std::vector<TensorPlace> place_host_tensors(const Workload& workload, GpuIndex first,
                                                          std::uint32_t gpus,
                                                          std::uint64_t alignment,
                                                          std::uint64_t capacity);

}  // namespace vr
