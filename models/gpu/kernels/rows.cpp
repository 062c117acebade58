// SPDX-License-Identifier: Apache-2.0
// Kernels of functions of rows: a producer loads boxes, a warp group computes, results are stored.
// Rows lie in the slot whole (norm, softmax, routing) or in chunks of columns (the others).
#include <algorithm>

#include "models/gpu/kernels/kernels.h"
#include "models/gpu/kernels/slot_builder.h"

namespace vr {

namespace {

constexpr std::int64_t kCarryOperations = 2;
constexpr std::int64_t kTileBytes = 16384;  // of the first operand's box, where rows allow it

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
        case RowFunction::kMerge:
            return 2;  // multiply-add per part, and its share of the row's weights
    }
    return 1;
}

using Builder = SlotBuilder;

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

std::int64_t bytes_in(TensorType type, std::int64_t elements) {
    return elements * element_bits(type) / 8;
}

void whole_rows(Builder& b) {
    const TensorSpec& in = b.tensor(b.spec.inputs[0]);
    const TensorSpec& out = b.tensor(b.spec.output);
    const RowPart part = row_part(b.workload, b.spec);
    const std::int64_t bytes = bytes_of(in.type, part.columns);
    const std::int64_t rows = rows_per_tile(b, in.rows, part.heads, bytes);
    b.program.row_columns = part.columns;
    b.program.tiles_m = divide_round_up(in.rows, rows);
    b.program.tiles_n = part.heads;
    b.add("load rows", b.spec.inputs[0], rows, bytes, bytes_in(in.type, part.input.pitch),
          bytes_in(in.type, part.input.first));
    if (b.spec.inputs.size() > 1) {
        const TensorSpec& second = b.tensor(b.spec.inputs[1]);
        b.program.second_type = second.type;
        b.add("load parameters", b.spec.inputs[1], 1, bytes_of(second.type, second.columns)).row.m =
            0;
    }
    if (b.spec.inputs.size() > 2) {
        b.add("load addend", b.spec.inputs[2], rows, bytes);
    }
    const std::int64_t results =
        b.spec.row_function == RowFunction::kTopK ? out.columns : part.columns;
    b.add_store("store rows", rows, bytes_of(out.type, results),
                bytes_in(out.type, part.output.pitch), bytes_in(out.type, part.output.first));
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
    b.add_store("store rows", rows, out_bytes, out_bytes);
}

void quantised_rows(Builder& b) {
    const TensorSpec& in = b.tensor(b.spec.inputs[0]);
    const TensorSpec& out = b.tensor(b.spec.output);
    const bool scaled = out.type == TensorType::kNvfp4;
    const RowPart part = row_part(b.workload, b.spec);
    constexpr std::int64_t kColumns = 64;  // one atom of scales wide
    const std::int64_t columns = scaled ? kColumns : std::min(8 * kColumns, part.columns);
    const std::int64_t bytes = bytes_of(in.type, columns);
    const std::int64_t chunks = divide_round_up(part.columns, columns);
    b.program.tiles_n = chunks * part.heads;
    b.program.columns_per_product = part.heads > 1 ? chunks : 0;
    // A product is a head: chunks do not reach over the end of its columns.
    const auto cut = [&](TileOperand& operand, TensorType type, const HeadColumns& heads) {
        operand.byte.g = bytes_in(type, heads.pitch);
        operand.byte_extent = bytes_of(type, part.columns);
    };
    const std::int64_t rows =
        scaled ? kScaleAtomRows : rows_per_tile(b, in.rows, b.program.tiles_n, bytes);
    b.program.row_columns = columns;
    b.program.tiles_m = divide_round_up(in.rows, rows);
    cut(b.add("load rows", b.spec.inputs[0], rows, bytes, bytes,
              bytes_in(in.type, part.input.first)),
        in.type, part.input);
    const std::int64_t out_bytes = bytes_of(out.type, columns);
    cut(b.add_store("store rows", rows, out_bytes, out_bytes,
                    bytes_in(out.type, part.output.first)),
        out.type, part.output);
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
    const RowPart part = row_part(b.workload, op);
    const std::int64_t bytes = bytes_in(in.type, part.columns);
    b.program.tiles_n = part.heads;
    std::int64_t rows = rows_per_tile(b, in.rows, b.program.tiles_n, bytes);
    while (op.sequence_rows % rows != 0 && op.sequence_rows > 1) {
        --rows;  // tiles do not reach over the end of a sequence
    }
    b.program.row_columns = part.columns;
    b.program.tiles_m = divide_round_up(in.rows, rows);
    b.program.second_type = TensorType::kFp32;
    b.add("load rows", op.inputs[0], rows, bytes, bytes_in(in.type, part.input.pitch),
          bytes_in(in.type, part.input.first));
    TileOperand& angles = b.add("load angles", op.inputs[1], op.sequence_rows == 1 ? 1 : rows,
                                bytes_of(TensorType::kFp32, op.columns));
    // Heads are loaded whole where their other columns go along.
    b.program.rotated_columns = op.columns;
    b.program.rotated_first = op.carries ? op.input_columns.first : 0;
    angles.row.m = rows;
    angles.row_modulo = op.sequence_rows;
    angles.row_offset = op.position;
    const TensorType out = b.tensor(op.output).type;
    b.add_store("store rows", rows, bytes_in(out, part.columns), bytes_in(out, part.output.pitch),
                bytes_in(out, part.output.first));
}

void merged_rows(Builder& b) {
    const TensorIndex input = b.spec.inputs[0];
    const TensorSpec& parts = b.tensor(input);
    const TensorSpec& out = b.tensor(b.spec.output);
    const std::int64_t rows_in_all = parts.rows / b.spec.groups;
    const std::int64_t columns = parts.columns - kRowSumColumns;
    const std::int64_t bytes = bytes_of(parts.type, parts.columns);
    const std::int64_t rows = rows_per_tile(b, rows_in_all, 1, bytes * b.spec.groups);
    b.program.row_columns = columns;
    b.program.tiles_m = divide_round_up(rows_in_all, rows);
    for (std::int64_t part = 0; part < b.spec.groups; ++part) {
        TileOperand& load = b.add("load part", input, rows, bytes);
        load.row_offset = part * rows_in_all;
        load.tensor_rows = (part + 1) * rows_in_all;
    }
    // Heads lie side by side in a row of the output: as rows, one after the other.
    const std::int64_t out_bytes = columns * element_bits(out.type) / 8;
    TileOperand& store = b.add("store rows", b.spec.output, rows, out_bytes);
    store.pitch = out_bytes;
    store.tensor_rows = rows_in_all;
    store.row_bytes = out_bytes;
}

}  // namespace

TileProgram rows_program(const Workload& workload, OperatorIndex index,
                         const std::vector<TensorPlace>& places, const KernelTarget& target) {
    const OperatorSpec& spec = workload.operators[index.value];
    Builder b(workload, index, places, target);
    TileProgram& program = b.program;
    const TensorSpec& out = workload.tensors[spec.output.value];
    program.function = TileFunction::kRows;
    program.row_function = spec.row_function;
    program.epsilon = spec.epsilon;
    program.routing = spec.routing;
    program.input_type = workload.tensors[spec.inputs[0].value].type;
    program.output_type = out.type;
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
        case RowFunction::kMerge:
            merged_rows(b);
            break;
    }
    const std::int64_t parts = spec.row_function == RowFunction::kMerge ? spec.groups : 1;
    const std::int64_t addend = spec.inputs.size() > 2 ? 2 : 0;  // unpack, add
    // Columns that go along with a rotation are unpacked and packed.
    const std::int64_t carried = spec.carries ? program.row_columns - program.rotated_columns : 0;
    b.finish(b.program.operands[0].box_rows *
             ((program.row_columns - carried) *
                  (parts * operations_per_element(spec.row_function) + addend) +
              carried * kCarryOperations));
    return program;
}

}  // namespace vr
