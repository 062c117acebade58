// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/kernels/gemm_plan.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/gpu/kernels/thread_kernels.h"
#include "models/gpu/number_kind.h"

namespace vr {

namespace {

// Cycles that one K slot of a tile takes: the slowest of tensor core, shared memory and the port
// from L2.
std::int64_t slot_cycles(const TileShape& shape, NumberKind kind, const KernelTarget& target) {
    const TensorCore core(target.sm.tensor_core, target.sm.shared_memory.read_width);
    const std::int64_t instructions = divide_round_up(kSlotKBytes, core.k_bytes(kind));
    const std::int64_t compute = core.interval(gemm_instruction(shape, kind)).value * instructions;
    // Where one instruction spans the group, each block loads its part of B; else it gets all of it
    // by multicast.
    const bool spans = shape.blocks <= target.sm.tensor_core.group;
    const std::int64_t rows = shape.rows / shape.blocks;
    const std::int64_t landing =
        (rows + (spans ? shape.columns / shape.blocks : shape.columns)) * kSlotKBytes;
    const std::int64_t served = (rows + shape.columns / shape.blocks) * kSlotKBytes * target.sms;
    const std::int64_t lines = rows + shape.columns / shape.blocks;
    const TmaConfig& tma = target.sm.tma;
    const std::int64_t asking =
        std::max(divide_round_up(lines * 100, tma.line_rate), 2 * tma.instruction_interval.value);
    return std::max({compute, asking, divide_round_up(landing, target.return_width),
                     divide_round_up(served, target.serve_width)});
}

std::vector<TileShape> candidates(std::int64_t m, NumberKind kind, const KernelTarget& target) {
    std::vector<TileShape> shapes;
    const bool scaled = is_block_scaled(kind);
    const std::int64_t step = scaled ? kScaleAtomRows : 32;
    const TensorCoreConfig& core = target.sm.tensor_core;
    const std::int64_t rows = core.rows;
    const TensorMemoryConfig& accumulators = target.sm.tensor_memory;
    // Multiples of 64 keep the rows of output tiles on whole lines.
    for (std::int64_t columns = 256; columns >= step;
         columns -= columns > 64 ? std::max(step, 64L) : step) {
        if (core.group == 2 && target.sms >= 2 && m > rows && (!scaled || columns == 256)) {
            shapes.push_back({2, 2 * rows, columns});
        }
        // Two SMs side by side share B by multicast.
        if (core.multicast && target.sms >= 2 && columns % 64 == 0) {
            for (std::int64_t arrays = 4; arrays > 0; arrays /= 2) {
                if (m > arrays * rows &&
                    arrays * rows * columns <= accumulators.lanes * accumulators.columns) {
                    shapes.push_back({2, 2 * arrays * rows, columns});
                }
            }
        }
        // An array of one SM alone does several rows of tiles after another, as far as their sums
        // find room.
        for (std::int64_t arrays = core.group == 2 ? 1 : 4; arrays > 1; arrays /= 2) {
            if (m > arrays / 2 * rows &&
                arrays * rows * columns <= accumulators.lanes * accumulators.columns) {
                shapes.push_back({1, arrays * rows, columns});
            }
        }
        const bool half = core.group == 2 && m <= rows / 2 && !scaled;
        shapes.push_back({1, half ? rows / 2 : rows, columns});
    }
    return shapes;
}

}  // namespace

GemmChoice gemm_choice(const OperatorSpec& spec, NumberKind kind, bool carries_data) {
    GemmChoice choice;
    if (spec.arguments.empty()) {
        return choice;
    }
    KernelArguments arguments(spec);
    choice.tile_rows = arguments.get("tile_rows", 128, 16, 512);
    choice.tile_columns = arguments.get("tile_columns", 128, 8, 256);
    choice.tile_blocks = arguments.get("tile_blocks", 1, 1, 2);
    choice.raster_rows = arguments.get("raster_rows", 0, 0, 1 << 20);
    choice.slot_bytes = arguments.get("slot_bytes", kSlotKBytes, 16, 1024);
    choice.stages = arguments.get("stages", 0, 0, 32);
    choice.prefetch = arguments.get("prefetch", 1, 0, 1) == 1;
    arguments.finish();
    const bool whole = choice.slot_bytes <= kSlotKBytes ? kSlotKBytes % choice.slot_bytes == 0
                                                        : choice.slot_bytes % kSlotKBytes == 0;
    const bool fixed = is_block_scaled(kind) && choice.slot_bytes != kSlotKBytes;
    if (!whole || fixed || (carries_data && choice.slot_bytes > kSlotKBytes)) {
        throw InputError(Diagnostic{
            "", spec.line, 0,
            fmt::format("operator '{}': argument 'slot_bytes' is {}", spec.id, choice.slot_bytes),
            is_block_scaled(kind) ? "128, for operands with scales"
            : carries_data        ? "16, 32, 64 or 128, for tensors with contents"
                                  : "16, 32, 64, or a multiple of 128",
            "a slot holds whole rows of TMA boxes, which are up to 128 B wide"});
    }
    return choice;
}

MatrixInstruction gemm_instruction(const TileShape& shape, NumberKind kind) {
    MatrixInstruction instruction;
    instruction.kind = kind;
    instruction.m = shape.rows;
    instruction.n = shape.columns;
    instruction.sms = shape.blocks;
    instruction.block_scaled = is_block_scaled(kind);
    return instruction;
}

std::int64_t raster_rows(const TileProgram& program, const TileShape& shape, std::int64_t a_bytes,
                         std::int64_t b_bytes, std::int64_t cache_bytes) {
    const std::int64_t room = cache_bytes / 5 * 4;
    const auto rows_in_use = [&](std::int64_t rows) {
        return std::min(program.tiles_m,
                        std::max(rows, divide_round_up(program.groups, program.tiles_n)));
    };
    const auto traffic = [&](std::int64_t rows) {
        const std::int64_t bands = divide_round_up(program.tiles_m, rows);
        const std::int64_t waves = divide_round_up(rows * program.tiles_n, program.groups);
        const std::int64_t a_band = a_bytes / program.tiles_m * rows_in_use(rows);
        const std::int64_t a = a_band <= room ? a_bytes : a_bytes * waves;
        const std::int64_t b = bands == 1 || b_bytes + a_band <= room ? b_bytes : b_bytes * bands;
        return a + b;
    };
    std::int64_t square = 1;
    while (square < program.tiles_m &&
           2 * square * 2 * square * shape.rows <= program.groups * shape.columns * 2) {
        square *= 2;
    }
    std::int64_t best = std::min(square, program.tiles_m);
    for (std::int64_t rows = 1; rows < 2 * program.tiles_m; rows *= 2) {
        const std::int64_t height = std::min(rows, program.tiles_m);
        if (traffic(height) < traffic(best)) {
            best = height;
        }
    }
    return best;
}

TileShape choose_gemm_shape(const std::vector<std::int64_t>& rows, std::int64_t n,
                            std::int64_t batch, std::int64_t k, TensorType type,
                            const KernelTarget& target, std::int64_t least_columns) {
    const NumberKind kind = kind_of(type);
    const std::int64_t slots = divide_round_up(k * element_bits(type) / 8, kSlotKBytes);
    const std::int64_t most = *std::max_element(rows.begin(), rows.end());
    TileShape best;
    std::int64_t best_cost = 0;
    for (const TileShape& shape : candidates(most, kind, target)) {
        if (shape.columns % least_columns != 0) {
            continue;
        }
        std::int64_t tiles = 0;
        for (const std::int64_t m : rows) {
            tiles += divide_round_up(m, shape.rows) * divide_round_up(n, shape.columns) * batch;
        }
        const std::int64_t waves = divide_round_up(tiles, target.sms / shape.blocks);
        const std::int64_t cost = waves * slots * slot_cycles(shape, kind, target);
        if (best_cost == 0 || cost < best_cost) {
            best = shape;
            best_cost = cost;
        }
    }
    return best;
}

}  // namespace vr
