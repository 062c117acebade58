// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/kernels/thread_kernels.h"

#include <algorithm>

#include "models/base/random.h"
#include "models/gpu/kernels/thread_kernel.h"

namespace vr {

namespace {

constexpr std::int64_t kMostUnderWay = 1 << 16;
constexpr std::int64_t kMostLives = 16;  // of a block, in what is cut out of a run

class ThreadStream final : public CustomKernel {
  public:
    TileProgram program(const Workload& workload, OperatorIndex index,
                        const std::vector<TensorPlace>& places,
                        const KernelTarget& target) const override {
        TileProgram program = timing_program(workload, index, 0);
        const OperatorSpec& spec = workload.operators[index.value];
        KernelArguments arguments(spec);
        ThreadKernel kernel;
        kernel.threads = arguments.get("threads", 256, 1, kMostThreads);
        kernel.element_bytes = arguments.get("element_bytes", 8, 1, 16);
        kernel.shared_bytes = arguments.get("shared_bytes", 0, 0, target.sm.shared_bytes.value);
        kernel.registers = arguments.get("registers", 32, 1, 255);
        kernel.start_instructions = arguments.get("instructions", 12, 0, kMostInstructions);
        const bool stencil = arguments.get("stencil", 0, 0, 1) != 0;
        const bool stores = arguments.get("stores", 1, 0, 1) != 0;
        const std::int64_t launches = arguments.get("launches", 0, 0, kMostCount);
        arguments.finish();
        ThreadAccess store = whole_access("store", spec.output, places);
        kernel.tiles = 1;
        const std::int64_t tile_bytes = kernel.threads * kernel.element_bytes;
        std::vector<TensorIndex> all = spec.inputs;
        if (stores || all.empty()) {
            all.push_back(spec.output);
        }
        for (const TensorIndex tensor : all) {
            const ThreadAccess one = whole_access("", tensor, places);
            kernel.tiles = std::max(kernel.tiles, divide_round_up(one.bytes, tile_bytes));
        }
        const std::int64_t wrap = launches > kernel.tiles ? kernel.tiles : 0;
        kernel.tiles = launches > 0 ? launches : kernel.tiles;
        store.tile_modulo = wrap;
        for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
            ThreadAccess load = whole_access(i == 0 ? "load" : "load more", spec.inputs[i], places);
            load.tile_stride = tile_bytes;
            load.tile_modulo = wrap;
            if (stencil && i == 0) {
                ThreadAccess before = load;
                before.base -=
                    before.base > 0 ? static_cast<std::uint64_t>(kernel.element_bytes) : 0;
                ThreadAccess behind = load;
                behind.base += static_cast<std::uint64_t>(kernel.element_bytes);
                behind.bytes -= kernel.element_bytes;
                kernel.loads.push_back(before);
                kernel.loads.push_back(behind);
            }
            kernel.loads.push_back(load);
        }
        if (stores) {
            store.tile_stride = tile_bytes;
            kernel.stores.push_back(store);
        }
        add_threads(program, kernel);
        return program;
    }
    std::int64_t flops(const Workload&, const OperatorSpec&) const override { return 0; }
};

// What runs between two moments of a long run in which a block begins whenever the one `under_way`
// blocks before it ends, evenly spread: the rounds of each block that is part of it. A round is the
// unit of time.
std::vector<RowTile> cut_out(std::int64_t rounds, std::int64_t under_way, std::int64_t begin,
                             std::int64_t end) {
    std::vector<RowTile> blocks;
    // Block b runs from b x rounds / under_way on, less the rounds of a block: that one of the
    // first blocks is at each place of its loop when time begins.
    for (std::int64_t block = begin * under_way / rounds;; ++block) {
        const std::int64_t first = block * rounds / under_way - rounds;
        if (first >= end) {
            return blocks;
        }
        RowTile cut;
        cut.at.front() = block;
        cut.first_round = std::max<std::int64_t>(begin - first, 0);
        cut.end_round = std::min(rounds, end - first);
        if (cut.first_round < cut.end_round) {
            blocks.push_back(cut);
        }
    }
}

class ThreadRead final : public CustomKernel {
  public:
    TileProgram program(const Workload& workload, OperatorIndex index,
                        const std::vector<TensorPlace>& places,
                        const KernelTarget& target) const override {
        TileProgram program = timing_program(workload, index, 1);
        const OperatorSpec& spec = workload.operators[index.value];
        KernelArguments arguments(spec);
        ThreadKernel kernel;
        kernel.threads = arguments.get("threads", 1024, 1, kMostThreads);
        kernel.element_bytes = arguments.get("element_bytes", 8, 1, 16);
        kernel.shared_bytes = arguments.get("shared_bytes", 0, 0, target.sm.shared_bytes.value);
        kernel.registers = arguments.get("registers", 32, 1, 255);
        kernel.rounds = arguments.get("rounds", 1, 1, kMostCount);
        kernel.rounds_in_flight = arguments.get("rounds_in_flight", 4, 1, 64);
        kernel.round_instructions = arguments.get("instructions", 6, 0, kMostInstructions);
        const std::int64_t loads = arguments.get("loads", 2, 1, 16);
        kernel.round_chain = arguments.get("chain", 0, 0, kLongestChain);
        kernel.start_instructions = arguments.get("start_instructions", 0, 0, kMostInstructions);
        kernel.counts_issue = arguments.get("issue", 0, 0, 1) != 0;
        kernel.group_threads = arguments.get("group", kGroupThreads, 32, kGroupThreads);
        const std::int64_t apart = arguments.get("apart", 1, 1, kMostCount);
        const std::int64_t blocks = arguments.get("blocks", 1, 1, kMostCount);
        const std::int64_t under_way = arguments.get("under_way", 0, 0, kMostUnderWay);
        if (under_way == 0) {
            kernel.passes = arguments.get("passes", 1, 1, kMostCount);
            kernel.tiles = arguments.get("launches", blocks, 1, kMostCount);
        } else {
            const std::int64_t begin = arguments.get("begin", 0, 0, kMostCount);
            const std::int64_t length = arguments.get("length", kernel.rounds, 1, kMostCount);
            if (length / kernel.rounds >= kMostLives) {
                refuse_operator(spec, fmt::format("a length of {} rounds", length),
                                fmt::format("less than {} times 'rounds'", kMostLives));
            }
            kernel.tile_rounds = cut_out(kernel.rounds, under_way, begin, begin + length);
            kernel.tiles = std::ssize(kernel.tile_rounds);
        }
        arguments.finish();
        const std::int64_t part = kernel.threads * kernel.element_bytes;
        for (std::int64_t i = 0; i < loads; ++i) {
            ThreadAccess load = whole_access("load", spec.inputs.front(), places);
            load.base += static_cast<std::uint64_t>(i * part);
            load.bytes -= i * part;
            load.tile_stride = loads * part;
            load.round_stride = apart * blocks * loads * part;
            load.tile_modulo = blocks;
            kernel.loads.push_back(load);
        }
        add_threads(program, kernel);
        return program;
    }
    std::int64_t flops(const Workload&, const OperatorSpec&) const override { return 0; }
};

// A permutation of [0, count) without a table: a Feistel network over the next power of four,
// walked until it lands inside.
class RandomOrder {
  public:
    explicit RandomOrder(std::uint64_t count) : count_(count) {
        while ((std::uint64_t{1} << (2 * half_bits_)) < count) {
            ++half_bits_;
        }
    }
    [[nodiscard]] std::uint64_t at(std::uint64_t step) const {
        std::uint64_t place = step % count_;
        do {
            place = shuffle(place);
        } while (place >= count_);
        return place;
    }

  private:
    [[nodiscard]] std::uint64_t shuffle(std::uint64_t place) const {
        const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
        std::uint64_t left = place >> half_bits_;
        std::uint64_t right = place & mask;
        for (std::uint64_t round = 0; round < kRounds; ++round) {
            const std::uint64_t mixed = left ^ (mix64((round << 40) + right) & mask);
            left = right;
            right = mixed;
        }
        return (left << half_bits_) | right;
    }
    static constexpr std::uint64_t kRounds = 4;
    std::uint64_t count_;
    unsigned half_bits_ = 1;
};

class PointerChase final : public CustomKernel {
  public:
    TileProgram program(const Workload& workload, OperatorIndex index,
                        const std::vector<TensorPlace>& places,
                        const KernelTarget&) const override {
        TileProgram program = timing_program(workload, index, 1);
        const OperatorSpec& spec = workload.operators[index.value];
        KernelArguments arguments(spec);
        const std::int64_t stride = arguments.get("stride", kLineBytes, kSectorBytes, 1 << 20);
        const std::int64_t first = arguments.get("first", 0, 0, kMostCount);
        const std::int64_t steps = arguments.get("steps", 1000, 1, 1 << 26);
        const std::int64_t in_flight = arguments.get("in_flight", 1, 1, 64);
        const bool tma = arguments.get("tma", 0, 0, 1) != 0;
        const std::int64_t instructions = arguments.get("instructions", 0, 0, kMostInstructions);
        arguments.finish();
        const ThreadAccess walk = whole_access("load", spec.inputs.front(), places);
        const std::int64_t count = walk.bytes / stride;
        if (count < 1 || stride % kSectorBytes != 0) {
            refuse_operator(spec, fmt::format("a stride of {} B in {} B", stride, walk.bytes),
                            "a multiple of 32 B, not above the input's size");
        }
        TileOperand operand;
        operand.name = walk.name;
        operand.tensor = walk.tensor;
        operand.path = tma ? MemoryPath::kTma : MemoryPath::kThreads;
        operand.base = walk.base;
        operand.pitch = stride;
        operand.box_rows = 1;
        operand.box_bytes = kSectorBytes;
        operand.row_bytes = kSectorBytes;
        operand.row.k = 1;
        operand.tensor_rows = steps;
        const RandomOrder order(static_cast<std::uint64_t>(count));
        for (std::int64_t i = 0; i < steps; ++i) {
            operand.row_list.push_back(
                static_cast<std::int32_t>(order.at(static_cast<std::uint64_t>(first + i))));
        }
        program.operands.push_back(std::move(operand));
        program.threads_per_block = kWarp;
        program.registers_per_thread = 32;
        program.shared_bytes = tma ? in_flight * kSectorBytes : 0;
        program.pipelines = {{"pointer", in_flight, tma ? kSectorBytes : 0, 0, false, 1, 1, !tma}};
        TileActor loads{"loads", false, false, {}};
        loads.code = {{TileOpcode::kForEachTile, 0, 0, 0}, {TileOpcode::kLoop, 0, 0, steps},
                      {TileOpcode::kAcquire, 0, 0, 0},     {TileOpcode::kLoad, 0, 0, 0},
                      {TileOpcode::kFill, 0, 0, 0},        {TileOpcode::kEndLoop, 0, 0, 0},
                      {TileOpcode::kNextTile, 0, 0, 0},    {TileOpcode::kEnd, 0, 0, 0}};
        TileActor waits{"warp", false, true, {}};
        waits.code = {{TileOpcode::kForEachTile, 0, 0, 0},
                      {TileOpcode::kLoop, 0, 0, steps},
                      {TileOpcode::kWaitFull, 0, 0, 0}};
        if (instructions > 0) {
            waits.code.push_back({TileOpcode::kVector, 0, 0, kWarp * instructions});
        }
        waits.code.insert(waits.code.end(), {{TileOpcode::kRelease, 0, 0, 0},
                                             {TileOpcode::kEndLoop, 0, 0, 0},
                                             {TileOpcode::kEndTile, 0, 0, 0},
                                             {TileOpcode::kNextTile, 0, 0, 0},
                                             {TileOpcode::kEnd, 0, 0, 0}});
        program.actors = {loads, waits};
        return program;
    }
    std::int64_t flops(const Workload&, const OperatorSpec&) const override { return 0; }

  private:
    static constexpr std::int64_t kWarp = 32;
};

}  // namespace

std::unique_ptr<CustomKernel> thread_stream_kernel() {
    return std::make_unique<ThreadStream>();
}

std::unique_ptr<CustomKernel> thread_read_kernel() {
    return std::make_unique<ThreadRead>();
}

std::unique_ptr<CustomKernel> pointer_chase_kernel() {
    return std::make_unique<PointerChase>();
}

}  // namespace vr
