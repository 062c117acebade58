// SPDX-License-Identifier: Apache-2.0
// Kernels that stream over memory: copy and element functions.
#include <algorithm>

#include "models/base/error.h"
#include "models/gpu/kernels/custom_kernel.h"
#include "models/gpu/kernels/kernels.h"
#include "models/transport/operator_work.h"

namespace vr {

namespace {

constexpr std::int64_t kMaximumStages = 32;
constexpr std::uint8_t kBuffers = 0;

// Vector instructions per element of the function, conversions to FP32 and back included.
std::int64_t operations_per_element(ElementwiseFunction function) {
    switch (function) {
        case ElementwiseFunction::kAdd:
        case ElementwiseFunction::kMultiply:
            return 4;  // two unpacks, the operation, pack
        case ElementwiseFunction::kRelu:
            return 3;
        case ElementwiseFunction::kSilu:
            return 7;  // unpack, scale, exponential, add, reciprocal, multiply, pack
    }
    return 1;
}

TileFunction function_of(ElementwiseFunction function) {
    switch (function) {
        case ElementwiseFunction::kAdd:
            return TileFunction::kAdd;
        case ElementwiseFunction::kMultiply:
            return TileFunction::kMultiply;
        case ElementwiseFunction::kRelu:
            return TileFunction::kRelu;
        case ElementwiseFunction::kSilu:
            return TileFunction::kSilu;
    }
    return TileFunction::kCopy;
}

TileOperand flat(const char* name, TensorIndex tensor, const TensorPlace& place,
                 std::int64_t offset) {
    TileOperand operand;
    operand.name = name;
    operand.tensor = tensor;
    operand.base = place.base;
    operand.tensor_rows = 1;
    operand.row_bytes = static_cast<std::int64_t>(place.end - place.base);
    operand.pitch = operand.row_bytes;
    operand.box_rows = 1;
    operand.box_bytes = kStreamChunk;
    operand.byte.m = kStreamChunk;
    operand.shared_offset = offset;
    return operand;
}

}  // namespace

TileProgram stream_program(const Workload& workload, OperatorIndex index,
                           const std::vector<TensorPlace>& places, const KernelTarget& target) {
    const OperatorSpec& spec = workload.operators[index.value];
    TileProgram program;
    program.operator_index = index;
    program.name = spec.id;
    const auto inputs = static_cast<std::int64_t>(spec.inputs.size());
    for (std::int64_t i = 0; i < inputs; ++i) {
        const TensorIndex tensor = spec.inputs[static_cast<std::size_t>(i)];
        program.operands.push_back(
            flat(i == 0 ? "load" : "load second", tensor, places[tensor.value], i * kStreamChunk));
    }
    program.operands.push_back(flat("store", spec.output, places[spec.output.value], 0));
    for (const TileOperand& operand : program.operands) {
        if (operand.row_bytes != program.operands.front().row_bytes) {
            throw InputError(Diagnostic{
                "", spec.line, 0,
                fmt::format("operator '{}': its tensors occupy {} and {} bytes in memory", spec.id,
                            program.operands.front().row_bytes, operand.row_bytes),
                "tensors of equal shape and type", "give them the same shape and type"});
        }
    }
    const TensorSpec& out = workload.tensors[spec.output.value];
    // Rows of another length keep their order only without padding
    for (const TensorIndex tensor : spec.inputs) {
        const TensorSpec& in = workload.tensors[tensor.value];
        const bool padded = element_bytes(in) != program.operands.front().row_bytes &&
                            in.type != TensorType::kNvfp4;
        if (padded && places[tensor.value].pitch != places[spec.output.value].pitch) {
            throw InputError(Diagnostic{
                "", spec.line, 0,
                fmt::format(
                    "operator '{}': rows of {} and {} bytes are padded differently in memory",
                    spec.id, places[tensor.value].pitch, places[spec.output.value].pitch),
                "tensors of equal shape, or rows of a multiple of 32 bytes",
                "give them the same shape"});
        }
    }
    program.carries_data = moves_data(workload, spec);
    program.input_type = workload.tensors[spec.inputs.front().value].type;
    program.output_type = out.type;
    program.tiles_m = divide_round_up(program.operands.front().row_bytes, kStreamChunk);
    program.groups = std::min(program.tiles_m, target.sms);
    program.raster_rows = program.tiles_m;
    program.blocks_per_group = 1;
    const std::int64_t slot_bytes = inputs * kStreamChunk;
    const std::int64_t stages =
        std::min(target.sm.shared_memory.capacity.value / slot_bytes, kMaximumStages);
    if (stages < 2) {
        throw InputError(
            Diagnostic{"", spec.line, 0,
                       fmt::format("operator '{}' needs {} B of shared memory for two stages",
                                   spec.id, 2 * slot_bytes),
                       fmt::format("{} B (gpu.sm.shared_memory.capacity)",
                                   target.sm.shared_memory.capacity.value),
                       "enlarge the shared memory of the platform"});
    }
    program.pipelines = {TilePipeline{"buffers", stages, slot_bytes, 0, false, 1, 1}};
    program.shared_bytes = stages * slot_bytes;
    TileActor producer{"TMA producer", false, false, {}};
    producer.code = {{TileOpcode::kForEachTile, 0, 0, 0}, {TileOpcode::kAcquire, kBuffers, 0, 0}};
    for (std::int64_t i = 0; i < inputs; ++i) {
        producer.code.push_back({TileOpcode::kLoad, kBuffers, static_cast<std::uint8_t>(i), 0});
    }
    producer.code.insert(producer.code.end(), {{TileOpcode::kFill, kBuffers, 0, 0},
                                               {TileOpcode::kNextTile, 0, 0, 0},
                                               {TileOpcode::kEnd, 0, 0, 0}});
    program.actors = {producer};
    return program;
}

namespace {

void add_consumer(TileProgram& program, std::int64_t operations) {
    const auto store = static_cast<std::uint8_t>(program.operands.size() - 1);
    TileActor consumer{"consumer", false, true, {}};
    consumer.code = {{TileOpcode::kForEachTile, 0, 0, 0}, {TileOpcode::kWaitFull, kBuffers, 0, 0}};
    if (operations > 0) {
        const std::int64_t elements = kStreamChunk * 8 / element_bits(program.input_type);
        consumer.code.push_back({TileOpcode::kVector, 0, 0, elements * operations});
        consumer.code.push_back({TileOpcode::kWriteShared, kBuffers, 0, kStreamChunk});
    }
    consumer.code.insert(consumer.code.end(), {{TileOpcode::kStore, kBuffers, store, 0},
                                               {TileOpcode::kEndTile, 0, 0, 0},
                                               {TileOpcode::kNextTile, 0, 0, 0},
                                               {TileOpcode::kEnd, 0, 0, 0}});
    program.actors.push_back(consumer);
}

}  // namespace

TileProgram copy_program(const Workload& workload, OperatorIndex index,
                         const std::vector<TensorPlace>& places, const KernelTarget& target) {
    TileProgram program = stream_program(workload, index, places, target);
    program.function = TileFunction::kCopy;
    add_consumer(program, 0);
    return program;
}

TileProgram elementwise_program(const Workload& workload, OperatorIndex index,
                                const std::vector<TensorPlace>& places,
                                const KernelTarget& target) {
    const OperatorSpec& spec = workload.operators[index.value];
    TileProgram program = stream_program(workload, index, places, target);
    program.function = function_of(spec.function);
    add_consumer(program, operations_per_element(spec.function) +
                              2 * static_cast<std::int64_t>(
                                      spec.inputs.size() > 2 ? spec.inputs.size() - 2 : 0));
    return program;
}

TileProgram build_program(const Workload& workload, OperatorIndex index,
                          const std::vector<TensorPlace>& places, const KernelTarget& target) {
    switch (workload.operators[index.value].kind) {
        case OperatorKind::kGemm:
        case OperatorKind::kGroupedGemm:
        case OperatorKind::kBatchedGemm:
            return gemm_program(workload, index, places, target);
        case OperatorKind::kRows:
            return rows_program(workload, index, places, target);
        case OperatorKind::kPermute:
        case OperatorKind::kCombine:
            return dispatch_program(workload, index, places, target);
        case OperatorKind::kAttention:
            return attention_program(workload, index, places, target);
        case OperatorKind::kCopy:
            return copy_program(workload, index, places, target);
        case OperatorKind::kElementwise:
            return elementwise_program(workload, index, places, target);
        case OperatorKind::kCustom:
            return custom_program(workload, index, places, target);
        case OperatorKind::kReplay:
        case OperatorKind::kCollective:
            break;  // no kernel
    }
    throw InternalError("operator of an unknown kind");
}

std::int64_t operator_flops(const Workload& workload, const OperatorSpec& spec) {
    if (is_recorded(spec.kind)) {
        return 0;  // nothing is computed
    }
    if (spec.kind == OperatorKind::kCustom) {
        return custom_kernels().make(spec.kernel)->flops(workload, spec);
    }
    const std::int64_t products = tensor_flops(workload, spec);
    return products > 0 ? products : vector_flops(workload, spec);
}

}  // namespace vr
