// SPDX-License-Identifier: Apache-2.0
// Attention as kernels for Blackwell do it: a producer warp, a warp that issues the products of
// queries and keys, one that issues those with the values, a warp group for the softmax and one for
// the output. The products of the next block of keys run while the softmax works on this one.
#include <algorithm>
#include <numeric>

#include "models/gpu/kernels/attention_plan.h"
#include "models/gpu/number_kind.h"

namespace vr {

namespace {

constexpr std::uint8_t kQueries = 0;  // pipelines
constexpr std::uint8_t kKeys = 1;
constexpr std::uint8_t kScores = 2;
constexpr std::uint8_t kWeights = 3;
constexpr std::uint8_t kAccumulators = 4;
constexpr std::uint8_t kStaging = 5;
constexpr std::uint8_t kValues = 6;
constexpr std::uint8_t kLoadQueries = 0;  // operands
constexpr std::uint8_t kLoadKeys = 1;
constexpr std::uint8_t kStoreOutput = 2;
constexpr std::uint8_t kStoreSums = 3;  // of a partial result
constexpr std::uint8_t kScoreProduct = 0;
constexpr std::uint8_t kOutputProduct = 1;
constexpr std::size_t kKvHead = 0;  // listed coordinates
constexpr std::size_t kHead = 1;
constexpr std::size_t kSplit = 2;
constexpr std::size_t kValuePart = 3;
// Per element of the output: division by the sum, conversion.
constexpr std::int64_t kOutputOperations = 2;

struct Kernel {
    const OperatorSpec& spec;
    const Workload& workload;
    const std::vector<TensorPlace>& places;
    AttentionSizes sizes;
    AttentionPlan plan;
    TensorType output_type = TensorType::kBf16;
    TileProgram program;

    [[nodiscard]] std::int64_t bytes(std::int64_t elements) const {
        return elements * element_bits(sizes.type) / 8;
    }
    [[nodiscard]] std::int64_t output_bytes(std::int64_t elements) const {
        return elements * element_bits(output_type) / 8;
    }
    [[nodiscard]] std::int64_t value_columns() const {
        return sizes.shape.value_columns / plan.value_parts;
    }
    [[nodiscard]] bool partial() const { return spec.attention.splits > 1; }
    [[nodiscard]] std::int64_t chunk_bytes() const {
        return std::gcd(kOutputChunkBytes, output_bytes(value_columns()));
    }

    TileOperand operand(const char* name, TensorIndex tensor, std::int64_t rows,
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
    // Rows of queries and of the output: a head after the other where they are packed.
    void view_heads(TileOperand& operand, std::int64_t head_bytes) const {
        operand.listed_row_unit = 1;
        if (plan.packed) {
            operand.pitch = head_bytes;
            operand.tensor_rows *= sizes.shape.heads;
            operand.row_bytes = head_bytes;
        } else {
            operand.byte.listed[kHead] = head_bytes;
        }
    }
    // Blocks of keys or values of the tile's sequence.
    TileOperand key_operand(const char* name, TensorIndex tensor, std::int64_t head_bytes,
                            std::int64_t box_bytes) const {
        TileOperand result = operand(name, tensor, plan.key_block, box_bytes);
        result.row.k = plan.key_block;
        result.row.g = sizes.capacity;
        result.row_extent = sizes.shape.context;
        result.byte.listed[kKvHead] = head_bytes;
        return result;
    }
    void add_operands();
    void add_products(const KernelTarget& target);
    void add_pipelines();
    void add_actors();
};

void Kernel::add_operands() {
    const AttentionShape& shape = sizes.shape;
    const std::int64_t head = bytes(shape.head_columns);
    TileOperand queries = operand("load queries", spec.inputs[0], plan.rows, head);
    view_heads(queries, head);
    TileOperand keys = key_operand("load keys", spec.inputs[1], head, head);
    TileOperand output = operand("store output", spec.output, plan.rows, chunk_bytes());
    output.byte.k = chunk_bytes();
    output.byte.listed[kValuePart] = output_bytes(value_columns());
    program.operands = {queries, keys, output};
    if (partial()) {  // [splits x queries x heads, columns and row sums]
        TileOperand& parts = program.operands[kStoreOutput];
        parts.listed_row_unit = 1;
        parts.row.listed[kSplit] = shape.sequences * sizes.queries * shape.heads;
        parts.row_bytes = output_bytes(shape.value_columns);
        TileOperand sums = parts;
        sums.name = "store row sums";
        sums.base += static_cast<std::uint64_t>(output_bytes(shape.value_columns));
        sums.byte = TileForm{};
        sums.row_bytes = kRowSumBytes;
        sums.box_bytes = kRowSumBytes;
        program.operands.push_back(sums);
    } else {
        view_heads(program.operands[kStoreOutput], output_bytes(shape.value_columns));
    }
    if (plan.separate_values) {
        const TensorIndex tensor = sizes.own_values ? spec.inputs[2] : spec.inputs[1];
        TileOperand values =
            key_operand("load values", tensor,
                        bytes(sizes.own_values ? shape.values.pitch : shape.head_columns),
                        bytes(value_columns()));
        values.base += static_cast<std::uint64_t>(sizes.own_values ? bytes(shape.values.first) : 0);
        values.byte.listed[kValuePart] = bytes(value_columns());
        program.operands.push_back(values);
    }
}

void Kernel::add_products(const KernelTarget& target) {
    const TensorCore core(target.sm.tensor_core, target.sm.shared_memory.read_width);
    const std::int64_t head = bytes(sizes.shape.head_columns);
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
    scores.a = {kQueries, 0, head, false};
    scores.b = {kKeys, 0, head, false};
    scores.accumulator_pipeline = kScores;
    MatrixProduct output = scores;
    output.instruction = output_instruction(sizes, plan);
    output.pieces = divide_round_up(value_columns(), kMostColumns);
    output.k_bytes = bytes(plan.key_block);
    output.slot_k_bytes = output.k_bytes;
    output.starts_anew = false;
    output.columns = value_columns();
    output.a = {kWeights, 0, output.k_bytes, false};
    output.b = {plan.separate_values ? kValues : kKeys, 0,
                plan.separate_values ? bytes(value_columns()) : head, true};
    output.accumulator_pipeline = kAccumulators;
    output.accumulator_base = plan.score_stages;
    output.rescales = true;
    program.products = {scores, output};
}

void Kernel::add_pipelines() {
    std::int64_t base = 0;
    const auto ring = [&](const char* name, std::int64_t stages, std::int64_t slot_bytes,
                          std::int64_t arrivals) {
        program.pipelines.push_back({name, stages, slot_bytes, base, false, arrivals, 1});
        base += stages * slot_bytes;
    };
    ring("queries", plan.query_stages, plan.rows * bytes(sizes.shape.head_columns), 1);
    ring("keys", plan.key_stages, plan.key_block * bytes(sizes.shape.head_columns),
         plan.separate_values ? 1 : 2);  // the products with queries and with weights take them
    ring("scores", plan.score_stages, 0, 1);
    ring("weights", kWeightSlots, plan.rows * bytes(plan.key_block), 1);
    ring("output accumulators", plan.output_stages, 0, 1);
    ring("output staging", kOutputSlots, plan.rows * std::max(chunk_bytes(), kRowSumBytes), 1);
    if (plan.separate_values) {
        ring("values", plan.key_stages, plan.key_block * bytes(value_columns()), 1);
    }
    program.shared_bytes = base;
}

void Kernel::add_actors() {
    using enum TileOpcode;
    const std::int64_t elements = plan.rows * plan.key_block;
    const std::int64_t chunks = divide_round_up(output_bytes(value_columns()), chunk_bytes());
    const std::int64_t chunk_elements = plan.rows * program.chunk_columns;
    const std::uint8_t values = plan.separate_values ? kValues : kKeys;
    const auto load_values = static_cast<std::uint8_t>(program.operands.size() - 1);
    TileActor producer{"TMA producer", false, false, {}};
    producer.code = {{kForEachTile, 0, 0, 0},
                     {kAcquire, kQueries, 0, 0},
                     {kLoad, kQueries, kLoadQueries, 0},
                     {kFill, kQueries, 0, 0},
                     {kLoop, 0, 0, 0},
                     {kAcquire, kKeys, 0, 0},
                     {kLoad, kKeys, kLoadKeys, 0},
                     {kFill, kKeys, 0, 0}};
    if (plan.separate_values) {
        producer.code.insert(
            producer.code.end(),
            {{kAcquire, kValues, 0, 0}, {kLoad, kValues, load_values, 0}, {kFill, kValues, 0, 0}});
    }
    producer.code.insert(producer.code.end(),
                         {{kEndLoop, 0, 0, 0}, {kNextTile, 0, 0, 0}, {kEnd, 0, 0, 0}});
    TileActor scores{"score issuer", false, false, {}};
    scores.code = {{kForEachTile, 0, 0, 0},
                   {kWaitFull, kQueries, 0, 0},
                   {kLoop, 0, 0, 0},
                   {kAcquire, kScores, 0, 0},
                   {kWaitFull, kKeys, 0, 0},
                   {kMultiply, kKeys, kScoreProduct, 0},
                   {kReleaseAfterMultiply, kKeys, 0, 0},
                   {kFillAfterMultiply, kScores, kScoreProduct, 0},
                   {kEndLoop, 0, 0, 0},
                   {kReleaseAfterMultiply, kQueries, 0, 0},
                   {kNextTile, 0, 0, 0},
                   {kEnd, 0, 0, 0}};
    TileActor softmax{"softmax", false, false, {}};
    softmax.code = {{kForEachTile, 0, 0, 0},
                    {kLoop, 0, 0, 0},
                    {kWaitFull, kScores, 0, 0},
                    {kAcquire, kWeights, 0, 0},
                    {kReadScores, kWeights, 0, elements * 4},
                    {kRelease, kScores, 0, 0},
                    {kExponential, 0, 0, elements},
                    {kVector, 0, 0, elements * kScoreOperations},
                    {kWriteShared, kWeights, 0, bytes(elements)},
                    {kFill, kWeights, 0, 0},
                    {kEndLoop, 0, 0, 0},
                    {kNextTile, 0, 0, 0},
                    {kEnd, 0, 0, 0}};
    TileActor issuer{"output issuer", false, true, {}};
    issuer.code = {{kForEachTile, 0, 0, 0},
                   {kAcquire, kAccumulators, 0, 0},
                   {kLoop, 0, 0, 0},
                   {kWaitFull, values, 0, 0},
                   {kWaitFull, kWeights, 0, 0},
                   {kMultiply, kWeights, kOutputProduct, 0},
                   {kReleaseAfterMultiply, kWeights, 0, 0},
                   {kReleaseAfterMultiply, values, 0, 0},
                   {kEndLoop, 0, 0, 0},
                   {kFillAfterMultiply, kAccumulators, kOutputProduct, 0},
                   {kNextTile, 0, 0, 0},
                   {kEnd, 0, 0, 0}};
    TileActor epilogue{"epilogue", false, false, {}};
    epilogue.code = {{kForEachTile, 0, 0, 0},
                     {kWaitFull, kAccumulators, 0, 0},
                     {kLoop, 0, 0, chunks},
                     {kAcquire, kStaging, 0, 0},
                     {kReadAccumulator, 0, 0, chunk_elements * 4},
                     {kVector, 0, 0, chunk_elements * kOutputOperations},
                     {kWriteShared, kStaging, 0, output_bytes(chunk_elements)},
                     {kStore, kStaging, kStoreOutput, 0},
                     {kEndLoop, 0, 0, chunks}};
    if (partial()) {
        epilogue.code.insert(epilogue.code.end(),
                             {{kAcquire, kStaging, 0, 0},
                              {kWriteShared, kStaging, 0, plan.rows * kRowSumBytes},
                              {kStore, kStaging, kStoreSums, 0}});
    }
    epilogue.code.insert(epilogue.code.end(), {{kRelease, kAccumulators, 0, 0},
                                               {kEndTile, 0, 0, 0},
                                               {kNextTile, 0, 0, 0},
                                               {kEnd, 0, 0, 0}});
    program.actors = {producer, scores, softmax, issuer, epilogue};
}

}  // namespace

TileProgram attention_program(const Workload& workload, OperatorIndex index,
                              const std::vector<TensorPlace>& places, const KernelTarget& target) {
    const OperatorSpec& spec = workload.operators[index.value];
    const TensorSpec& out = workload.tensors[spec.output.value];
    Kernel kernel{spec, workload, places, attention_sizes(workload, spec), {}, out.type, {}};
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
    program.groups = std::min(program.tiles(), target.sms);
    program.chunk_pitch = kernel.chunk_bytes();
    program.chunk_columns = program.chunk_pitch * 8 / element_bits(out.type);
    program.attention = {kernel.sizes.queries,
                         plan.packed ? kernel.sizes.shape.heads : 1,
                         plan.key_block,
                         kernel.sizes.shape.context,
                         kernel.sizes.shape.causal,
                         kernel.sizes.shape.scale,
                         kernel.partial()};
    kernel.add_operands();
    kernel.add_products(target);
    kernel.add_pipelines();
    kernel.add_actors();
    return program;
}

}  // namespace vr
