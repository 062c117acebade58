// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/kernels/attention_plan.h"

#include <algorithm>
#include <numeric>

#include "models/base/error.h"
#include "models/gpu/number_kind.h"

namespace vr {

namespace {

constexpr std::int64_t kMostStages = 8;
constexpr std::int64_t kMostSplits = 32;
constexpr std::int64_t kSectionShare = 4;  // of L2, for the keys and values of a section of heads
constexpr std::int64_t kLeastKeys = 256;   // of a part: less does not fill the pipeline

std::int64_t bytes_of(const AttentionSizes& sizes, std::int64_t elements) {
    return divide_round_up(elements * element_bits(sizes.type), 8);
}

std::int64_t value_columns(const AttentionSizes& sizes, const AttentionPlan& plan) {
    return sizes.shape.value_columns / plan.value_parts;
}

std::int64_t pieces(std::int64_t columns) {
    return divide_round_up(columns, kMostColumns);
}

// Of the keys of one head, and their values.
std::int64_t key_value_bytes(const AttentionSizes& sizes, std::int64_t keys) {
    return bytes_of(sizes, keys * (sizes.shape.head_columns +
                                   (sizes.own_values ? sizes.shape.value_columns : 0)));
}

// Cycles of one round: the tensor core's two products, or the softmax between them.
std::int64_t round_cycles(const AttentionSizes& sizes, const AttentionPlan& plan,
                          const KernelTarget& target) {
    const TensorCore core(target.sm.tensor_core, target.sm.shared_memory.read_width);
    const NumberKind kind = kind_of(sizes.type);
    const std::int64_t k_bytes = core.k_bytes(kind);
    const std::int64_t scores = core.interval(score_instruction(sizes, plan)).value *
                                divide_round_up(bytes_of(sizes, sizes.shape.head_columns), k_bytes);
    const std::int64_t output = core.interval(output_instruction(sizes, plan)).value *
                                pieces(value_columns(sizes, plan)) *
                                divide_round_up(bytes_of(sizes, plan.key_block), k_bytes);
    const std::int64_t elements = plan.rows * plan.key_block;
    const VectorPipesConfig& vector = target.sm.vector_pipes;
    const std::int64_t softmax =
        divide_round_up(elements * 4, target.sm.tensor_memory.read_width.value) +
        std::max(divide_round_up(elements * kScoreOperations, vector.lanes),
                 divide_round_up(elements, vector.exponentials)) +
        divide_round_up(bytes_of(sizes, elements), target.sm.shared_memory.write_width.value);
    return std::max(scores + output, softmax);
}

// Whether the plan fits tensor memory and shared memory; sets the stages.
bool fit(const AttentionSizes& sizes, AttentionPlan& plan, std::int64_t output_bits,
         const KernelTarget& target) {
    const std::int64_t columns = target.sm.tensor_memory.columns;
    const std::int64_t values = value_columns(sizes, plan);
    plan.output_stages = 2 * values + 2 * plan.key_block <= columns ? 2 : 1;
    const std::int64_t left = columns - plan.output_stages * values;
    if (left < plan.key_block) {
        return false;
    }
    plan.score_stages = std::min<std::int64_t>(left / plan.key_block, 2);
    const std::int64_t query_bytes = plan.rows * bytes_of(sizes, sizes.shape.head_columns);
    const std::int64_t chunk = std::gcd(kOutputChunkBytes, values * output_bits / 8);
    const std::int64_t fixed = kWeightSlots * plan.rows * bytes_of(sizes, plan.key_block) +
                               kOutputSlots * plan.rows * std::max(chunk, kRowSumBytes);
    const std::int64_t key_bytes =
        plan.key_block * (bytes_of(sizes, sizes.shape.head_columns) +
                          (plan.separate_values ? bytes_of(sizes, values) : 0));
    const std::int64_t room = target.sm.shared_memory.capacity.value - fixed;
    plan.query_stages = (room - 2 * query_bytes) / key_bytes >= 3 ? 2 : 1;
    plan.key_stages = std::min((room - plan.query_stages * query_bytes) / key_bytes, kMostStages);
    return room >= plan.query_stages * query_bytes && plan.key_stages >= 2;
}

}  // namespace

AttentionSizes attention_sizes(const Workload& workload, const OperatorSpec& op) {
    AttentionSizes sizes;
    const TensorSpec& q = workload.tensors[op.inputs[0].value];
    sizes.shape = op.attention;
    sizes.queries = q.rows / op.attention.sequences;
    sizes.capacity = workload.tensors[op.inputs[1].value].rows / op.attention.sequences;
    sizes.type = q.type;
    sizes.own_values = op.inputs.size() > 2;
    return sizes;
}

MatrixInstruction score_instruction(const AttentionSizes& sizes, const AttentionPlan& plan) {
    MatrixInstruction instruction;
    instruction.kind = kind_of(sizes.type);
    instruction.m = plan.rows;
    instruction.n = plan.key_block;
    return instruction;
}

MatrixInstruction output_instruction(const AttentionSizes& sizes, const AttentionPlan& plan) {
    MatrixInstruction instruction = score_instruction(sizes, plan);
    const std::int64_t columns = value_columns(sizes, plan);
    instruction.n = divide_round_up(columns, pieces(columns));
    return instruction;
}

AttentionPlan plan_attention(const AttentionSizes& sizes, const OperatorSpec& op,
                             std::int64_t output_bits, const KernelTarget& target) {
    const AttentionShape& shape = sizes.shape;
    AttentionPlan plan;
    plan.packed = shape.kv_heads == 1 || sizes.queries == 1;
    const std::int64_t rows =
        !plan.packed ? sizes.queries
                     : shape.heads / shape.kv_heads * (shape.kv_heads == 1 ? sizes.queries : 1);
    const std::int64_t most_rows = target.sm.tensor_core.rows;
    plan.rows = rows <= most_rows / 2 ? most_rows / 2 : most_rows;
    AttentionPlan best;
    __extension__ using Wide = __int128;
    Wide best_cost = 0;
    for (std::int64_t parts = 1; shape.value_columns % (16 * parts) == 0 || parts == 1;
         parts *= 2) {
        for (std::int64_t keys = 128; keys >= 16; keys /= 2) {
            AttentionPlan candidate = plan;
            candidate.key_block = keys;
            candidate.value_parts = parts;
            candidate.separate_values = sizes.own_values || parts > 1;
            if (!fit(sizes, candidate, output_bits, target)) {
                continue;
            }
            candidate.round_cycles = round_cycles(sizes, candidate, target);
            const Wide cost = static_cast<Wide>(candidate.round_cycles) * parts *
                              divide_round_up(shape.context, keys);
            if (best.key_block == 0 || cost < best_cost) {
                best = candidate;
                best_cost = cost;
            }
        }
    }
    if (best.key_block == 0) {
        throw InputError(Diagnostic{
            "", op.line, 0,
            fmt::format("operator '{}': {} rows of {} columns, with blocks of 16 keys, do not fit "
                        "shared memory",
                        op.id, plan.rows, shape.head_columns),
            fmt::format("{} B (gpu.sm.shared_memory.capacity)",
                        target.sm.shared_memory.capacity.value),
            "use narrower heads, or enlarge the shared memory of the platform"});
    }
    return best;
}

std::vector<RowTile> list_attention_tiles(const AttentionSizes& sizes, const AttentionPlan& plan,
                                          std::int64_t splits, const KernelTarget& target) {
    const AttentionShape& shape = sizes.shape;
    const std::int64_t sharing = shape.heads / shape.kv_heads;
    // Rows are counted in the view [queries x heads packed in a row].
    const std::int64_t packed_heads = plan.packed ? shape.heads : 1;
    const std::int64_t heads_apart = plan.packed ? 1 : sharing;
    std::vector<RowTile> tiles;
    const auto add = [&](std::int64_t sequence, std::int64_t kv_head, std::int64_t head,
                         std::int64_t first, std::int64_t end) {
        for (std::int64_t row = first; row < end; row += plan.rows) {
            const std::int64_t last = std::min(row + plan.rows, end) - 1;
            const std::int64_t query = last / packed_heads % sizes.queries;
            const std::int64_t keys =
                shape.causal ? shape.context - (sizes.queries - 1 - query) : shape.context;
            const std::int64_t rounds = divide_round_up(keys, plan.key_block);
            for (std::int64_t split = 0; split < splits; ++split) {
                for (std::int64_t part = 0; part < plan.value_parts; ++part) {
                    tiles.push_back({row,
                                     end,
                                     sequence,
                                     {kv_head, head, split, part},
                                     rounds * split / splits,
                                     rounds * (split + 1) / splits});
                }
            }
        }
    };
    const std::int64_t share = std::max<std::int64_t>(
        target.cache_bytes / kSectionShare / key_value_bytes(sizes, shape.context), 1);
    std::size_t section = 0;
    const auto longest_first = [&] {
        if (shape.causal) {
            std::stable_sort(tiles.begin() + static_cast<std::ptrdiff_t>(section), tiles.end(),
                             [](const RowTile& a, const RowTile& b) {
                                 return a.end_round - a.first_round > b.end_round - b.first_round;
                             });
        }
        section = tiles.size();
    };
    for (std::int64_t sequence = 0; sequence < shape.sequences; ++sequence) {
        for (std::int64_t kv_head = 0; kv_head < shape.kv_heads; ++kv_head) {
            for (std::int64_t head = 0; head < heads_apart; ++head) {
                const std::int64_t base = sequence * sizes.queries * packed_heads;
                if (!plan.packed) {
                    add(sequence, kv_head, kv_head * sharing + head, base, base + sizes.queries);
                } else if (shape.kv_heads == 1) {
                    add(sequence, 0, 0, base, base + sizes.queries * shape.heads);
                } else {
                    add(sequence, kv_head, 0, base + kv_head * sharing,
                        base + (kv_head + 1) * sharing);
                }
            }
            if ((sequence * shape.kv_heads + kv_head + 1) % share == 0) {
                longest_first();
            }
        }
    }
    longest_first();
    return tiles;
}

std::int64_t choose_splits(const AttentionSizes& sizes, const AttentionPlan& plan,
                           const KernelTarget& target) {
    if (!plan.packed) {
        return 1;
    }
    const std::vector<RowTile> whole = list_attention_tiles(sizes, plan, 1, target);
    const auto tiles = static_cast<std::int64_t>(whole.size());
    std::int64_t rounds = whole.front().end_round;
    for (const RowTile& tile : whole) {
        rounds = std::min(rounds, tile.end_round);
    }
    const std::int64_t most =
        std::min({kMostSplits, rounds, divide_round_up(sizes.shape.context, kLeastKeys)});
    const std::int64_t values = sizes.shape.value_columns;
    const std::int64_t key_bytes =
        key_value_bytes(sizes, sizes.shape.sequences * sizes.shape.context * sizes.shape.kv_heads);
    const std::int64_t memory_cycles = divide_round_up(key_bytes, target.memory_width);
    std::int64_t best = 1;
    std::int64_t best_cycles = 0;
    for (std::int64_t splits = 1; splits <= most; ++splits) {
        const std::int64_t waves = divide_round_up(tiles * splits, target.sms);
        std::int64_t cycles =
            std::max(waves * divide_round_up(rounds, splits) * plan.round_cycles, memory_cycles);
        if (splits > 1) {
            // The parts are written and read once more, by a kernel of its own.
            const std::int64_t bytes = tiles * plan.rows * values * 4 * splits;
            cycles +=
                target.launch_cycles + divide_round_up(2 * bytes, target.sms * target.return_width);
        }
        if (best_cycles == 0 || cycles < best_cycles) {
            best = splits;
            best_cycles = cycles;
        }
    }
    return best;
}

}  // namespace vr
