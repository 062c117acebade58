// SPDX-License-Identifier: Apache-2.0
// How a product is cut into tiles, and in which order they are walked.
#pragma once

#include <cstdint>
#include <vector>

#include "models/gpu/kernels/kernels.h"

namespace vr {

inline constexpr std::int64_t kSlotKBytes = 128;  ///< of K per pipeline slot: one TMA swizzle row

/// How a product is to be cut, where its trace says so (arguments of a "gemm" operator): tiles of
/// one block, K per slot in bytes, slots.
struct GemmChoice {
    std::int64_t tile_rows = 0;  ///< 0: the plan chooses all of it
    std::int64_t tile_columns = 0;
    std::int64_t tile_blocks = 1;  ///< SMs of a tile
    std::int64_t raster_rows = 0;  ///< rows of tiles of a band; 0: chosen
    std::int64_t slot_bytes = kSlotKBytes;
    std::int64_t stages = 0;  ///< 0: as many as shared memory holds
    bool prefetch = true;     ///< into L2, a round ahead of the slots
};
/// Throws InputError for arguments that are unknown, outside their range or contradict each other.
[[nodiscard]] GemmChoice gemm_choice(const OperatorSpec& spec, NumberKind kind, bool carries_data);

/// The instruction of a tile of this shape.
[[nodiscard]] MatrixInstruction gemm_instruction(const TileShape& shape, NumberKind kind);

/// The shape with the least time for products of `rows` rows each (the same N and K), `batch`
/// times. A tile's columns are a multiple of `least_columns`, so that its rows of the output are
/// whole sectors.
[[nodiscard]] TileShape choose_gemm_shape(const std::vector<std::int64_t>& rows, std::int64_t n,
                                          std::int64_t batch, std::int64_t k, TensorType type,
                                          const KernelTarget& target,
                                          std::int64_t least_columns = 1);

/// Height of the bands in which tiles are walked: the one with the fewest bytes from memory. A band
/// reads its rows of A once and sweeps B once; B stays in L2 from band to band if it fits beside
/// the rows of A in use, and the rows of a band stay there from wave to wave if they fit. Ties go
/// to the band whose part of a wave is nearest to square.
[[nodiscard]] std::int64_t raster_rows(const TileProgram& program, const TileShape& shape,
                                       std::int64_t a_bytes, std::int64_t b_bytes,
                                       std::int64_t cache_bytes);

}  // namespace vr
