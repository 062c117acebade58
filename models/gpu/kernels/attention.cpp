// SPDX-License-Identifier: Apache-2.0
// Attention as kernels for Blackwell and Hopper do it: a producer warp, and for each of one or two
// tiles of queries one that issues the products of queries and keys, one that issues those with the
// values, a warp group for the softmax and one for the output (on Hopper all of them one warp
// group, in whose registers sums and weights lie). The tensor core multiplies for one tile, or for
// the next block of keys, while the softmax works. With instructions of warps (FlashAttention-2)
// nothing but the loads runs beside.
#include <algorithm>

#include "models/gpu/kernels/attention_kernel.h"

namespace vr {

namespace {

constexpr std::size_t kKvHead = 0;  // listed coordinates
constexpr std::size_t kHead = 1;
constexpr std::size_t kSplit = 2;
constexpr std::size_t kValuePart = 3;

}  // namespace

TileOperand AttentionKernel::operand(const char* name, TensorIndex tensor, std::int64_t rows,
                                     std::int64_t box_bytes) const {
    const TensorPlace& place = places[tensor.value];
    TileOperand result;
    result.name = name;
    result.tensor = tensor;
    result.base = place.base;
    result.pitch = place.pitch;
    result.tensor_rows = workload.tensors[tensor.value].rows;
    result.row_bytes = place.row_bytes;
    result.box_rows = rows;
    result.box_bytes = box_bytes;
    return result;
}

void AttentionKernel::view_heads(TileOperand& operand, std::int64_t head_bytes) const {
    operand.listed_row_unit = 1;
    if (plan.packed) {
        operand.pitch = head_bytes;
        operand.tensor_rows *= sizes.shape.heads;
        operand.row_bytes = head_bytes;
    } else {
        operand.byte.listed[kHead] = head_bytes;
    }
}

TileOperand AttentionKernel::key_operand(const char* name, TensorIndex tensor,
                                         std::int64_t head_bytes, std::int64_t box_bytes) const {
    TileOperand result = operand(name, tensor, plan.box_keys, box_bytes);
    result.row.k = plan.key_block;
    result.row.g = sizes.capacity;
    result.row_extent = sizes.shape.context;
    result.row_extents = sizes.shape.contexts;
    result.byte.listed[kKvHead] = head_bytes;
    return result;
}

void AttentionKernel::add_operands() {
    const AttentionShape& shape = sizes.shape;
    const std::int64_t head = bytes(shape.head_columns);
    TileOperand queries = operand("load queries", spec.inputs[0], plan.group_rows(), head);
    view_heads(queries, head);
    program.operands = {queries};
    add_boxes(key_operand("load keys", spec.inputs[1], head, head));
    if (plan.separate_values) {
        const TensorIndex tensor = sizes.own_values ? spec.inputs[2] : spec.inputs[1];
        TileOperand values =
            key_operand("load values", tensor,
                        bytes(sizes.own_values ? shape.values.pitch : shape.head_columns),
                        bytes(value_columns()));
        values.base += static_cast<std::uint64_t>(sizes.own_values ? bytes(shape.values.first) : 0);
        values.byte.listed[kValuePart] = bytes(value_columns());
        add_boxes(values);
    }
    for (std::int64_t number = 0; number < plan.parts; ++number) {
        add_stores(number);
    }
}

void AttentionKernel::add_boxes(TileOperand operand) {
    for (std::int64_t box = 0; box < plan.boxes(); ++box) {
        operand.row_offset = box * plan.box_keys;
        operand.shared_offset = operand.row_offset * operand.box_bytes;
        program.operands.push_back(operand);
    }
}

void AttentionKernel::add_stores(std::int64_t number) {
    const AttentionShape& shape = sizes.shape;
    TileOperand output = operand("store output", spec.output, plan.rows, chunk_bytes());
    output.byte.k = chunk_bytes();
    output.byte.listed[kValuePart] = output_bytes(value_columns());
    output.row_offset = number * plan.rows;
    if (!partial()) {
        view_heads(output, output_bytes(shape.value_columns));
        program.operands.push_back(output);
        return;
    }
    // [splits x queries x heads, columns and row sums]
    output.listed_row_unit = 1;
    output.row.listed[kSplit] = sizes.rows * shape.heads;
    output.row_bytes = output_bytes(shape.value_columns);
    TileOperand sums = output;
    sums.name = "store row sums";
    sums.base += static_cast<std::uint64_t>(output_bytes(shape.value_columns));
    sums.byte = TileForm{};
    sums.row_bytes = kRowSumBytes;
    sums.box_bytes = kRowSumBytes;
    program.operands.push_back(output);
    program.operands.push_back(sums);
}

void AttentionKernel::add_products(const KernelTarget& target) {
    const TensorCore core(target.sm.tensor_core, target.sm.shared_memory.read_width);
    const std::int64_t head = bytes(sizes.shape.head_columns);
    for (std::int64_t number = 0; number < plan.parts; ++number) {
        const AttentionPart own = part(number);
        MatrixProduct scores;
        scores.instruction = score_instruction(sizes, plan);
        scores.k_bytes = head;
        scores.slot_k_bytes = head;
        scores.instruction_k_bytes = core.k_bytes(scores.instruction.kind);
        scores.sums_over_loop = false;
        scores.starts_anew = true;
        scores.rows = plan.rows;
        scores.columns = plan.key_block;
        scores.type = sizes.type;
        scores.a = {kQueryPipeline, number * plan.rows * head, head, false};
        scores.b = {kKeyPipeline, 0, head, false};
        scores.accumulator_pipeline = own.scores;
        scores.accumulator_base = number * (plan.score_stages + plan.output_stages);
        scores.part = number;
        MatrixProduct output = scores;
        output.instruction = output_instruction(sizes, plan);
        output.pieces = divide_round_up(value_columns(), kMostColumns);
        output.k_bytes = bytes(plan.key_block);
        output.slot_k_bytes = output.k_bytes;
        output.starts_anew = false;
        output.columns = value_columns();
        output.a = {own.weights, 0, output.k_bytes, false};
        output.b = {values_pipeline(), 0, plan.separate_values ? bytes(value_columns()) : head,
                    true};
        output.accumulator_pipeline = own.accumulators;
        output.accumulator_base += plan.score_stages;
        output.rescales = true;
        program.products.push_back(scores);
        program.products.push_back(output);
    }
}

void AttentionKernel::add_pipelines() {
    std::int64_t base = 0;
    const auto ring = [&](const char* name, std::int64_t stages, std::int64_t slot_bytes,
                          std::int64_t arrivals) -> TilePipeline& {
        program.pipelines.push_back({name, stages, slot_bytes, base, false, arrivals, 1});
        base += stages * slot_bytes;
        return program.pipelines.back();
    };
    ring("queries", plan.query_stages, plan.group_rows() * bytes(sizes.shape.head_columns),
         plan.parts);
    ring("keys", plan.key_stages, plan.key_block * bytes(sizes.shape.head_columns),
         plan.separate_values ? plan.parts : 2 * plan.parts);  // both products take them
    if (plan.separate_values) {
        ring("values", plan.key_stages, plan.key_block * bytes(value_columns()), plan.parts);
    }
    std::vector<std::size_t> elsewhere;
    for (std::int64_t number = 0; number < plan.parts; ++number) {
        // Warps that copy for one another meet at a barrier before each product.
        const bool own = in_registers() && plan.warp_rows == 0;
        ring("scores", plan.score_stages, 0, 1).registers = own;
        if (plan.weights == WeightsPlace::kSharedMemory) {
            ring("weights", plan.weight_slots(), plan.rows * bytes(plan.key_block), 1);
        } else {
            elsewhere.push_back(program.pipelines.size());
            ring("weights", plan.weight_slots(), 0, 1).registers = own;
        }
        ring("output accumulators", plan.output_stages, 0, 1).registers = own;
        ring("output staging", plan.output_slots(),
             plan.rows * std::max(chunk_bytes(), kRowSumBytes), 1);
    }
    program.shared_bytes = base;
    // Weights that lie outside shared memory: behind it, for their contents alone.
    for (const std::size_t number : elsewhere) {
        TilePipeline& weights = program.pipelines[number];
        weights.slot_bytes = plan.rows * bytes(plan.key_block);
        weights.shared_base = base;
        base += weights.stages * weights.slot_bytes;
    }
}

TileProgram attention_program(const Workload& workload, OperatorIndex index,
                              const std::vector<TensorPlace>& places, const KernelTarget& target) {
    const OperatorSpec& spec = workload.operators[index.value];
    const TensorSpec& out = workload.tensors[spec.output.value];
    AttentionKernel kernel{spec, workload, places,    attention_sizes(workload, spec),
                           {},   out.type, target.sm, {}};
    kernel.plan = plan_attention(kernel.sizes, spec, element_bits(out.type), target);
    const AttentionPlan& plan = kernel.plan;
    TileProgram& program = kernel.program;
    program.operator_index = index;
    program.name = spec.id;
    program.function = TileFunction::kAttention;
    program.carries_data = moves_data(workload, spec);
    program.input_type = kernel.sizes.type;
    program.output_type = out.type;
    program.row_tiles = list_attention_tiles(kernel.sizes, plan, spec.attention.splits, target);
    program.tiles_m = static_cast<std::int64_t>(program.row_tiles.size());
    program.raster_rows = program.tiles_m;
    program.groups =
        attention_choice(spec).persistent ? std::min(program.tiles(), target.sms) : program.tiles();
    program.chunk_pitch = kernel.chunk_bytes();
    program.chunk_columns = program.chunk_pitch * 8 / element_bits(out.type);
    program.attention = {list_sequences(kernel.sizes),
                         plan.packed ? kernel.sizes.shape.heads : 1,
                         plan.key_block,
                         kernel.sizes.shape.causal,
                         kernel.sizes.shape.scale,
                         kernel.partial()};
    kernel.add_operands();
    kernel.add_products(target);
    kernel.add_pipelines();
    kernel.add_producer();
    for (std::int64_t number = 0; number < plan.parts; ++number) {
        kernel.add_actors(kernel.part(number));
    }
    return program;
}

}  // namespace vr
