// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/kernels/thread_kernel.h"

#include <algorithm>

#include "models/base/error.h"

namespace vr {

namespace {

constexpr std::int64_t kWarp = 32;

TileOperand operand_of(const ThreadAccess& access, const ThreadKernel& kernel, std::int64_t first,
                       std::int64_t threads) {
    const std::int64_t offset = first * kernel.element_bytes;
    TileOperand operand;
    operand.name = access.name;
    operand.tensor = access.tensor;
    operand.path = MemoryPath::kThreads;
    operand.base = access.base + static_cast<std::uint64_t>(offset);
    operand.box_rows = 1;
    operand.box_bytes = threads * kernel.element_bytes;
    if (access.tile_modulo > 0) {  // tiles as rows, which are counted modulo
        operand.row.m = 1;
        operand.row_modulo = access.tile_modulo;
        operand.tensor_rows = access.tile_modulo;
        operand.pitch = access.tile_stride;
    } else {
        operand.tensor_rows = 1;
        operand.byte.m = access.tile_stride;
    }
    operand.byte.k = access.round_stride;
    operand.row_bytes = std::max<std::int64_t>(access.bytes - offset, 0);
    return operand;
}

TileInstruction chain(std::int64_t count, std::int64_t threads) {
    return {TileOpcode::kVector, 0, static_cast<std::uint8_t>(count), threads * count};
}

// The warp that meets the other blocks for its own. `pass` is full when the block has come.
TileActor meeting(const ThreadKernel& kernel, std::uint8_t pass, std::uint8_t word) {
    TileActor actor{"barrier of blocks", false, false, {}};
    actor.code = {{TileOpcode::kForEachTile, 0, 0, 0}, {TileOpcode::kWaitFull, pass, 0, 0}};
    if (kernel.barrier_chain > 0) {
        actor.code.push_back(chain(kernel.barrier_chain, kWarp));
    }
    const std::int64_t answered = kernel.barrier == GridBarrier::kAnswered ? 1 : 0;
    actor.code.insert(actor.code.end(), {{TileOpcode::kFence, 0, 0, 0},
                                         {TileOpcode::kArrive, 0, word, answered},
                                         {TileOpcode::kAwait, 0, word, 0},
                                         {TileOpcode::kRelease, pass, 0, 0},
                                         {TileOpcode::kEndTile, 0, 0, 0},
                                         {TileOpcode::kNextTile, 0, 0, 0},
                                         {TileOpcode::kEnd, 0, 0, 0}});
    return actor;
}

}  // namespace

void add_threads(TileProgram& program, const ThreadKernel& kernel) {
    ensure(kernel.threads > 0 && kernel.tiles > 0 && kernel.rounds > 0 &&
               kernel.rounds_in_flight > 0 && kernel.element_bytes > 0 && kernel.passes > 0 &&
               kernel.group_threads >= kWarp,
           "kernel '{}': {} threads, {} tiles, {} rounds, {} in flight, elements of {} B",
           program.name, kernel.threads, kernel.tiles, kernel.rounds, kernel.rounds_in_flight,
           kernel.element_bytes);
    ensure(std::max(kernel.round_chain, kernel.barrier_chain) <= kLongestChain,
           "kernel '{}': chains of {} and {} instructions", program.name, kernel.round_chain,
           kernel.barrier_chain);
    program.tiles_m = kernel.tiles;
    program.tiles_n = kernel.passes;
    program.raster_rows = kernel.tiles;
    program.groups = kernel.tiles;
    program.blocks_per_group = 1;
    program.threads_per_block = kernel.threads;
    program.registers_per_thread = kernel.registers;
    program.shared_bytes = kernel.shared_bytes;
    // A pass that nothing holds back begins while the one before it is on its way.
    const std::int64_t in_a_row =
        kernel.rounds * (kernel.barrier == GridBarrier::kNone ? kernel.passes : 1);
    const std::int64_t ahead = std::min(kernel.rounds_in_flight, in_a_row);
    const bool meets = kernel.barrier != GridBarrier::kNone;
    const std::uint8_t pass = 0;
    if (meets) {  // full when every group of threads is through, empty when all blocks are
        program.pipelines.push_back({"pass", 1, 0, 0, false, 1,
                                     divide_round_up(kernel.threads, kernel.group_threads), false});
        program.operands.push_back(operand_of(kernel.word, kernel, 0, 1));
    }
    for (std::int64_t first = 0; first < kernel.threads; first += kernel.group_threads) {
        const std::int64_t threads = std::min(kernel.group_threads, kernel.threads - first);
        const auto pipeline = static_cast<std::uint8_t>(program.pipelines.size());
        const auto load = static_cast<std::uint8_t>(program.operands.size());
        for (const ThreadAccess& access : kernel.loads) {
            program.operands.push_back(operand_of(access, kernel, first, threads));
        }
        const auto store = static_cast<std::uint8_t>(program.operands.size());
        for (const ThreadAccess& access : kernel.stores) {
            program.operands.push_back(operand_of(access, kernel, first, threads));
        }
        // Registers: a slot holds what a round loads. A store reads them and leaves.
        program.pipelines.push_back({fmt::format("registers {}", first), ahead, 0, 0, false,
                                     std::max<std::int64_t>(1, std::ssize(kernel.stores)), 1,
                                     true});
        // Loads run ahead of what uses them: as two actors, which is how a compiler orders them.
        TileActor loads{fmt::format("loads of threads {}", first), false, false, {}};
        TileActor uses{fmt::format("threads {}", first), false, first == 0, {}};
        loads.code = {{TileOpcode::kForEachTile, 0, 0, 0}};
        if (meets) {
            loads.code.push_back({TileOpcode::kAcquire, pass, 0, 0});
        }
        if (kernel.start_instructions > 0) {
            loads.code.push_back({TileOpcode::kVector, 0, 0, threads * kernel.start_instructions});
        }
        loads.code.push_back({TileOpcode::kLoop, 0, 0, kernel.rounds});
        if (kernel.round_chain > 0) {  // addresses, while the round's registers are not free yet
            loads.code.push_back(chain(kernel.round_chain, threads));
        }
        loads.code.push_back({TileOpcode::kAcquire, pipeline, 0, 0});
        for (std::size_t i = 0; i < kernel.loads.size(); ++i) {
            loads.code.push_back(
                {TileOpcode::kLoad, pipeline, static_cast<std::uint8_t>(load + i), 0});
        }
        loads.code.insert(loads.code.end(), {{TileOpcode::kFill, pipeline, 0, 0},
                                             {TileOpcode::kEndLoop, 0, 0, 0},
                                             {TileOpcode::kNextTile, 0, 0, 0},
                                             {TileOpcode::kEnd, 0, 0, 0}});
        uses.code = {{TileOpcode::kForEachTile, 0, 0, 0}};
        if (meets) {
            uses.code.push_back({TileOpcode::kAcquire, pass, 0, 0});
        }
        uses.code.insert(uses.code.end(), {{TileOpcode::kLoop, 0, 0, kernel.rounds},
                                           {TileOpcode::kWaitFull, pipeline, 0, 0}});
        if (kernel.round_instructions > 0) {
            uses.code.push_back({TileOpcode::kVector, 0, 0, threads * kernel.round_instructions});
        }
        for (std::size_t i = 0; i < kernel.stores.size(); ++i) {
            uses.code.push_back(
                {TileOpcode::kStore, pipeline, static_cast<std::uint8_t>(store + i), 0});
        }
        if (kernel.stores.empty()) {
            uses.code.push_back({TileOpcode::kRelease, pipeline, 0, 0});
        }
        uses.code.push_back({TileOpcode::kEndLoop, 0, 0, 0});
        if (meets) {
            uses.code.push_back({TileOpcode::kFill, pass, 0, 0});
        } else if (first == 0) {
            uses.code.push_back({TileOpcode::kEndTile, 0, 0, 0});
        }
        uses.code.insert(uses.code.end(),
                         {{TileOpcode::kNextTile, 0, 0, 0}, {TileOpcode::kEnd, 0, 0, 0}});
        program.actors.push_back(std::move(loads));
        program.actors.push_back(std::move(uses));
    }
    if (meets) {
        program.actors.push_back(meeting(kernel, pass, 0));
    }
}

}  // namespace vr
