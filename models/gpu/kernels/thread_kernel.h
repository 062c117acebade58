// SPDX-License-Identifier: Apache-2.0
// Kernels whose threads load and store by themselves: many blocks, each of which moves a few
// elements per thread and goes. Builds their tile programs.
// Not modelled: contents; scheduling of single warps (threads go in groups of kGroupThreads).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/gpu/tile_program/tile_program.h"

namespace vr {

/// One load or store that every thread of a block makes in a round: consecutive threads,
/// consecutive elements.
struct ThreadAccess {
    std::string name;
    TensorIndex tensor{};
    std::uint64_t base = 0;         ///< physical address of what thread 0 of tile 0 takes
    std::int64_t bytes = 0;         ///< that exist from there on
    std::int64_t tile_stride = 0;   ///< bytes from tile to tile
    std::int64_t round_stride = 0;  ///< bytes from round to round
    std::int64_t tile_modulo = 0;   ///< tiles are counted modulo this (0: they are not)
    /// Of tiles of several rows: rows that exist, which are counted modulo this where rows_wrap;
    /// `tile_stride` is then from row to row, and tiles lie this far apart in a row
    std::int64_t rows = 0;
    bool rows_wrap = false;
    std::int64_t column_stride = 0;
    std::int64_t element_bytes = 0;  ///< that a thread moves; 0: as the kernel's
    std::int64_t tile_bytes = 0;     ///< of a whole block, which shares them; 0: threads' elements
};

/// A walk of a block's threads before the one that stores: its loads, and behind its last round
/// what the threads do together. All of a block wait for each other at its end.
struct ThreadPass {
    std::int64_t rounds = 1;
    std::int64_t round_instructions = 0;  ///< of a thread in each round
    std::int64_t end_instructions = 0;    ///< of a thread behind the last one
    std::vector<ThreadAccess> loads;
};

/// Threads that go together, eight warps: the unit of issue. Chosen for speed; DEVIATIONS.md.
inline constexpr std::int64_t kGroupThreads = 256;

/// How the blocks of a kernel meet after each pass.
enum class GridBarrier : std::uint8_t {
    kNone,
    kAnswered,   ///< thread 0 adds to a word, and looks at it when the answer has come (grid sync)
    kUnanswered  ///< the same without waiting for the answer (a flag)
};

struct ThreadKernel {
    std::int64_t threads = 256;     ///< of a block, a multiple of a warp or less than one
    std::int64_t registers = 32;    ///< of a thread
    std::int64_t shared_bytes = 0;  ///< of a block
    std::int64_t tiles = 1;         ///< one block each
    std::int64_t tile_columns = 1;  ///< tiles beside one another, each with as many blocks
    /// Threads beside one another on a row of a tile (0: tiles have one row, with all threads)
    std::int64_t row_threads = 0;
    std::int64_t passes = 1;              ///< that each block makes over its tile
    std::int64_t rounds = 1;              ///< of a block's loop
    std::int64_t element_bytes = 8;       ///< that a thread moves in one access
    std::int64_t rounds_in_flight = 1;    ///< loads of so many rounds are issued ahead
    std::int64_t start_instructions = 0;  ///< of a thread before its first access
    std::int64_t round_instructions = 0;  ///< of a thread in each round
    std::int64_t round_chain = 0;         ///< instructions in a row on the way to a round's loads
    std::int64_t group_threads = kGroupThreads;  ///< that go together
    GridBarrier barrier = GridBarrier::kNone;
    std::int64_t barrier_chain = 0;  ///< instructions in a row of the thread that meets the others
    ThreadAccess word;               ///< of the barrier
    /// Not empty: the rounds of each tile's block, and in `at[0]` the number of its tile, which
    /// those accesses count that have a modulo
    std::vector<RowTile> tile_rounds;
    std::vector<ThreadAccess> loads;
    std::vector<ThreadAccess> stores;
    std::vector<ThreadPass> passes_before;
    /// Loads whose values the addresses of a round's loads wait for, one of each per round
    std::vector<ThreadAccess> indices;
    /// Instructions are counted as the schedulers issue them, not as element operations
    bool counts_issue = false;
};

/// Of chains of instructions.
inline constexpr std::int64_t kLongestChain = 255;

/// Adds blocks, operands, pipelines and actors to a program that has a name and an operator.
void add_threads(TileProgram& program, const ThreadKernel& kernel);

}  // namespace vr
