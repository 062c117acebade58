// SPDX-License-Identifier: Apache-2.0
// Programs whose pipeline slots hold the boxes of a tile and room for its results: a TMA producer
// fills a slot, a warp group computes in it, TMA stores the results from it.
#pragma once

#include <cstdint>
#include <vector>

#include "models/gpu/kernels/kernels.h"

namespace vr {

struct SlotBuilder {
    SlotBuilder(const Workload& the_workload, OperatorIndex index,
                const std::vector<TensorPlace>& the_places, const KernelTarget& the_target);
    const OperatorSpec& spec;
    const Workload& workload;
    const std::vector<TensorPlace>& places;
    const KernelTarget& target;
    TileProgram program;
    std::int64_t slot_bytes = 0;

    [[nodiscard]] const TensorSpec& tensor(TensorIndex index) const {
        return workload.tensors[index.value];
    }
    /// A box at (tile row x box rows, tile column x step + first bytes), behind the boxes so far.
    TileOperand& add(const char* name, TensorIndex index, std::int64_t box_rows,
                     std::int64_t box_bytes, std::int64_t step = 0, std::int64_t first = 0);
    /// A box of results. Rows may have places of their own in the output, at equal distances.
    TileOperand& add_store(const char* name, std::int64_t box_rows, std::int64_t box_bytes,
                           std::int64_t step = 0, std::int64_t first = 0);
    /// Pipeline and actors: all operands but the last TileProgram::stores are loaded, then
    /// `operations` vector operations (0: none), then the stores. Throws InputError when a slot
    /// exceeds shared memory.
    void finish(std::int64_t operations);
};

}  // namespace vr
