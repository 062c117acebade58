// SPDX-License-Identifier: Apache-2.0
// Kernels of functions of rows: a producer loads boxes, a warp group computes, results are stored.
// Rows lie in the slot whole (norm, softmax, routing) or in chunks of columns (the others).
#include <algorithm>
#include <numeric>

#include "models/base/error.h"
#include "models/gpu/kernels/kernels.h"

namespace vr {

namespace {

constexpr std::int64_t kTileBytes = 16384;  // of the first operand's box, where rows allow it
constexpr std::int64_t kMaximumStages = 8;
constexpr std::int64_t kAlignment = 128;  // of boxes in shared memory
constexpr std::uint8_t kBuffers = 0;

// Vector instructions per element of the first operand: conversions to FP32 and back, arithmetic,
// exponentials and reciprocals one each, reductions by their first, per-lane step.
std::int64_t operations_per_element(RowFunction function) {
    switch (function) {
        case RowFunction::kRmsNorm:
            return 6;  // unpack, square and add, scale, unpack the weight, multiply, pack
        case RowFunction::kSoftmax:
            return 7;  // unpack, maximum, subtract, exponential, add, multiply, pack
        case RowFunction::kRope:
            return 6;  // unpack, two multiply-adds, two loads of angles, pack
        case RowFunction::kQuantise:
            return 4;  // unpack, absolute maximum, multiply, pack
        case RowFunction::kTopK:
            return 24;  // score (4), bias, then comparisons of a tournament over the kept groups
        case RowFunction::kSwiglu:
            return 9;  // two unpacks, silu (5), multiply, pack
    }
    return 1;
}

struct Builder {
    const OperatorSpec& spec;
    const Workload& workload;
    const std::vector<TensorPlace>& places;
    const KernelTarget& target;
    TileProgram program;
    std::int64_t slot_bytes = 0;

    [[nodiscard]] const TensorSpec& tensor(TensorIndex index) const {
        return workload.tensors[index.value];
    }
    // A box at (tile row x box rows, tile column x step + first bytes).
    TileOperand& add(const char* name, TensorIndex index, std::int64_t box_rows,
                     std::int64_t box_bytes, std::int64_t step = 0, std::int64_t first = 0) {
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
};

// Rows per tile: enough to fill kTileBytes, few enough that every SM gets a tile.
std::int64_t rows_per_tile(const Builder& b, std::int64_t rows, std::int64_t columns_of_tiles,
                           std::int64_t row_bytes) {
    const std::int64_t fit = std::max<std::int64_t>(kTileBytes / row_bytes, 1);
    const std::int64_t share = divide_round_up(rows * columns_of_tiles, b.target.sms);
    return std::clamp<std::int64_t>(share, 1, fit);
}

std::int64_t bytes_of(TensorType type, std::int64_t elements) {
    return divide_round_up(divide_round_up(elements * element_bits(type), 8),
                           std::int64_t{kSectorBytes}) *
           kSectorBytes;
}

void whole_rows(Builder& b) {
    const TensorSpec& in = b.tensor(b.spec.inputs[0]);
    const TensorSpec& out = b.tensor(b.spec.output);
    const std::int64_t bytes = bytes_of(in.type, in.columns);
    const std::int64_t rows = rows_per_tile(b, in.rows, 1, bytes);
    b.program.row_columns = in.columns;
    b.program.tiles_m = divide_round_up(in.rows, rows);
    b.add("load rows", b.spec.inputs[0], rows, bytes);
    if (b.spec.inputs.size() > 1) {
        const TensorSpec& second = b.tensor(b.spec.inputs[1]);
        b.program.second_type = second.type;
        b.add("load parameters", b.spec.inputs[1], 1, bytes_of(second.type, second.columns)).row.m =
            0;
    }
    b.add("store rows", b.spec.output, rows, bytes_of(out.type, out.columns));
}

void gated_rows(Builder& b) {
    const TensorSpec& out = b.tensor(b.spec.output);
    const TensorSpec& in = b.tensor(b.spec.inputs[0]);
    constexpr std::int64_t kColumns = 512;
    const std::int64_t columns = std::min(kColumns, out.columns);
    const std::int64_t bytes = bytes_of(in.type, columns);
    b.program.tiles_n = divide_round_up(out.columns, columns);
    const std::int64_t rows = rows_per_tile(b, out.rows, b.program.tiles_n, bytes);
    b.program.row_columns = columns;
    b.program.tiles_m = divide_round_up(out.rows, rows);
    const std::int64_t half = out.columns * element_bits(in.type) / 8;
    b.add("load gates", b.spec.inputs[0], rows, bytes, bytes).row_bytes = half;
    b.add("load values", b.spec.inputs[0], rows, bytes, bytes, half);
    const std::int64_t out_bytes = bytes_of(out.type, columns);
    b.add("store rows", b.spec.output, rows, out_bytes, out_bytes);
}

void quantised_rows(Builder& b) {
    const TensorSpec& in = b.tensor(b.spec.inputs[0]);
    const TensorSpec& out = b.tensor(b.spec.output);
    const bool scaled = out.type == TensorType::kNvfp4;
    constexpr std::int64_t kColumns = 64;  // one atom of scales wide
    const std::int64_t columns = scaled ? kColumns : std::min(8 * kColumns, in.columns);
    const std::int64_t bytes = bytes_of(in.type, columns);
    b.program.tiles_n = divide_round_up(in.columns, columns);
    const std::int64_t rows =
        scaled ? kScaleAtomRows : rows_per_tile(b, in.rows, b.program.tiles_n, bytes);
    b.program.row_columns = columns;
    b.program.tiles_m = divide_round_up(in.rows, rows);
    b.add("load rows", b.spec.inputs[0], rows, bytes, bytes);
    const std::int64_t out_bytes = bytes_of(out.type, columns);
    b.add("store rows", b.spec.output, rows, out_bytes, out_bytes);
    if (scaled) {
        const TensorPlace& place = b.places[b.spec.output.value];
        TileOperand& scales = b.add("store scales", b.spec.output, 1, kScaleAtomBytes);
        scales.base = place.scale_base;
        scales.pitch = place.scale_pitch;
        scales.tensor_rows = b.program.tiles_m;
        scales.row_bytes = place.scale_pitch;
        scales.byte.n = kScaleAtomBytes;
        b.program.stores = 2;
    }
}

void rotated_rows(Builder& b) {
    const OperatorSpec& op = b.spec;
    const TensorSpec& in = b.tensor(op.inputs[0]);
    const std::int64_t bits = element_bits(in.type);
    const std::int64_t bytes = op.rotated * bits / 8;
    b.program.tiles_n = in.columns / op.input_columns.pitch;
    // Tiles do not reach over the end of a sequence.
    const std::int64_t rows =
        op.sequence_rows == 1
            ? rows_per_tile(b, in.rows, b.program.tiles_n, bytes)
            : std::gcd(op.sequence_rows, rows_per_tile(b, in.rows, b.program.tiles_n, bytes));
    b.program.row_columns = op.rotated;
    b.program.tiles_m = divide_round_up(in.rows, rows);
    b.program.second_type = TensorType::kFp32;
    b.add("load rows", op.inputs[0], rows, bytes, op.input_columns.pitch * bits / 8,
          op.input_columns.first * bits / 8);
    TileOperand& angles = b.add("load angles", op.inputs[1], op.sequence_rows == 1 ? 1 : rows,
                                bytes_of(TensorType::kFp32, op.rotated));
    angles.row.m = rows;
    angles.row_modulo = op.sequence_rows;
    angles.row_offset = op.position;
    b.add("store rows", op.output, rows, bytes, op.output_columns.pitch * bits / 8,
          op.output_columns.first * bits / 8);
}

}  // namespace

TileProgram rows_program(const Workload& workload, OperatorIndex index,
                         const std::vector<TensorPlace>& places, const KernelTarget& target) {
    const OperatorSpec& spec = workload.operators[index.value];
    Builder b{spec, workload, places, target, {}, 0};
    TileProgram& program = b.program;
    const TensorSpec& out = workload.tensors[spec.output.value];
    program.operator_index = index;
    program.name = spec.id;
    program.function = TileFunction::kRows;
    program.row_function = spec.row_function;
    program.epsilon = spec.epsilon;
    program.routing = spec.routing;
    program.input_type = workload.tensors[spec.inputs[0].value].type;
    program.output_type = out.type;
    program.carries_data = out.data == TensorData::kProduced;
    switch (spec.row_function) {
        case RowFunction::kRmsNorm:
        case RowFunction::kSoftmax:
        case RowFunction::kTopK:
            whole_rows(b);
            break;
        case RowFunction::kSwiglu:
            gated_rows(b);
            break;
        case RowFunction::kQuantise:
            quantised_rows(b);
            break;
        case RowFunction::kRope:
            rotated_rows(b);
            break;
    }
    program.raster_rows = program.tiles_m;
    program.groups = std::min(program.tiles(), target.sms);
    const std::int64_t room = target.sm.shared_memory.capacity.value;
    const std::int64_t stages = std::min(room / b.slot_bytes, kMaximumStages);
    if (stages < 1) {
        throw InputError(Diagnostic{
            "", spec.line, 0,
            fmt::format("operator '{}' needs {} B of shared memory for one row and its result",
                        spec.id, b.slot_bytes),
            fmt::format("{} B (gpu.sm.shared_memory.capacity)", room),
            "use shorter rows, or enlarge the shared memory of the platform"});
    }
    const auto stores = static_cast<std::int64_t>(program.stores);
    program.pipelines = {TilePipeline{"buffers", stages, b.slot_bytes, 0, false, stores, 1}};
    program.shared_bytes = stages * b.slot_bytes;

    const std::size_t loads = program.operands.size() - program.stores;
    TileActor producer{"TMA producer", false, false, {}};
    producer.code = {{TileOpcode::kForEachTile, 0, 0, 0}, {TileOpcode::kAcquire, kBuffers, 0, 0}};
    for (std::size_t i = 0; i < loads; ++i) {
        producer.code.push_back({TileOpcode::kLoad, kBuffers, static_cast<std::uint8_t>(i), 0});
    }
    producer.code.insert(producer.code.end(), {{TileOpcode::kFill, kBuffers, 0, 0},
                                               {TileOpcode::kNextTile, 0, 0, 0},
                                               {TileOpcode::kEnd, 0, 0, 0}});
    const std::int64_t elements = program.operands[0].box_rows * program.row_columns;
    std::int64_t written = 0;
    for (std::size_t i = loads; i < program.operands.size(); ++i) {
        written += program.operands[i].box_rows * program.operands[i].box_bytes;
    }
    TileActor consumer{"consumer", false, true, {}};
    consumer.code = {
        {TileOpcode::kForEachTile, 0, 0, 0},
        {TileOpcode::kWaitFull, kBuffers, 0, 0},
        {TileOpcode::kVector, 0, 0, elements * operations_per_element(spec.row_function)},
        {TileOpcode::kWriteShared, kBuffers, 0, written}};
    for (std::size_t i = loads; i < program.operands.size(); ++i) {
        consumer.code.push_back({TileOpcode::kStore, kBuffers, static_cast<std::uint8_t>(i), 0});
    }
    consumer.code.insert(consumer.code.end(), {{TileOpcode::kEndTile, 0, 0, 0},
                                               {TileOpcode::kNextTile, 0, 0, 0},
                                               {TileOpcode::kEnd, 0, 0, 0}});
    program.actors = {producer, consumer};
    return program;
}

}  // namespace vr
