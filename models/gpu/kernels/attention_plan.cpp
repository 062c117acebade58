// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/kernels/attention_plan.h"

#include <algorithm>
#include <numeric>

#include "models/base/error.h"
#include "models/gpu/kernels/thread_kernels.h"
#include "models/gpu/number_kind.h"

namespace vr {

namespace {

constexpr std::int64_t kMostStages = 8;
constexpr std::int64_t kMostKeys = 128;  // of a block
constexpr std::int64_t kWideBlock = 64;
constexpr std::int64_t kLeastBoxKeys = 8;

std::int64_t bytes_of(const AttentionSizes& sizes, std::int64_t elements) {
    return divide_round_up(elements * element_bits(sizes.type), 8);
}

std::int64_t value_columns(const AttentionSizes& sizes, const AttentionPlan& plan) {
    return sizes.shape.value_columns / plan.value_parts;
}

std::int64_t pieces(std::int64_t columns) {
    return divide_round_up(columns, kMostColumns);
}

// Cycles that the softmax of one tile takes in a round.
struct SoftmaxCycles {
    std::int64_t vector = 0;       // of the vector pipes
    std::int64_t exponential = 0;  // of the special-function units
    std::int64_t chain = 0;        // from scores to weights
};

SoftmaxCycles softmax_cycles(const AttentionSizes& sizes, const AttentionPlan& plan,
                             const KernelTarget& target) {
    const SmConfig& sm = target.sm;
    const std::int64_t lanes = sm.vector_pipes.lanes;
    const std::int64_t elements = plan.rows * plan.key_block;
    const std::int64_t maxima = divide_round_up(maximum_operations(elements, sm), lanes);
    const std::int64_t others = divide_round_up(
        elements * kScoreOperations + plan.polynomials * kPolynomialOperations, lanes);
    const std::int64_t rescaling = divide_round_up(rescale_operations(sizes, plan, sm), lanes);
    const std::int64_t bytes = bytes_of(sizes, elements);
    const std::int64_t reading = divide_round_up(elements * 4, sm.tensor_memory.read_width.value);
    const std::int64_t writing = divide_round_up(bytes, plan.weights == WeightsPlace::kSharedMemory
                                                            ? sm.shared_memory.write_width.value
                                                            : sm.tensor_memory.read_width.value);
    SoftmaxCycles cycles;
    const std::int64_t copying = divide_round_up(copy_operations(sizes, plan), lanes);
    cycles.vector = maxima + others + rescaling + copying;
    cycles.exponential = divide_round_up(elements - plan.polynomials, sm.vector_pipes.exponentials);
    cycles.chain = reading + maxima + std::max(others, cycles.exponential) + rescaling + writing +
                   copying + sm.vector_pipes.reduction_latency.value;
    return cycles;
}

// Exponentials of a round that are left to the vector pipes so that both units take equally long:
// where two tiles keep the tensor core busy and the sums leave the registers free.
std::int64_t polynomials(const AttentionPlan& plan, const KernelTarget& target) {
    if (plan.parts == 1 || target.sm.tensor_memory.registers) {
        return 0;
    }
    const VectorPipesConfig& pipes = target.sm.vector_pipes;
    const std::int64_t elements = plan.rows * plan.key_block;
    const std::int64_t others =
        elements * kScoreOperations + maximum_operations(elements, target.sm);
    // (elements - x) / exponentials = (others + x * kPolynomialOperations) / lanes
    const std::int64_t more = elements * pipes.lanes - others * pipes.exponentials;
    return more <= 0 ? 0 : more / (pipes.lanes + kPolynomialOperations * pipes.exponentials);
}

// Cycles of one round of all tiles: the tensor core's products, what the softmax between them
// takes, or one tile's way through both where nothing of its next round can begin before.
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
    const SoftmaxCycles softmax = softmax_cycles(sizes, plan, target);
    const bool over = plan.weights == WeightsPlace::kOverScores;
    return std::max({plan.parts * (scores + output), plan.parts * softmax.vector,
                     plan.parts * softmax.exponential,
                     softmax.chain + (over ? scores + output : 0)});
}

WeightsPlace place_of_weights(const AttentionSizes& sizes, const AttentionPlan& plan,
                              std::int64_t columns, const KernelTarget& target) {
    if (plan.warp_rows > 0) {
        return WeightsPlace::kOverScores;
    }
    if (target.sm.tensor_memory.registers) {
        return WeightsPlace::kBesideScores;
    }
    if (plan.parts == 1) {
        return WeightsPlace::kSharedMemory;
    }
    const std::int64_t weights = plan.key_block * element_bits(sizes.type) / 32;
    return value_columns(sizes, plan) + plan.key_block + weights <= columns
               ? WeightsPlace::kBesideScores
               : WeightsPlace::kOverScores;
}

// Whether the plan fits tensor memory and shared memory; sets stages and the place of weights.
bool fit(const AttentionSizes& sizes, AttentionPlan& plan, std::int64_t output_bits,
         const KernelTarget& target) {
    const TensorMemoryConfig& memory = target.sm.tensor_memory;
    const std::int64_t values = value_columns(sizes, plan);
    // Accumulators of half the lanes stand in pairs, one above the other.
    const std::int64_t halves = memory.registers || plan.group_rows() > memory.lanes / 2 ? 1 : 2;
    const std::int64_t columns =
        halves * memory.columns / divide_round_up(plan.group_rows(), memory.lanes);
    plan.weights = place_of_weights(sizes, plan, columns, target);
    const bool alone = plan.parts == 1 && plan.warp_rows == 0;
    plan.output_stages = alone && 2 * values + 2 * plan.key_block <= columns ? 2 : 1;
    const std::int64_t left = columns - plan.output_stages * values;
    if (left < plan.key_block) {
        return false;
    }
    plan.score_stages = alone ? std::min<std::int64_t>(left / plan.key_block, 2) : 1;
    const std::int64_t query_bytes = plan.group_rows() * bytes_of(sizes, sizes.shape.head_columns);
    const std::int64_t chunk = std::gcd(kOutputChunkBytes, values * output_bits / 8);
    const std::int64_t weight_bytes =
        plan.weights == WeightsPlace::kSharedMemory
            ? plan.weight_slots() * plan.rows * bytes_of(sizes, plan.key_block)
            : 0;
    const std::int64_t fixed = plan.parts * (weight_bytes + plan.output_slots() * plan.rows *
                                                                std::max(chunk, kRowSumBytes));
    const std::int64_t key_bytes =
        plan.key_block * (bytes_of(sizes, sizes.shape.head_columns) +
                          (plan.separate_values ? bytes_of(sizes, values) : 0));
    const std::int64_t room = target.sm.shared_memory.capacity.value - fixed;
    plan.query_stages = (room - 2 * query_bytes) / key_bytes >= 3 ? 2 : 1;
    plan.key_stages = std::min((room - plan.query_stages * query_bytes) / key_bytes, kMostStages);
    const std::int64_t least = plan.warp_rows > 0 ? 1 : 2;
    const bool fits = room >= plan.query_stages * query_bytes && plan.key_stages >= least;
    if (plan.warp_rows > 0) {  // keys of the next round come while the softmax works
        plan.query_stages = plan.key_stages = 1;
    }
    return fits;
}

// Rows that one sequence and head (or heads that share keys) has.
std::int64_t rows_of_set(const AttentionSizes& sizes, const AttentionPlan& plan) {
    const AttentionShape& shape = sizes.shape;
    return plan.packed ? shape.heads / shape.kv_heads * (shape.kv_heads == 1 ? sizes.queries : 1)
                       : sizes.queries;
}

// Of all sequences, or of one where all are alike.
std::int64_t blocks_of_keys(const AttentionShape& shape, std::int64_t key_block) {
    std::int64_t blocks = 0;
    for (const std::int64_t keys : shape.contexts) {
        blocks += divide_round_up(keys, key_block);
    }
    return shape.contexts.empty() ? divide_round_up(shape.context, key_block) : blocks;
}

__extension__ using Wide = __int128;

// Cycles of one SM for all keys and the rows of one set.
Wide cost(const AttentionSizes& sizes, const AttentionPlan& plan) {
    return static_cast<Wide>(plan.round_cycles) * plan.value_parts *
           blocks_of_keys(sizes.shape, plan.key_block) *
           divide_round_up(rows_of_set(sizes, plan), plan.group_rows());
}

// Rows of a tile: half an array where that suffices and instructions that span SMs have one; two
// arrays where two warp groups, in step, hold the sums in their registers.
std::int64_t tile_rows(std::int64_t rows, const KernelTarget& target) {
    const TensorCoreConfig& core = target.sm.tensor_core;
    if (target.sm.tensor_memory.registers) {
        return rows > core.rows ? 2 * core.rows : core.rows;
    }
    return core.group == 2 && rows <= core.rows / 2 ? core.rows / 2 : core.rows;
}

// The best plan with so many tiles in turns; without key_block where none fits.
AttentionPlan best_plan(const AttentionSizes& sizes, const AttentionPlan& plan,
                        const AttentionChoice& choice, std::int64_t output_bits,
                        const KernelTarget& target) {
    AttentionPlan best;
    for (std::int64_t parts = 1; sizes.shape.value_columns % (16 * parts) == 0 || parts == 1;
         parts *= 2) {
        for (std::int64_t keys = kMostKeys; keys >= 16; keys /= 2) {
            AttentionPlan candidate = plan;
            candidate.key_block = choice.key_block > 0 ? choice.key_block : keys;
            // gcd(0, n) is n: without pages a block is one box.
            candidate.box_keys = std::gcd(choice.page_keys, candidate.key_block);
            candidate.value_parts = parts;
            candidate.separate_values = sizes.own_values || parts > 1;
            candidate.polynomials = polynomials(candidate, target);
            if (!fit(sizes, candidate, output_bits, target)) {
                continue;
            }
            candidate.round_cycles = round_cycles(sizes, candidate, target);
            if (best.key_block == 0 || cost(sizes, candidate) < cost(sizes, best)) {
                best = candidate;
            }
        }
    }
    return best;
}

}  // namespace

std::int64_t key_value_bytes(const AttentionSizes& sizes, std::int64_t keys) {
    const std::int64_t columns =
        sizes.shape.head_columns + (sizes.own_values ? sizes.shape.value_columns : 0);
    return divide_round_up(keys * columns * element_bits(sizes.type), 8);
}

AttentionSizes attention_sizes(const Workload& workload, const OperatorSpec& op) {
    AttentionSizes sizes;
    const TensorSpec& q = workload.tensors[op.inputs[0].value];
    sizes.shape = op.attention;
    const std::vector<std::int64_t>& by_sequence = op.attention.query_rows;
    sizes.queries = by_sequence.empty() ? q.rows / op.attention.sequences
                                        : *std::max_element(by_sequence.begin(), by_sequence.end());
    sizes.rows = q.rows;
    sizes.capacity = workload.tensors[op.inputs[1].value].rows / op.attention.sequences;
    sizes.type = q.type;
    sizes.own_values = op.inputs.size() > 2;
    return sizes;
}

std::vector<AttentionSequence> list_sequences(const AttentionSizes& sizes) {
    std::vector<AttentionSequence> sequences;
    std::int64_t first = 0;
    for (std::int64_t i = 0; i < sizes.shape.sequences; ++i) {
        sequences.push_back({first, sizes.shape.queries_of(i, sizes.rows), sizes.shape.keys_of(i)});
        first += sequences.back().queries;
    }
    return sequences;
}

AttentionChoice attention_choice(const OperatorSpec& op) {
    AttentionChoice choice;
    if (op.arguments.empty()) {
        return choice;
    }
    KernelArguments arguments(op);
    choice.tile_rows = arguments.get("tile_rows", 0, 0, 256);
    choice.key_block = arguments.get("key_block", 0, 0, 256);
    choice.warp_rows = arguments.get("warp_rows", 0, 0, 64);
    choice.splits = arguments.get("splits", 0, 0, kMostSplits);
    choice.page_keys = arguments.get("page_keys", 0, 0, 1 << 20);
    choice.persistent = arguments.get("persistent", 1, 0, 1) == 1;
    arguments.finish();
    if (choice.page_keys % kLeastBoxKeys != 0) {
        throw InputError(Diagnostic{
            "", op.line, 0,
            fmt::format("operator '{}': argument 'page_keys' is {}", op.id, choice.page_keys),
            fmt::format("multiples of {}", kLeastBoxKeys), "a load takes whole parts of a page"});
    }
    return choice;
}

std::int64_t maximum_operations(std::int64_t elements, const SmConfig& sm) {
    const std::int64_t rate = sm.vector_pipes.comparisons;
    return rate == 0 ? elements : divide_round_up(elements * sm.vector_pipes.lanes, rate);
}

std::int64_t rescale_operations(const AttentionSizes& sizes, const AttentionPlan& plan,
                                const SmConfig& sm) {
    return sm.tensor_memory.registers ? plan.rows * value_columns(sizes, plan) : 0;
}

std::int64_t copy_operations(const AttentionSizes& sizes, const AttentionPlan& plan) {
    return plan.warp_rows > 0
               ? key_value_bytes(sizes, plan.key_block) / kCopyBytes * kCopyOperations
               : 0;
}

MatrixInstruction score_instruction(const AttentionSizes& sizes, const AttentionPlan& plan) {
    MatrixInstruction instruction;
    instruction.kind = kind_of(sizes.type);
    instruction.m = plan.rows;
    instruction.n = plan.key_block;
    instruction.warp_rows = plan.warp_rows;
    return instruction;
}

MatrixInstruction output_instruction(const AttentionSizes& sizes, const AttentionPlan& plan) {
    MatrixInstruction instruction = score_instruction(sizes, plan);
    const std::int64_t columns = value_columns(sizes, plan);
    instruction.n = divide_round_up(columns, pieces(columns));
    instruction.a_in_tensor_memory = plan.weights != WeightsPlace::kSharedMemory;
    return instruction;
}

AttentionPlan plan_attention(const AttentionSizes& sizes, const OperatorSpec& op,
                             std::int64_t output_bits, const KernelTarget& target) {
    const AttentionShape& shape = sizes.shape;
    const AttentionChoice choice = attention_choice(op);
    const TensorCoreConfig& core = target.sm.tensor_core;
    if (choice.warp_rows > 0 && core.warp_rate == 0) {
        throw InputError(Diagnostic{
            "", op.line, 0,
            fmt::format("operator '{}': instructions of warps, whose rate is not known", op.id),
            "a platform with gpu.sm.tensor_core.warp_rate", "leave out warp_rows"});
    }
    AttentionPlan plan;
    plan.packed = shape.kv_heads == 1 || sizes.queries == 1;
    plan.warp_rows = choice.warp_rows;
    const std::int64_t rows = rows_of_set(sizes, plan);
    AttentionPlan best;
    for (plan.parts = 1; plan.parts <= kMostParts; ++plan.parts) {
        plan.rows = choice.tile_rows > 0 ? choice.tile_rows / plan.parts : tile_rows(rows, target);
        const AttentionPlan candidate = best_plan(sizes, plan, choice, output_bits, target);
        // Two tiles in turns, as long as both together leave room for wide blocks and all columns.
        if (best.key_block == 0 ||
            (candidate.key_block >= kWideBlock && candidate.value_parts <= best.value_parts)) {
            best = candidate;
        }
        // A second tile would be empty, or has no registers.
        if (rows <= plan.rows || target.sm.tensor_memory.registers) {
            break;
        }
    }
    // A smaller tile, whose sums of all columns find room.
    if (best.value_parts > 1 && best.parts == 1 && choice.tile_rows == 0 && core.group == 2 &&
        best.rows == core.rows) {
        plan.parts = 1;
        plan.rows = core.rows / 2;
        const AttentionPlan half = best_plan(sizes, plan, choice, output_bits, target);
        best = half.key_block > 0 && cost(sizes, half) < cost(sizes, best) ? half : best;
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

}  // namespace vr
