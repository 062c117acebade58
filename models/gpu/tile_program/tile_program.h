// SPDX-License-Identifier: Apache-2.0
// Tile programs: how a kernel looks to the SMs. A group of one or two thread blocks walks over
// tiles of the output; each block has actors (a TMA producer warp, a tensor-core warp, an epilogue
// warp group) that meet in pipelines. Not modelled: instruction fetch and scalar code between the
// instructions named here.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/base/index.h"
#include "models/base/quantity.h"
#include "models/gpu/matrix_instruction.h"
#include "models/transport/workload.h"

namespace vr {

inline constexpr std::size_t kListedCoordinates = 4;
inline constexpr std::size_t kMostPipelines = 12;
inline constexpr std::int64_t kMostParts = 2;  ///< tiles of queries of a group of attention

/// A linear form in the tile coordinates: what a TMA instruction computes its box origin from.
struct TileForm {
    std::int64_t m = 0;      ///< times the tile's row number
    std::int64_t n = 0;      ///< times the tile's column number
    std::int64_t k = 0;      ///< times the loop counter
    std::int64_t block = 0;  ///< times the block's number within its group
    std::int64_t g = 0;      ///< times the number of the matrix product of a grouped or batched one
    /// Times the listed coordinates of the row of tiles
    std::array<std::int64_t, kListedCoordinates> listed{};
};

/// Who moves the bytes of an operand.
enum class MemoryPath : std::uint8_t {
    kTma,      ///< between memory and a slot in shared memory, past the L1 cache
    kThreads,  ///< plain loads and stores of the actor's threads: registers, through the L1 cache
};

/// A box of a tensor that TMA moves in one transfer: rows x bytes, origin by tile coordinates, cut
/// at the tensor's ends.
struct TileOperand {
    std::string name;
    TensorIndex tensor{};
    MemoryPath path = MemoryPath::kTma;
    std::uint64_t base = 0;        ///< physical address of element (0, 0)
    std::int64_t pitch = 0;        ///< bytes from row to row
    std::int64_t tensor_rows = 0;  ///< rows that exist
    std::int64_t row_bytes = 0;    ///< bytes of each row that exist
    std::int64_t box_rows = 0;
    std::int64_t box_bytes = 0;
    TileForm row;  ///< first row of the box
    /// Rows (bytes) that a box may take from where its product begins; 0: to the tensor's end.
    std::int64_t row_extent = 0;
    std::int64_t byte_extent = 0;
    /// Not empty: `row_extent` by product
    std::vector<std::int64_t> row_extents;
    /// Tensor rows per row of this operand, where rows of tiles are listed (0: they are not).
    std::int64_t listed_row_unit = 0;
    std::int64_t row_modulo = 0;  ///< rows are counted modulo this (0: they are not)
    std::int64_t row_offset = 0;  ///< then this is added
    /// Not empty: the row so found is an index into this list of rows (TMA gather)
    std::vector<std::int32_t> row_list;
    TileForm byte;                   ///< first byte in each row
    bool evict_first = false;        ///< L2 cache hint of the transfer
    bool multicast = false;          ///< loads land in every block of the group
    std::int64_t shared_offset = 0;  ///< where the box lands within its pipeline slot
};

/// A ring of buffers between actors: producers fill a slot, consumers empty it (a pair of mbarriers
/// per slot).
struct TilePipeline {
    std::string name;
    std::int64_t stages = 1;
    /// Bytes of shared memory per slot and block (0: the slots are elsewhere)
    std::int64_t slot_bytes = 0;
    std::int64_t shared_base = 0;  ///< where its slots begin in shared memory
    bool shared = true;            ///< one ring for the blocks of a group (false: one per block)
    std::int64_t arrivals = 1;     ///< arrivals that make a slot empty again (one per consumer)
    /// Instruction arrivals that make a slot full, besides the bytes of its transfers
    std::int64_t fills = 1;
    bool registers = false;  ///< slots are registers: who waits for them goes on at once
};

enum class TileOpcode : std::uint8_t {
    kForEachTile,  ///< loop over the tiles of this group
    kNextTile,     ///< end of that loop
    kLoop,  ///< loop of `count` rounds (0: those listed for the tile); its counter is the k of
            ///< tile forms
    kEndLoop,
    kAcquire,   ///< wait until the actor's next slot of `pipeline` is empty
    kLoad,      ///< start a TMA load of `operand` into the acquired slot; its bytes fill the slot
    kPrefetch,  ///< start a TMA prefetch into L2 of what `operand` will be `count` rounds from now,
                ///< if it is this group's part
    kWaitFull,  ///< wait until the actor's next slot of `pipeline` is full
    kMultiply,  ///< tensor core: the product number `operand`, from full slots into the acquired
                ///< accumulator slot
    kReleaseAfterMultiply,  ///< give the slot of `pipeline` back when the multiplications issued so
                            ///< far are done
    kFillAfterMultiply,     ///< make the acquired slot of `pipeline` full when they are done
    kReadAccumulator,       ///< tensor memory to registers or back: `count` bytes
    kReadScores,   ///< the same, of attention's scores: product number `operand`; `pipeline` is
                   ///< where probabilities will go
    kExponential,  ///< start `count` exponentials; the next kVector ends no earlier than they do
    kReduce,       ///< wait until threads that share a row have put their results together
    kVector,       ///< `count` element operations on the vector pipes, in instructions of which
                   ///< `operand` wait for one another
    kIssue,  ///< `count` instructions of single threads, whatever they do: the schedulers' width
    kWriteShared,  ///< registers to shared memory: `count` bytes into the acquired slot, of the
                   ///< product number `operand` where there are any
    kRelease,      ///< give the actor's slot of `pipeline` back now
    kFill,         ///< arrive on the actor's acquired slot of `pipeline`
    kStore,   ///< TMA store of `operand` from the actor's slot of `pipeline`; the slot is free once
              ///< read
    kFence,   ///< waits until what the block's threads stored is in L2, and for a fence of the GPU
    kArrive,  ///< adds 1 to the word at `operand`'s base, and waits for the answer unless `count`
              ///< is 0
    kAwait,   ///< loads that word past L1, again and again, until all groups have arrived as often
              ///< as this one
    kEndTile,  ///< counts the tile as finished
    kEnd,
};

struct TileInstruction {
    TileOpcode opcode = TileOpcode::kEnd;
    std::uint8_t pipeline = 0;
    std::uint8_t operand = 0;
    std::int64_t count = 0;
};

/// Code of one warp or warp group.
struct TileActor {
    std::string name;
    bool leader_only = false;   ///< runs in the first block of a group only
    bool shows_stalls = false;  ///< its waits stand in the event record (one actor of a program)
    std::vector<TileInstruction> code;
};

/// What happens to data: which function a kernel computes (the timing is in the actors).
enum class TileFunction : std::uint8_t {
    kMatrixMultiply,
    kCopy,
    kAdd,
    kMultiply,
    kRelu,
    kSilu,
    kRows,       ///< a function of each row of the landed boxes: `row_function`
    kAttention,  ///< softmax(Q K^T) V: `attention`
    kCombine,    ///< rows of experts, weighted and summed: `dispatch`
    kCustom,     ///< TileProgram::element
};

/// A listed row of tiles: its rows of A and D, and which product (sequence, group) it belongs to.
struct RowTile {
    std::int64_t first = 0;
    std::int64_t end = 0;  ///< behind the last row of the product
    std::int64_t group = 0;
    std::array<std::int64_t, kListedCoordinates> at{};
    std::int64_t first_round = 0;  ///< of loops over listed rounds
    std::int64_t end_round = 0;
};

/// Where a matrix product takes an operand from in shared memory.
struct MatrixSource {
    std::uint8_t pipeline = 0;
    std::int64_t offset = 0;  ///< within its slot
    std::int64_t pitch = 0;   ///< bytes from row to row
    bool transposed = false;  ///< K runs down the rows ("MN-major")
};

/// A product that tensor cores compute slot by slot: `rows` x `columns` accumulators.
struct MatrixProduct {
    MatrixInstruction instruction;
    std::int64_t pieces = 1;               ///< instructions side by side that cover the columns
    std::int64_t k_bytes = 0;              ///< bytes of K in all
    std::int64_t slot_k_bytes = 0;         ///< bytes of K in one slot
    std::int64_t instruction_k_bytes = 0;  ///< bytes of K in one instruction
    /// K advances slot by slot with the loop; false: each slot holds its whole K
    bool sums_over_loop = true;
    bool starts_anew = false;  ///< accumulators start from zero in each round, not in the first
    /// Block scales copied from shared to tensor memory per slot and block
    std::int64_t scale_bytes_per_slot = 0;
    std::int64_t rows = 0;  ///< of one tile (all blocks)
    std::int64_t columns = 0;
    TensorType type = TensorType::kBf16;  ///< of A and B
    MatrixSource a;
    MatrixSource b;
    std::uint8_t accumulator_pipeline = 0;
    std::int64_t accumulator_base = 0;  ///< number of its first accumulator buffer
    bool rescales = false;  ///< accumulators are first multiplied by what the softmax left
    std::int64_t part = 0;  ///< of attention: which of the tiles of queries of a group it is for
};

/// Queries of a sequence, and its keys that count.
struct AttentionSequence {
    std::int64_t first_query = 0;
    std::int64_t queries = 1;
    std::int64_t keys = 0;
};

/// Data of an attention tile: what its softmax needs to know.
struct AttentionTile {
    std::vector<AttentionSequence> sequences;
    std::int64_t rows_per_query = 1;  ///< rows of the tile that belong to one query (packed heads)
    std::int64_t key_block = 0;
    bool causal = false;
    float scale = 1;
    bool partial = false;  ///< the output is FP32, and its row sums stand behind each row
};
/// Behind a row of a partial result: the score that its probabilities are counted from, their sum,
/// and padding up to a sector.
inline constexpr std::int64_t kRowSumBytes = 32;
inline constexpr std::int64_t kRowSumColumns = kRowSumBytes / 4;

/// Routing of permute and combine.
struct DispatchRule {
    TensorIndex routing{};
    std::uint64_t routing_base = 0;  ///< where it lies in memory
    std::int64_t routing_pitch = 0;
    std::int64_t tokens = 0;
    std::int64_t count = 0;  ///< experts per token
    std::int64_t first_expert = 0;
    std::vector<std::int64_t> starts;  ///< first row of each local expert, then the rows in all
    std::vector<std::int64_t> rows;    ///< of each local expert, without padding
    bool by_token = false;             ///< the list is by token and choice (combine)
    /// `experts`: local expert (or -1) by token and choice. Permute: the token of each row;
    /// combine: the row of each token's choice; -1 for none.
    [[nodiscard]] std::vector<std::int32_t> list_rows(
        const std::vector<std::vector<std::int64_t>>& experts) const;
};

/// A whole kernel: grid, shapes, pipelines, actors.
struct TileProgram {
    OperatorIndex operator_index{};
    std::string name;
    TileFunction function = TileFunction::kCopy;
    /// Of kCustom: an output element from those of the first and the second load (0 without one)
    float (*element)(float first, float second) = nullptr;
    std::int64_t tiles_m = 1;
    std::int64_t tiles_n = 1;
    /// Tiles are walked in bands of this many rows of tiles, column by column
    std::int64_t raster_rows = 1;
    std::int64_t blocks_per_group = 1;
    /// What a block takes of an SM that it shares with others. 0 threads: it has the SM for itself.
    std::int64_t threads_per_block = 0;
    std::int64_t registers_per_thread = 0;
    std::int64_t groups = 1;  ///< groups launched (persistent: each takes every groups-th tile)
    std::vector<RowTile> row_tiles;  ///< by row of tiles; empty: they follow one another
    std::int64_t columns_per_product =
        0;  ///< columns of tiles of each of several products (0: one)
    std::vector<TileOperand> operands;
    std::vector<TilePipeline> pipelines;
    std::vector<TileActor> actors;

    std::vector<MatrixProduct> products;  ///< of kMultiply; the output is the last one's
    std::int64_t shared_bytes = 0;        ///< shared memory of one block
    bool carries_data = false;
    TensorType input_type = TensorType::kBf16;
    TensorType output_type = TensorType::kBf16;
    std::int64_t chunk_columns = 0;  ///< output columns that the epilogue handles at a time
    std::int64_t chunk_pitch = 0;    ///< bytes per row of a chunk in shared memory
    bool gated = false;  ///< the epilogue makes a column of gates and values in turn: silu(g) * v

    RowFunction row_function = RowFunction::kRmsNorm;  ///< of TileFunction::kRows
    std::int64_t row_columns = 0;                ///< elements of a row of the first operand's box
    std::size_t stores = 1;                      ///< the last operands: outputs, in the slot too
    TensorType second_type = TensorType::kBf16;  ///< of the second operand's elements
    float epsilon = 0;
    std::int64_t rotated_first = 0;  ///< of a row's elements, those that kRope turns
    std::int64_t rotated_columns = 0;
    RoutingRule routing;
    AttentionTile attention;
    DispatchRule dispatch;

    [[nodiscard]] std::int64_t tiles() const { return tiles_m * tiles_n; }
    /// Bytes of all slots, those behind `shared_bytes` included, which lie elsewhere.
    [[nodiscard]] std::int64_t slot_bytes() const;
    /// Names the machine code: equal for kernels that differ in addresses, sizes and loop counts
    /// alone, which are arguments of one compiled kernel.
    [[nodiscard]] std::uint64_t code() const;
    /// Row and column of the tile that is the `tile`-th in the walk.
    struct Place {
        std::int64_t m = 0;
        std::int64_t n = 0;
        std::int64_t g = 0;
    };
    [[nodiscard]] Place place(std::int64_t tile) const {
        const std::int64_t band = tile / (raster_rows * tiles_n);
        const std::int64_t first = band * raster_rows;
        const std::int64_t rows = raster_rows < tiles_m - first ? raster_rows : tiles_m - first;
        const std::int64_t within = tile - first * tiles_n;
        Place at{first + within % rows, within / rows, 0};
        if (!row_tiles.empty()) {
            at.g = row_tiles[static_cast<std::size_t>(at.m)].group;
        } else if (columns_per_product > 0) {
            at.g = at.n / columns_per_product;
            at.n %= columns_per_product;
        }
        return at;
    }
    /// The listed row of tiles of the `tile`-th tile in the walk.
    [[nodiscard]] const RowTile& row_tile(std::int64_t tile) const {
        return row_tiles[static_cast<std::size_t>(place(tile).m)];
    }
    /// Rounds of the K loop per tile, of a program that has one.
    [[nodiscard]] std::int64_t rounds() const {
        return divide_round_up(products.front().k_bytes, products.front().slot_k_bytes);
    }
    /// True when the group with this tile is the one that prefetches its operand for a round.
    /// Groups that want the same box at the same time (their tiles lie in one row or column of
    /// tiles, in one wave and one band, and in one product) take turns; a box that one group alone
    /// wants is not prefetched. Listed rows of tiles must be in the order of their products, and no
    /// products lie side by side (columns_per_product).
    [[nodiscard]] bool prefetches(std::int64_t tile, std::int64_t round,
                                  const TileOperand& operand) const;
};

}  // namespace vr
