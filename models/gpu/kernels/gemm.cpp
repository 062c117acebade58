// SPDX-License-Identifier: Apache-2.0
// GEMM as its authors write it: a producer warp, a tensor-core warp and an epilogue warp group per
// thread block.
#include <algorithm>
#include <numeric>

#include "models/base/error.h"
#include "models/gpu/kernels/gemm_plan.h"
#include "models/gpu/messages.h"
#include "models/gpu/number_kind.h"

namespace vr {

namespace {

constexpr std::int64_t kChunkBytes = 128;  // bytes per row of an epilogue chunk at most
constexpr std::int64_t kStagingSlots = 2;
constexpr std::int64_t kMaximumStages = 32;
// Outputs above this part of L2 are not meant to stay there.
constexpr std::int64_t kResidentShare = 4;
constexpr std::uint8_t kLoads = 0;  // pipelines
constexpr std::uint8_t kAccumulators = 1;
constexpr std::uint8_t kStaging = 2;
constexpr std::uint8_t kOutput = 2;  // operand
// Vector operations per element of the epilogue: one conversion (two elements an instruction) and
// its share of scaling, address arithmetic and the shared-memory store.
constexpr std::int64_t kEpilogueOperations = 2;
// Per element of a gated unit's output, besides: silu (5, as in kernels/rows.cpp), multiply.
constexpr std::int64_t kGateOperations = 6;

TileOperand operand(const char* name, TensorIndex tensor, const TensorPlace& place,
                    std::int64_t rows, std::int64_t box_rows, std::int64_t box_bytes) {
    TileOperand result;
    result.name = name;
    result.tensor = tensor;
    result.base = place.base;
    result.pitch = place.pitch;
    result.tensor_rows = rows;
    result.row_bytes = place.row_bytes;
    result.box_rows = box_rows;
    result.box_bytes = box_bytes;
    return result;
}

TileOperand scale_operand(const char* name, TensorIndex tensor, const TensorPlace& place,
                          std::int64_t rows, std::int64_t box_rows) {
    constexpr std::int64_t kSlotScaleBytes =
        kSlotKBytes * 2 / kScaleAtomElements * kScaleAtomBytes;  // two elements a byte
    TileOperand result;
    result.name = name;
    result.tensor = tensor;
    result.base = place.scale_base;
    result.pitch = place.scale_pitch;
    result.tensor_rows = divide_round_up(rows, kScaleAtomRows);
    result.row_bytes = place.scale_pitch;
    result.box_rows = box_rows / kScaleAtomRows;
    result.box_bytes = kSlotScaleBytes;
    result.byte.k = kSlotScaleBytes;
    return result;
}

// The products of an operator: one, several with rows of their own, or several with columns.
struct Products {
    std::vector<RowTile> row_tiles;
    std::vector<std::int64_t> rows;
    std::int64_t batch = 1;  // products side by side
    std::int64_t n = 0;      // columns of one
    std::int64_t k = 0;
};

Products products_of(const Workload& workload, const OperatorSpec& op) {
    const TensorSpec& a = workload.tensors[op.inputs[0].value];
    const TensorSpec& b = workload.tensors[op.inputs[1].value];
    Products products;
    products.rows = op.kind == OperatorKind::kGroupedGemm ? op.rows : std::vector{a.rows};
    products.batch = op.kind == OperatorKind::kBatchedGemm ? op.groups : 1;
    const auto groups = op.kind == OperatorKind::kGroupedGemm
                            ? static_cast<std::int64_t>(op.rows.size())
                            : products.batch;
    products.n = b.rows / groups;
    products.k = b.columns;
    return products;
}

// Rows of tiles of a grouped product: those of each group begin at its first row.
std::vector<RowTile> list_row_tiles(const OperatorSpec& op, std::int64_t tile_rows) {
    const std::vector<std::int64_t> starts = op.group_starts();
    std::vector<RowTile> tiles;
    for (std::size_t g = 0; g < op.rows.size(); ++g) {
        for (std::int64_t row = 0; row < op.rows[g]; row += tile_rows) {
            tiles.push_back(
                {starts[g] + row, starts[g] + op.rows[g], static_cast<std::int64_t>(g)});
        }
    }
    return tiles;
}

// The operands of a grouped product: rows of A and D are listed, those of B belong to a group.
void divide_by_group(TileProgram& program, std::int64_t n) {
    for (std::size_t i = 0; i < program.operands.size(); ++i) {
        TileOperand& operand = program.operands[i];
        const std::int64_t unit = i > kOutput ? kScaleAtomRows : 1;  // scales stand behind
        if (operand.row.n == 0) {
            operand.row.m = 0;
            operand.listed_row_unit = unit;
        } else {
            operand.row.g = n / unit;
            operand.row_extent = n / unit;
        }
    }
}

// The operands of a batched product: each product has its columns of A and D, and its rows of B.
void divide_by_columns(TileProgram& program, const Workload& workload, const OperatorSpec& op,
                       const Products& products) {
    const auto columns = [](TileOperand& operand, const TensorSpec& tensor, const HeadColumns& part,
                            std::int64_t count) {
        const std::int64_t bits = element_bits(tensor.type);
        operand.base += static_cast<std::uint64_t>(part.first * bits / 8);
        operand.byte.g = part.pitch * bits / 8;
        operand.byte_extent = divide_round_up(count * bits, 8);
    };
    columns(program.operands[0], workload.tensors[op.inputs[0].value], op.input_columns,
            products.k);
    program.operands[1].row.g = products.n;
    program.operands[1].row_extent = products.n;
    columns(program.operands[kOutput], workload.tensors[op.output.value], op.output_columns,
            products.n);
}

}  // namespace

TileProgram gemm_program(const Workload& workload, OperatorIndex index,
                         const std::vector<TensorPlace>& places, const KernelTarget& target) {
    const OperatorSpec& spec = workload.operators[index.value];
    const TensorIndex a = spec.inputs.at(0);
    const TensorIndex b = spec.inputs.at(1);
    const TensorIndex d = spec.output;
    const TensorSpec& a_spec = workload.tensors[a.value];
    const TensorSpec& b_spec = workload.tensors[b.value];
    const TensorSpec& d_spec = workload.tensors[d.value];
    const NumberKind kind = kind_of(a_spec.type);
    const Products products = products_of(workload, spec);
    const std::int64_t m = a_spec.rows;
    const std::int64_t n = b_spec.rows;
    const std::int64_t out_bytes = element_bits(d_spec.type) / 8;
    const GemmChoice choice = gemm_choice(spec, kind, moves_data(workload, spec));
    const TileShape shape =
        choice.tile_rows > 0
            ? TileShape{choice.tile_blocks, choice.tile_rows, choice.tile_columns}
            : choose_gemm_shape(products.rows, products.n, products.batch, products.k, a_spec.type,
                                target, spec.product_columns() * kSectorBytes / out_bytes);
    const std::int64_t slot_k = choice.slot_bytes;
    const std::int64_t box_k = std::min(slot_k, kSlotKBytes);
    const std::int64_t block_rows = shape.rows / shape.blocks;
    const std::int64_t block_columns = shape.columns / shape.blocks;
    const std::int64_t out_row_bytes = shape.columns / spec.product_columns() * out_bytes;

    TileProgram program;
    program.operator_index = index;
    program.name = spec.id;
    program.function = TileFunction::kMatrixMultiply;
    program.tiles_m = divide_round_up(m, shape.rows);
    program.tiles_n = divide_round_up(products.n, shape.columns) * products.batch;
    if (spec.kind == OperatorKind::kGroupedGemm) {
        program.row_tiles = list_row_tiles(spec, shape.rows);
        program.tiles_m = static_cast<std::int64_t>(program.row_tiles.size());
    } else if (spec.kind == OperatorKind::kBatchedGemm) {
        program.columns_per_product = program.tiles_n / products.batch;
    }
    program.blocks_per_group = shape.blocks;
    program.groups = std::min(program.tiles(), target.sms / shape.blocks);
    program.raster_rows = choice.raster_rows > 0
                              ? choice.raster_rows
                              : raster_rows(program, shape, m * places[a.value].pitch,
                                            n * places[b.value].pitch, target.cache_bytes);
    const TensorCore core(target.sm.tensor_core, target.sm.shared_memory.read_width);
    MatrixProduct product;
    product.instruction = gemm_instruction(shape, kind);
    product.k_bytes = divide_round_up(products.k * element_bits(kind), 8);
    product.slot_k_bytes = slot_k;
    product.instruction_k_bytes = core.k_bytes(kind);
    product.rows = shape.rows;
    product.columns = shape.columns;
    product.type = a_spec.type;
    product.a = {kLoads, 0, slot_k, false};
    product.b = {kLoads, block_rows * slot_k, slot_k, false};
    product.accumulator_pipeline = kAccumulators;
    program.input_type = a_spec.type;
    program.output_type = d_spec.type;
    // Chunks end with their tile: a store beyond would overwrite the neighbour's output.
    const std::int64_t chunk_bytes = std::gcd(kChunkBytes, out_row_bytes);
    program.chunk_columns = chunk_bytes / out_bytes;
    program.chunk_pitch = chunk_bytes;
    program.gated = spec.epilogue == ProductEpilogue::kSwiglu;
    program.carries_data = moves_data(workload, spec);

    TileOperand load_a = operand("load A", a, places[a.value], m, block_rows, box_k);
    load_a.row = {shape.rows, 0, 0, block_rows};
    load_a.byte.k = slot_k;
    TileOperand load_b = operand("load B", b, places[b.value], n, block_columns, box_k);
    load_b.row = {0, shape.columns, 0, block_columns};
    load_b.byte.k = slot_k;
    load_b.shared_offset = block_rows * slot_k;
    // Two instructions side by side need all of B in both blocks.
    const bool spans = shape.blocks <= target.sm.tensor_core.group;
    load_b.multicast = !spans;
    TileOperand store_d = operand("store D", d, places[d.value], m, block_rows, chunk_bytes);
    store_d.row = {shape.rows, 0, 0, block_rows};
    store_d.byte = {0, out_row_bytes, chunk_bytes, 0};
    // An output that would push the operands out of L2 passes through it (the cache hint of TMA
    // stores).
    store_d.evict_first = m * places[d.value].pitch > target.cache_bytes / kResidentShare;
    program.operands = {load_a, load_b, store_d};
    std::int64_t slot_bytes = (block_rows + (spans ? block_columns : shape.columns)) * slot_k;
    if (is_block_scaled(kind)) {
        TileOperand scale_a = scale_operand("load A scales", a, places[a.value], m, block_rows);
        scale_a.row = {shape.rows / kScaleAtomRows, 0, 0, block_rows / kScaleAtomRows};
        scale_a.shared_offset = slot_bytes;
        slot_bytes += scale_a.box_rows * scale_a.box_bytes;
        TileOperand scale_b = scale_operand("load B scales", b, places[b.value], n, block_columns);
        scale_b.row = {0, shape.columns / kScaleAtomRows, 0, block_columns / kScaleAtomRows};
        scale_b.shared_offset = slot_bytes;
        slot_bytes += scale_b.box_rows * scale_b.box_bytes;
        product.scale_bytes_per_slot =
            scale_a.box_rows * scale_a.box_bytes + scale_b.box_rows * scale_b.box_bytes;
        program.operands.push_back(scale_a);
        program.operands.push_back(scale_b);
    }
    // Further boxes of a slot that is wider than one.
    const auto first_wider = static_cast<std::uint8_t>(program.operands.size());
    for (std::int64_t byte = box_k; byte < slot_k; byte += box_k) {
        for (TileOperand part : {load_a, load_b}) {
            part.base += static_cast<std::uint64_t>(byte);
            part.row_bytes = std::max<std::int64_t>(part.row_bytes - byte, 0);
            program.operands.push_back(part);
        }
    }

    program.products = {product};

    if (spec.kind == OperatorKind::kGroupedGemm) {
        divide_by_group(program, products.n);
    } else if (spec.kind == OperatorKind::kBatchedGemm) {
        divide_by_columns(program, workload, spec, products);
    }

    const std::int64_t staging_bytes = block_rows * chunk_bytes;
    const std::int64_t room =
        target.sm.shared_memory.capacity.value - kStagingSlots * staging_bytes;
    const std::int64_t stages =
        std::min(room / slot_bytes, choice.stages > 0 ? choice.stages : kMaximumStages);
    if (stages < 2) {
        throw InputError(Diagnostic{
            "", spec.line, 0,
            fmt::format(
                "operator '{}': a tile of {} x {} needs {} B of shared memory for two stages",
                spec.id, shape.rows, shape.columns, 2 * slot_bytes + kStagingSlots * staging_bytes),
            fmt::format("{} B (gpu.sm.shared_memory.capacity)",
                        target.sm.shared_memory.capacity.value),
            "enlarge the shared memory of the platform"});
    }
    const std::int64_t accumulators = std::clamp<std::int64_t>(
        target.sm.tensor_memory.columns * target.sm.tensor_memory.lanes /
            (std::max(block_rows, target.sm.tensor_memory.lanes) * shape.columns),
        1, 2);
    TilePipeline loads{"operand loads", stages, slot_bytes, 0, true, 1, shape.blocks};
    TilePipeline results{"accumulators", accumulators, 0, 0, true, shape.blocks, 1};
    TilePipeline staging{
        "output staging", kStagingSlots, staging_bytes, stages * slot_bytes, false, 1, 1};
    program.pipelines = {loads, results, staging};
    program.shared_bytes = stages * slot_bytes + kStagingSlots * staging_bytes;

    const std::int64_t k_slots = program.rounds();
    const std::int64_t chunks = divide_round_up(out_row_bytes, chunk_bytes);
    const std::int64_t chunk_elements = block_rows * program.chunk_columns;
    const std::int64_t epilogue_operations =
        kEpilogueOperations + (program.gated ? kGateOperations : 0);
    TileActor producer{"TMA producer", false, false, {}};
    producer.code = {{TileOpcode::kForEachTile, 0, 0, 0},
                     {TileOpcode::kLoop, 0, 0, k_slots},
                     {TileOpcode::kAcquire, kLoads, 0, 0},
                     {TileOpcode::kLoad, kLoads, 0, 0},
                     {TileOpcode::kLoad, kLoads, 1, 0}};
    if (is_block_scaled(kind)) {
        producer.code.push_back({TileOpcode::kLoad, kLoads, 3, 0});
        producer.code.push_back({TileOpcode::kLoad, kLoads, 4, 0});
    }
    for (std::uint8_t number = first_wider; number < program.operands.size(); ++number) {
        producer.code.push_back({TileOpcode::kLoad, kLoads, number, 0});
    }
    producer.code.push_back({TileOpcode::kFill, kLoads, 0, 0});
    // The operands of the round after those that the pipeline holds: memory's latency is hidden
    // twice as far. Batched products share few boxes.
    for (std::uint8_t number = 0; number < program.operands.size(); ++number) {
        if (choice.prefetch && number != kOutput && spec.kind != OperatorKind::kBatchedGemm) {
            producer.code.push_back({TileOpcode::kPrefetch, kLoads, number, stages});
        }
    }
    producer.code.insert(producer.code.end(), {{TileOpcode::kEndLoop, 0, 0, k_slots},
                                               {TileOpcode::kNextTile, 0, 0, 0},
                                               {TileOpcode::kEnd, 0, 0, 0}});
    TileActor multiplier{"tensor core issuer", true, true, {}};
    multiplier.code = {{TileOpcode::kForEachTile, 0, 0, 0},
                       {TileOpcode::kAcquire, kAccumulators, 0, 0},
                       {TileOpcode::kLoop, 0, 0, k_slots},
                       {TileOpcode::kWaitFull, kLoads, 0, 0},
                       {TileOpcode::kMultiply, kLoads, 0, 0},
                       {TileOpcode::kReleaseAfterMultiply, kLoads, 0, 0},
                       {TileOpcode::kEndLoop, 0, 0, k_slots},
                       {TileOpcode::kFillAfterMultiply, kAccumulators, 0, 0},
                       {TileOpcode::kNextTile, 0, 0, 0},
                       {TileOpcode::kEnd, 0, 0, 0}};
    TileActor epilogue{"epilogue", false, false, {}};
    epilogue.code = {
        {TileOpcode::kForEachTile, 0, 0, 0},
        {TileOpcode::kWaitFull, kAccumulators, 0, 0},
        {TileOpcode::kLoop, 0, 0, chunks},
        {TileOpcode::kAcquire, kStaging, 0, 0},
        {TileOpcode::kReadAccumulator, 0, 0, chunk_elements * spec.product_columns() * 4},
        {TileOpcode::kVector, 0, 0, chunk_elements * epilogue_operations},
        {TileOpcode::kWriteShared, kStaging, 0, chunk_elements * out_bytes},
        {TileOpcode::kStore, kStaging, kOutput, 0},
        {TileOpcode::kEndLoop, 0, 0, chunks},
        {TileOpcode::kRelease, kAccumulators, 0, 0},
        {TileOpcode::kEndTile, 0, 0, 0},
        {TileOpcode::kNextTile, 0, 0, 0},
        {TileOpcode::kEnd, 0, 0, 0}};
    program.actors = {producer, multiplier, epilogue};
    return program;
}

}  // namespace vr
