// SPDX-License-Identifier: Apache-2.0
// How attention is cut into tiles: rows of queries, blocks of keys, parts of the value's columns,
// and (where queries are few) parts of the keys for different SMs. Two tiles of queries share an SM
// and its keys: while the softmax works on one, the tensor core multiplies for the other. Not
// modelled: pairs of SMs, multicast of keys, see DEVIATIONS.md.
#pragma once

#include <cstdint>
#include <vector>

#include "models/gpu/kernels/kernels.h"

namespace vr {

/// What the plan is made from.
struct AttentionSizes {
    AttentionShape shape;
    std::int64_t queries = 1;   ///< of a sequence (of the one with most)
    std::int64_t rows = 1;      ///< queries of all sequences
    std::int64_t capacity = 0;  ///< rows of K per sequence
    TensorType type = TensorType::kBf16;
    bool own_values = false;  ///< V is a tensor of its own
};
[[nodiscard]] AttentionSizes attention_sizes(const Workload& workload, const OperatorSpec& op);

/// Where each sequence's queries begin, how many they are, and its keys.
[[nodiscard]] std::vector<AttentionSequence> list_sequences(const AttentionSizes& sizes);

/// Where a tile's weights lie between the softmax and their product with the values.
enum class WeightsPlace : std::uint8_t {
    kSharedMemory,
    kBesideScores,  ///< in tensor memory or registers of their own
    kOverScores,    ///< in the scores' place: the next scores wait for the product with the values
};

/// What an operator's arguments may fix instead of the plan, for kernels of others; 0: the plan's.
struct AttentionChoice {
    std::int64_t tile_rows = 0;
    std::int64_t key_block = 0;
    std::int64_t warp_rows = 0;  ///< rows that each warp multiplies by instructions of its own
    std::int64_t splits = 0;     ///< parts of the keys
    std::int64_t page_keys = 0;  ///< keys of a page of the cache, which a box does not leave
    /// A group of blocks per SM takes tile after tile; else each tile has a group of its own, which
    /// begins anew when an SM is free.
    bool persistent = true;
};
/// The arguments tile_rows, key_block, warp_rows, splits, page_keys, persistent. Throws InputError
/// for others.
[[nodiscard]] AttentionChoice attention_choice(const OperatorSpec& op);

struct AttentionPlan {
    /// Rows of a tile are the heads that share keys (one row after the other in memory), query by
    /// query; otherwise they are the queries of one head
    bool packed = false;
    std::int64_t rows = 128;     ///< of a tile
    std::int64_t parts = 1;      ///< tiles, one below the other, that a group works on in turns
    std::int64_t key_block = 0;  ///< keys per round
    std::int64_t warp_rows = 0;  ///< as MatrixInstruction::warp_rows
    std::int64_t box_keys = 0;   ///< keys of one load: the block, or those on one page
    WeightsPlace weights = WeightsPlace::kSharedMemory;
    /// Of a round's exponentials of one tile, those that vector pipes compute as polynomials
    std::int64_t polynomials = 0;
    std::int64_t value_parts = 1;
    bool separate_values = false;  ///< V comes in slots of its own
    std::int64_t score_stages = 1;
    std::int64_t output_stages = 1;
    std::int64_t query_stages = 1;
    std::int64_t key_stages = 2;
    std::int64_t round_cycles = 0;  ///< of the tensor core or of the softmax, whichever is longer

    [[nodiscard]] std::int64_t boxes() const { return key_block / box_keys; }
    [[nodiscard]] std::int64_t group_rows() const { return rows * parts; }
    [[nodiscard]] std::int64_t weight_slots() const {
        return weights == WeightsPlace::kSharedMemory ? 2 : 1;
    }
    /// Of the output on its way to memory, per tile; two tiles leave less room.
    [[nodiscard]] std::int64_t output_slots() const { return parts == 1 ? 2 : 1; }
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

/// Vector operations per score after the maximum: scale and subtract, sum, conversion. They run
/// beside the exponentials.
inline constexpr std::int64_t kScoreOperations = 3;
/// Of an exponential without the special-function unit: bound, two additions and a subtraction that
/// split it into whole and fraction, three multiply-adds, shift and addition of the exponent.
inline constexpr std::int64_t kPolynomialOperations = 9;
/// Threads that copy keys and values themselves (cp.async) take so many bytes at a time, with so
/// many operations: bound, predicate, two additions of an address, the copy.
inline constexpr std::int64_t kCopyBytes = 16;
inline constexpr std::int64_t kCopyOperations = 5;
inline constexpr std::int64_t kOutputChunkBytes = 128;  ///< per row of an output chunk
inline constexpr std::int64_t kMostSplits = 32;
/// Columns of one matrix instruction at most (PTX ISA).
inline constexpr std::int64_t kMostColumns = 256;

/// Of the keys of one head, and their values.
[[nodiscard]] std::int64_t key_value_bytes(const AttentionSizes& sizes, std::int64_t keys);
/// Operations that the vector pipes take for the maxima of a tile's scores.
[[nodiscard]] std::int64_t maximum_operations(std::int64_t elements, const SmConfig& sm);
/// Vector operations that follow each round's softmax: sums in registers are multiplied anew by the
/// threads that hold them. In tensor memory others do so, and rarely.
[[nodiscard]] std::int64_t rescale_operations(const AttentionSizes& sizes,
                                              const AttentionPlan& plan, const SmConfig& sm);

/// Operations of a round's copies, where the threads of the softmax make them.
[[nodiscard]] std::int64_t copy_operations(const AttentionSizes& sizes, const AttentionPlan& plan);

/// The two products of a round: scores, then the output's part of `columns` columns.
[[nodiscard]] MatrixInstruction score_instruction(const AttentionSizes& sizes,
                                                  const AttentionPlan& plan);
[[nodiscard]] MatrixInstruction output_instruction(const AttentionSizes& sizes,
                                                   const AttentionPlan& plan);

}  // namespace vr
