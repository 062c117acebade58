// SPDX-License-Identifier: Apache-2.0
// The custom kernel "tma_read": boxes by TMA into a ring of slots, as microbenchmarks stream.
#include <algorithm>

#include "models/gpu/kernels/thread_kernels.h"

namespace vr {

namespace {

class TmaRead final : public CustomKernel {
  public:
    TileProgram program(const Workload& workload, OperatorIndex index,
                        const std::vector<TensorPlace>& places,
                        const KernelTarget&) const override {
        TileProgram program = timing_program(workload, index, 1);
        const OperatorSpec& spec = workload.operators[index.value];
        KernelArguments arguments(spec);
        const std::int64_t rows = arguments.get("rows", 8, 1, 256);
        const std::int64_t row_bytes = arguments.get("row_bytes", 512, 16, 1024);
        const std::int64_t boxes = arguments.get("boxes", 1, 1, 16);
        const std::int64_t stages = arguments.get("stages", 1, 1, 64);
        const std::int64_t rounds = arguments.get("rounds", 1, 1, kMostCount);
        const std::int64_t blocks = arguments.get("blocks", 1, 1, kMostCount);
        const std::int64_t launches = arguments.get("launches", blocks, 1, kMostCount);
        const std::int64_t apart = arguments.get("apart", 1, 1, kMostCount);
        const std::int64_t chain = arguments.get("chain", 0, 0, kLongestChain);
        const bool fence = arguments.get("fence", 0, 0, 1) != 0;
        const bool pairs = arguments.get("multicast", 0, 0, 1) != 0;
        arguments.finish();
        const ThreadAccess input = whole_access("load", spec.inputs.front(), places);
        const std::int64_t slot_rows = boxes * rows;
        for (std::int64_t i = 0; i < boxes; ++i) {
            TileOperand box;
            box.name = input.name;
            box.tensor = input.tensor;
            box.base = input.base;
            box.pitch = row_bytes;
            box.tensor_rows = input.bytes / row_bytes;
            box.box_rows = rows;
            box.box_bytes = row_bytes;
            box.row_modulo = blocks * slot_rows;
            box.row.m = slot_rows;
            box.byte.k = apart * blocks * slot_rows * row_bytes;
            box.row_bytes = input.bytes;
            box.row_offset = i * rows;
            box.multicast = pairs;
            box.shared_offset = i * rows * row_bytes;
            program.operands.push_back(std::move(box));
        }
        const std::int64_t slot_bytes = slot_rows * row_bytes;
        program.tiles_m = program.raster_rows = program.groups = launches;
        program.blocks_per_group = pairs ? 2 : 1;
        program.shared_bytes = stages * slot_bytes;
        // One thread issues and waits: what its waiting takes is in issue_latency.
        program.pipelines = {{"boxes", stages, slot_bytes, 0, pairs, 1, 1, true}};
        TileActor producer{"producer", true, false, {}};
        producer.code = {{TileOpcode::kForEachTile, 0, 0, 0},
                         {TileOpcode::kLoop, 0, 0, rounds},
                         {TileOpcode::kAcquire, 0, 0, 0}};
        if (chain > 0) {
            constexpr std::int64_t kWarp = 32;
            producer.code.push_back(
                {TileOpcode::kVector, 0, static_cast<std::uint8_t>(chain), kWarp * chain});
        }
        if (fence) {
            producer.code.push_back({TileOpcode::kFence, 0, 0, 0});
        }
        for (std::int64_t i = 0; i < boxes; ++i) {
            producer.code.push_back({TileOpcode::kLoad, 0, static_cast<std::uint8_t>(i), 0});
        }
        producer.code.insert(producer.code.end(), {{TileOpcode::kFill, 0, 0, 0},
                                                   {TileOpcode::kEndLoop, 0, 0, 0},
                                                   {TileOpcode::kNextTile, 0, 0, 0},
                                                   {TileOpcode::kEnd, 0, 0, 0}});
        TileActor consumer{"consumer", true, true, {}};
        consumer.code = {{TileOpcode::kForEachTile, 0, 0, 0}, {TileOpcode::kLoop, 0, 0, rounds},
                         {TileOpcode::kWaitFull, 0, 0, 0},    {TileOpcode::kRelease, 0, 0, 0},
                         {TileOpcode::kEndLoop, 0, 0, 0},     {TileOpcode::kEndTile, 0, 0, 0},
                         {TileOpcode::kNextTile, 0, 0, 0},    {TileOpcode::kEnd, 0, 0, 0}};
        program.actors = {producer, consumer};
        return program;
    }
    std::int64_t flops(const Workload&, const OperatorSpec&) const override { return 0; }
};

}  // namespace

std::unique_ptr<CustomKernel> tma_read_kernel() {
    return std::make_unique<TmaRead>();
}

}  // namespace vr
