// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/kernels/slot_builder.h"

#include <algorithm>

#include "models/base/error.h"

namespace vr {

namespace {
constexpr std::int64_t kMaximumStages = 8;
constexpr std::int64_t kAlignment = 128;  // of boxes in shared memory
constexpr std::uint8_t kBuffers = 0;      // pipeline
}  // namespace

SlotBuilder::SlotBuilder(const Workload& the_workload, OperatorIndex index,
                         const std::vector<TensorPlace>& the_places, const KernelTarget& the_target)
    : spec(the_workload.operators[index.value]),
      workload(the_workload),
      places(the_places),
      target(the_target) {
    program.operator_index = index;
    program.name = spec.id;
    program.carries_data = moves_data(workload, spec);
}

TileOperand& SlotBuilder::add(const char* name, TensorIndex index, std::int64_t box_rows,
                              std::int64_t box_bytes, std::int64_t step, std::int64_t first) {
    const TensorPlace& place = places[index.value];
    TileOperand operand;
    operand.name = name;
    operand.tensor = index;
    operand.base = place.base + static_cast<std::uint64_t>(first);
    operand.pitch = place.pitch;
    operand.tensor_rows = tensor(index).rows;
    operand.row_bytes = place.row_bytes - first;
    operand.box_rows = box_rows;
    operand.box_bytes = box_bytes;
    operand.row.m = box_rows;
    operand.byte.n = step;
    operand.shared_offset = slot_bytes;
    slot_bytes += divide_round_up(box_rows * box_bytes, kAlignment) * kAlignment;
    program.operands.push_back(operand);
    return program.operands.back();
}

TileOperand& SlotBuilder::add_store(const char* name, std::int64_t box_rows, std::int64_t box_bytes,
                                    std::int64_t step, std::int64_t first) {
    TileOperand& store = add(name, spec.output, box_rows, box_bytes, step, first);
    store.base += static_cast<std::uint64_t>(spec.row_first * store.pitch);
    store.pitch *= spec.row_pitch;
    store.tensor_rows = tensor(spec.inputs[0]).rows;
    return store;
}

void SlotBuilder::finish(std::int64_t operations) {
    program.raster_rows = program.tiles_m;
    program.groups = std::min(program.tiles(), target.sms);
    const std::int64_t room = target.sm.shared_memory.capacity.value;
    const std::int64_t stages = std::min(room / slot_bytes, kMaximumStages);
    if (stages < 1) {
        throw InputError(Diagnostic{
            "", spec.line, 0,
            fmt::format("operator '{}' needs {} B of shared memory for one row and its result",
                        spec.id, slot_bytes),
            fmt::format("{} B (gpu.sm.shared_memory.capacity)", room),
            "use shorter rows, or enlarge the shared memory of the platform"});
    }
    const auto stores = static_cast<std::int64_t>(program.stores);
    program.pipelines = {TilePipeline{"buffers", stages, slot_bytes, 0, false, stores, 1}};
    program.shared_bytes = stages * slot_bytes;

    const std::size_t loads = program.operands.size() - program.stores;
    TileActor producer{"TMA producer", false, false, {}};
    producer.code = {{TileOpcode::kForEachTile, 0, 0, 0}, {TileOpcode::kAcquire, kBuffers, 0, 0}};
    for (std::size_t i = 0; i < loads; ++i) {
        producer.code.push_back({TileOpcode::kLoad, kBuffers, static_cast<std::uint8_t>(i), 0});
    }
    producer.code.insert(producer.code.end(), {{TileOpcode::kFill, kBuffers, 0, 0},
                                               {TileOpcode::kNextTile, 0, 0, 0},
                                               {TileOpcode::kEnd, 0, 0, 0}});
    std::int64_t written = 0;
    for (std::size_t i = loads; i < program.operands.size(); ++i) {
        written += program.operands[i].box_rows * program.operands[i].box_bytes;
    }
    TileActor consumer{"consumer", false, true, {}};
    consumer.code = {{TileOpcode::kForEachTile, 0, 0, 0}, {TileOpcode::kWaitFull, kBuffers, 0, 0}};
    if (operations > 0) {
        consumer.code.push_back({TileOpcode::kVector, 0, 0, operations});
        consumer.code.push_back({TileOpcode::kWriteShared, kBuffers, 0, written});
    }
    for (std::size_t i = loads; i < program.operands.size(); ++i) {
        consumer.code.push_back({TileOpcode::kStore, kBuffers, static_cast<std::uint8_t>(i), 0});
    }
    consumer.code.insert(consumer.code.end(), {{TileOpcode::kEndTile, 0, 0, 0},
                                               {TileOpcode::kNextTile, 0, 0, 0},
                                               {TileOpcode::kEnd, 0, 0, 0}});
    program.actors = {producer, consumer};
}

}  // namespace vr
