// SPDX-License-Identifier: Apache-2.0
// How attention is cut into tiles: rows of queries, blocks of keys, parts of the value's columns,
// and (where queries are few) parts of the keys for different SMs. Not modelled: pairs of SMs,
// multicast of keys, see DEVIATIONS.md.
#pragma once

#include <cstdint>
#include <vector>

#include "models/gpu/kernels/kernels.h"

namespace vr {

/// What the plan is made from.
struct AttentionSizes {
    AttentionShape shape;
    std::int64_t queries = 1;   ///< per sequence
    std::int64_t capacity = 0;  ///< rows of K per sequence
    TensorType type = TensorType::kBf16;
    bool own_values = false;  ///< V is a tensor of its own
};
[[nodiscard]] AttentionSizes attention_sizes(const Workload& workload, const OperatorSpec& op);

struct AttentionPlan {
    /// Rows of a tile are the heads that share keys (one row after the other in memory), query by
    /// query; otherwise they are the queries of one head
    bool packed = false;
    std::int64_t rows = 128;     ///< of a tile
    std::int64_t key_block = 0;  ///< keys per round
    std::int64_t value_parts = 1;
    bool separate_values = false;  ///< V comes in slots of its own
    std::int64_t score_stages = 1;
    std::int64_t output_stages = 1;
    std::int64_t query_stages = 1;
    std::int64_t key_stages = 2;
    std::int64_t round_cycles = 0;  ///< of the tensor core or of the softmax, whichever is longer
};

/// The plan with the least time per key and row by the machine's own rates, within tensor memory
/// and shared memory. Throws InputError where none fits.
[[nodiscard]] AttentionPlan plan_attention(const AttentionSizes& sizes, const OperatorSpec& op,
                                           std::int64_t output_bits, const KernelTarget& target);

/// Tiles of `splits` parts of the keys each, in the order in which they are taken: causal ones
/// longest first among the heads whose keys and values share L2 (as FlashAttention-3 and -4 do), so
/// that SMs end together and heads are read once. RowTile::at: kv head, head, split, value part.
[[nodiscard]] std::vector<RowTile> list_attention_tiles(const AttentionSizes& sizes,
                                                        const AttentionPlan& plan,
                                                        std::int64_t splits,
                                                        const KernelTarget& target);

/// Parts of the keys that different SMs take, 1 where the tiles fill the machine or where putting
/// the parts together costs more than it saves.
[[nodiscard]] std::int64_t choose_splits(const AttentionSizes& sizes, const AttentionPlan& plan,
                                         const KernelTarget& target);

/// Vector operations per score: scale and subtract, maximum, sum, conversion.
inline constexpr std::int64_t kScoreOperations = 4;
inline constexpr std::int64_t kOutputChunkBytes = 128;  ///< per row of an output chunk
inline constexpr std::int64_t kWeightSlots = 2;
inline constexpr std::int64_t kOutputSlots = 2;
/// Columns of one matrix instruction at most (PTX ISA).
inline constexpr std::int64_t kMostColumns = 256;

/// The two products of a round: scores, then the output's part of `columns` columns.
[[nodiscard]] MatrixInstruction score_instruction(const AttentionSizes& sizes,
                                                  const AttentionPlan& plan);
[[nodiscard]] MatrixInstruction output_instruction(const AttentionSizes& sizes,
                                                   const AttentionPlan& plan);

}  // namespace vr
