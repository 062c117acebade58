// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/kernels/thread_kernel.h"

#include <algorithm>

#include "models/base/error.h"

namespace vr {

namespace {

constexpr std::int64_t kWarp = 32;
constexpr std::uint8_t kPass = 0;  // pipeline and operand of a barrier of all blocks
constexpr std::uint8_t kWord = 0;

TileOperand operand_of(const ThreadAccess& access, const ThreadKernel& kernel, std::int64_t first,
                       std::int64_t threads) {
    const std::int64_t element =
        access.element_bytes > 0 ? access.element_bytes : kernel.element_bytes;
    TileOperand operand;
    operand.name = access.name;
    operand.tensor = access.tensor;
    operand.path = MemoryPath::kThreads;
    operand.byte.k = access.round_stride;
    if (access.rows > 0) {  // these threads take rows of the tile
        operand.base = access.base;
        operand.box_rows = threads / kernel.row_threads;
        operand.box_bytes = kernel.row_threads * element;
        if (access.column_stride > 0) {  // threads behind a tile's columns have nothing to do
            operand.box_bytes = std::min(operand.box_bytes, access.column_stride);
        }
        operand.row.m = kernel.threads / kernel.row_threads;
        operand.row_offset = first / kernel.row_threads;
        operand.row_modulo = access.rows_wrap ? access.rows : 0;
        operand.tensor_rows = access.rows;
        operand.pitch = access.tile_stride;
        operand.row_bytes = access.bytes;
        operand.byte.n = access.column_stride;
        return operand;
    }
    const std::int64_t offset = access.tile_bytes > 0 ? 0 : first * element;
    operand.base = access.base + static_cast<std::uint64_t>(offset);
    operand.box_rows = 1;
    operand.box_bytes = access.tile_bytes > 0 ? access.tile_bytes : threads * element;
    if (access.tile_modulo > 0) {  // tiles as rows, which are counted modulo
        (kernel.tile_rounds.empty() ? operand.row.m : operand.row.listed.front()) = 1;
        operand.row_modulo = access.tile_modulo;
        operand.tensor_rows = access.tile_modulo;
        operand.pitch = access.tile_stride;
    } else {
        operand.tensor_rows = 1;
        operand.byte.m = access.tile_stride;
    }
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

// Adds the actors of some threads of a block.
class GroupBuilder {
  public:
    GroupBuilder(TileProgram& program, const ThreadKernel& kernel, std::int64_t first,
                 std::uint8_t first_barrier)
        : program_(program),
          kernel_(kernel),
          first_(first),
          threads_(std::min(kernel.group_threads, kernel.threads - first)),
          barrier_(first_barrier) {}

    // Loads run ahead of what uses them: as two actors, which is how a compiler orders them.
    void build() {
        loads_.code = uses_.code = {{TileOpcode::kForEachTile, 0, 0, 0}};
        if (meets()) {
            add(loads_, TileOpcode::kAcquire, kPass);
            add(uses_, TileOpcode::kAcquire, kPass);
        }
        instructions(loads_, kernel_.start_instructions);
        for (const ThreadPass& pass : kernel_.passes_before) {
            walk_before(pass);
        }
        if (!kernel_.indices.empty()) {
            add_indices();
        }
        walk();
        for (TileActor* actor : {&indexes_, &loads_, &uses_}) {
            if (!actor->code.empty()) {
                actor->code.push_back({TileOpcode::kNextTile, 0, 0, 0});
                actor->code.push_back({TileOpcode::kEnd, 0, 0, 0});
                program_.actors.push_back(std::move(*actor));
            }
        }
    }

  private:
    [[nodiscard]] bool meets() const { return kernel_.barrier != GridBarrier::kNone; }
    [[nodiscard]] std::uint8_t operands(const std::vector<ThreadAccess>& accesses) {
        const auto number = static_cast<std::uint8_t>(program_.operands.size());
        for (const ThreadAccess& access : accesses) {
            program_.operands.push_back(operand_of(access, kernel_, first_, threads_));
        }
        return number;
    }
    // Registers: a slot holds what a round loads.
    [[nodiscard]] std::uint8_t registers(std::int64_t rounds_ahead, std::int64_t arrivals) {
        const auto number = static_cast<std::uint8_t>(program_.pipelines.size());
        program_.pipelines.push_back({fmt::format("registers {}", first_), rounds_ahead, 0, 0,
                                      false, std::max<std::int64_t>(1, arrivals), 1, true});
        return number;
    }
    void instructions(TileActor& actor, std::int64_t of_a_thread) const {
        if (of_a_thread > 0) {
            actor.code.push_back({kernel_.counts_issue ? TileOpcode::kIssue : TileOpcode::kVector,
                                  0, 0, threads_ * of_a_thread});
        }
    }
    static void add(TileActor& actor, TileOpcode opcode, std::uint8_t pipeline = 0,
                    std::uint8_t operand = 0, std::int64_t count = 0) {
        actor.code.push_back({opcode, pipeline, operand, count});
    }
    static void load_round(TileActor& actor, std::uint8_t pipeline, std::uint8_t operand,
                           std::size_t count) {
        add(actor, TileOpcode::kAcquire, pipeline);
        for (std::size_t i = 0; i < count; ++i) {
            add(actor, TileOpcode::kLoad, pipeline, static_cast<std::uint8_t>(operand + i));
        }
        add(actor, TileOpcode::kFill, pipeline);
    }
    void walk_before(const ThreadPass& pass) {
        const std::uint8_t operand = operands(pass.loads);
        const std::uint8_t pipeline = registers(1, 1);
        add(loads_, TileOpcode::kLoop, 0, 0, pass.rounds);
        load_round(loads_, pipeline, operand, pass.loads.size());
        add(loads_, TileOpcode::kEndLoop);
        add(loads_, TileOpcode::kWaitFull, barrier_);
        add(loads_, TileOpcode::kRelease, barrier_);
        add(uses_, TileOpcode::kLoop, 0, 0, pass.rounds);
        add(uses_, TileOpcode::kWaitFull, pipeline);
        instructions(uses_, pass.round_instructions);
        add(uses_, TileOpcode::kRelease, pipeline);
        add(uses_, TileOpcode::kEndLoop);
        instructions(uses_, pass.end_instructions);
        add(uses_, TileOpcode::kAcquire, barrier_);
        add(uses_, TileOpcode::kFill, barrier_);
        ++barrier_;
    }
    // The next indices are loaded when the values of these have come: a thread runs in order.
    void add_indices() {
        const std::uint8_t operand = operands(kernel_.indices);
        index_pipeline_ = registers(1, 1);
        add(indexes_, TileOpcode::kForEachTile);
        add(indexes_, TileOpcode::kLoop, 0, 0, kernel_.rounds);
        load_round(indexes_, index_pipeline_, operand, kernel_.indices.size());
        add(indexes_, TileOpcode::kEndLoop);
    }
    void walk() {
        const bool indexed = !kernel_.indices.empty();
        // A pass that nothing holds back begins while the one before it is on its way.
        const std::int64_t listed = kernel_.tile_rounds.empty() ? kernel_.rounds : 0;
        const std::int64_t in_a_row = kernel_.rounds * (meets() ? 1 : kernel_.passes);
        const std::int64_t ahead = std::min(kernel_.rounds_in_flight, in_a_row);
        const std::uint8_t pipeline = registers(indexed ? 1 : ahead, std::ssize(kernel_.stores));
        const std::uint8_t load = operands(kernel_.loads);
        const std::uint8_t store = operands(kernel_.stores);
        add(loads_, TileOpcode::kLoop, 0, 0, listed);
        if (indexed) {
            add(loads_, TileOpcode::kWaitFull, index_pipeline_);
        }
        if (kernel_.round_chain > 0) {  // addresses, while the round's registers are not free yet
            loads_.code.push_back(chain(kernel_.round_chain, threads_));
        }
        load_round(loads_, pipeline, load, kernel_.loads.size());
        add(loads_, TileOpcode::kEndLoop);
        add(uses_, TileOpcode::kLoop, 0, 0, listed);
        if (indexed) {
            add(uses_, TileOpcode::kWaitFull, index_pipeline_);
        }
        add(uses_, TileOpcode::kWaitFull, pipeline);
        instructions(uses_, kernel_.round_instructions);
        for (std::size_t i = 0; i < kernel_.stores.size(); ++i) {
            add(uses_, TileOpcode::kStore, pipeline, static_cast<std::uint8_t>(store + i));
        }
        if (kernel_.stores.empty()) {  // a store reads the registers and leaves
            add(uses_, TileOpcode::kRelease, pipeline);
        }
        if (indexed) {
            add(uses_, TileOpcode::kRelease, index_pipeline_);
        }
        add(uses_, TileOpcode::kEndLoop);
        if (meets()) {
            add(uses_, TileOpcode::kFill, kPass);
        } else if (first_ == 0) {
            add(uses_, TileOpcode::kEndTile);
        }
    }

    TileProgram& program_;
    const ThreadKernel& kernel_;
    std::int64_t first_;
    std::int64_t threads_;
    std::uint8_t barrier_;  // of the next pass
    std::uint8_t index_pipeline_ = 0;
    TileActor indexes_{fmt::format("indices of threads {}", first_), false, false, {}};
    TileActor loads_{fmt::format("loads of threads {}", first_), false, false, {}};
    TileActor uses_{fmt::format("threads {}", first_), false, first_ == 0, {}};
};

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
    ensure(kernel.tile_columns == 1 || kernel.passes == 1,
           "kernel '{}': {} passes over {} columns of tiles", program.name, kernel.passes,
           kernel.tile_columns);
    ensure(kernel.row_threads == 0 || (kernel.threads % kernel.row_threads == 0 &&
                                       (kernel.threads <= kernel.group_threads ||
                                        kernel.group_threads % kernel.row_threads == 0)),
           "kernel '{}': rows of {} threads of {}", program.name, kernel.row_threads,
           kernel.threads);
    ensure(kernel.tile_rounds.empty() || std::ssize(kernel.tile_rounds) == kernel.tiles,
           "kernel '{}': rounds of {} tiles of {}", program.name, kernel.tile_rounds.size(),
           kernel.tiles);
    program.row_tiles = kernel.tile_rounds;
    program.tiles_m = kernel.tiles;
    program.tiles_n = kernel.passes * kernel.tile_columns;
    program.raster_rows = kernel.tiles;
    program.groups = kernel.tiles * kernel.tile_columns;
    program.blocks_per_group = 1;
    program.threads_per_block = kernel.threads;
    program.registers_per_thread = kernel.registers;
    program.shared_bytes = kernel.shared_bytes;
    const std::int64_t groups = divide_round_up(kernel.threads, kernel.group_threads);
    const bool meets = kernel.barrier != GridBarrier::kNone;
    if (meets) {  // full when every group of threads is through, empty when all blocks are
        program.pipelines.push_back({"pass", 1, 0, 0, false, 1, groups, false});
        program.operands.push_back(operand_of(kernel.word, kernel, 0, 1));
    }
    const auto barrier = static_cast<std::uint8_t>(program.pipelines.size());
    for (std::size_t i = 0; i < kernel.passes_before.size(); ++i) {
        program.pipelines.push_back(
            {fmt::format("barrier {}", i), 1, 0, 0, false, groups, groups, false});
    }
    for (std::int64_t first = 0; first < kernel.threads; first += kernel.group_threads) {
        GroupBuilder(program, kernel, first, barrier).build();
    }
    if (meets) {
        program.actors.push_back(meeting(kernel, kPass, kWord));
    }
}

}  // namespace vr
