// SPDX-License-Identifier: Apache-2.0
#include "models/transport/operator_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace vr {

namespace {

constexpr std::int64_t kGatedOperations = 5;  // silu (4), multiply

std::int64_t all_rows(const OperatorSpec& op) {
    return std::accumulate(op.rows.begin(), op.rows.end(), std::int64_t{0});
}

// Pairs of a query and a key that it sees, of all sequences, for one head.
std::int64_t query_key_pairs(const Workload& workload, const OperatorSpec& op) {
    const AttentionShape& shape = op.attention;
    const std::int64_t rows = workload.tensors[op.inputs[0].value].rows;
    const auto pairs = [&](std::int64_t sequence) {
        const std::int64_t queries = shape.queries_of(sequence, rows);
        const std::int64_t hidden = shape.causal ? queries * (queries - 1) / 2 : 0;
        return queries * shape.keys_of(sequence) - hidden;
    };
    if (shape.contexts.empty() && shape.query_rows.empty()) {
        return shape.sequences * pairs(0);
    }
    std::int64_t sum = 0;
    for (std::int64_t sequence = 0; sequence < shape.sequences; ++sequence) {
        sum += pairs(sequence);
    }
    return sum;
}

// One number, or the least and the largest of several.
std::string range_text(const std::vector<std::int64_t>& values, std::int64_t otherwise) {
    if (values.empty()) {
        return fmt::format("{}", otherwise);
    }
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return *least == *most ? fmt::format("{}", *least) : fmt::format("{} to {}", *least, *most);
}

// Per element of the output (per logit for routing).
std::int64_t operations(const OperatorSpec& op) {
    if (op.kind == OperatorKind::kElementwise) {
        return op.function == ElementwiseFunction::kSilu
                   ? 4
                   : std::max<std::int64_t>(static_cast<std::int64_t>(op.inputs.size()) - 1, 1);
    }
    switch (op.row_function) {
        case RowFunction::kRmsNorm:
            return op.inputs.size() > 2 ? 5 : 4;  // square, add, two multiplications; an addend
        case RowFunction::kSoftmax:
            return 4;  // maximum, exponential, add, divide
        case RowFunction::kRope:
            return 3;  // two multiplications, one addition
        case RowFunction::kQuantise:
            return 2;  // maximum, multiply
        case RowFunction::kTopK:
            return 6;  // score (4), bias, comparison
        case RowFunction::kSwiglu:
            return kGatedOperations;
        case RowFunction::kMerge:
            return 2 * op.groups;  // a multiply-add per part
    }
    return 1;
}

}  // namespace

std::int64_t tensor_flops(const Workload& workload, const OperatorSpec& op) {
    const TensorSpec& out = workload.tensors[op.output.value];
    switch (op.kind) {
        case OperatorKind::kGemm:
            return 2 * out.rows * out.columns * op.product_columns() *
                   workload.tensors[op.inputs[0].value].columns;
        case OperatorKind::kGroupedGemm:
            return 2 * all_rows(op) * out.columns * op.product_columns() *
                   workload.tensors[op.inputs[0].value].columns;
        case OperatorKind::kBatchedGemm: {
            const TensorSpec& b = workload.tensors[op.inputs[1].value];
            return 2 * out.rows * b.rows * b.columns;
        }
        case OperatorKind::kAttention:
            return 2 * query_key_pairs(workload, op) * op.attention.heads *
                   (op.attention.head_columns + op.attention.value_columns);
        case OperatorKind::kCopy:
        case OperatorKind::kElementwise:
        case OperatorKind::kCustom:
        case OperatorKind::kRows:
        case OperatorKind::kPermute:
        case OperatorKind::kCombine:
        case OperatorKind::kReplay:
        case OperatorKind::kCollective:
            break;
    }
    return 0;
}

std::int64_t vector_flops(const Workload& workload, const OperatorSpec& op) {
    const TensorSpec& out = workload.tensors[op.output.value];
    switch (op.kind) {
        case OperatorKind::kElementwise:
            return out.rows * out.columns * operations(op);
        case OperatorKind::kRows: {
            if (op.row_function == RowFunction::kMerge) {
                return out.rows * out.columns * operations(op);
            }
            const TensorSpec& in = workload.tensors[op.inputs[0].value];
            const RowPart part = row_part(workload, op);
            std::int64_t columns = part.heads * part.columns;
            if (op.row_function == RowFunction::kSwiglu) {
                columns = out.columns;
            } else if (op.row_function == RowFunction::kRope) {
                columns = part.heads * op.columns;  // others go along
            }
            return in.rows * columns * operations(op);
        }
        case OperatorKind::kCombine:
            return 2 * all_rows(op) * out.columns;
        case OperatorKind::kAttention: {
            constexpr std::int64_t kSoftmax = 4;  // scale, maximum, exponential, add
            return query_key_pairs(workload, op) * op.attention.heads * kSoftmax;
        }
        case OperatorKind::kCustom:  // at least one per element
            return out.rows * out.columns;
        case OperatorKind::kGemm:
        case OperatorKind::kGroupedGemm: {
            const std::int64_t rows = op.kind == OperatorKind::kGemm ? out.rows : all_rows(op);
            return op.epilogue == ProductEpilogue::kSwiglu ? rows * out.columns * kGatedOperations
                                                           : 0;
        }
        case OperatorKind::kBatchedGemm:
        case OperatorKind::kCopy:
        case OperatorKind::kPermute:
        case OperatorKind::kReplay:
        case OperatorKind::kCollective:
            break;
    }
    return 0;
}

namespace {

// Block scales count where the whole tensor does.
std::int64_t bytes_of_part(const TensorSpec& tensor, const TensorSpec& part) {
    const bool whole = part.rows == tensor.rows && part.columns == tensor.columns;
    return whole ? element_bytes(tensor) + scale_bytes(tensor) : element_bytes(part);
}

}  // namespace

std::int64_t read_bytes(const Workload& workload, const OperatorSpec& op, std::size_t input) {
    const TensorSpec& tensor = workload.tensors[op.inputs[input].value];
    TensorSpec part = tensor;
    switch (op.kind) {
        case OperatorKind::kGroupedGemm:
            if (input == 0) {
                part.rows = all_rows(op);
            } else {
                const auto used = std::count_if(op.rows.begin(), op.rows.end(),
                                                [](std::int64_t rows) { return rows > 0; });
                part.rows = tensor.rows / static_cast<std::int64_t>(op.rows.size()) * used;
            }
            break;
        case OperatorKind::kBatchedGemm:
            if (input == 0) {
                part.columns = op.groups * workload.tensors[op.inputs[1].value].columns;
            }
            break;
        case OperatorKind::kAttention:
            if (input > 0) {
                part.rows = op.attention.all_keys();
            }
            if (input == 2) {
                part.columns = op.attention.kv_heads * op.attention.value_columns;
            }
            break;
        case OperatorKind::kPermute:
            if (input == 0) {  // rows of one expert are different tokens
                part.rows = *std::max_element(op.rows.begin(), op.rows.end());
            }
            break;
        case OperatorKind::kCombine:
            if (input == 0) {
                part.rows = all_rows(op);
            }
            break;
        case OperatorKind::kRows:
            if (input == 0 && op.columns != 0) {
                const RowPart columns = row_part(workload, op);
                part.columns = (columns.input.pitch == 0 ? 1 : columns.heads) * columns.columns;
            } else if (op.row_function == RowFunction::kRope && input > 0) {
                part.rows = std::min(op.sequence_rows, workload.tensors[op.inputs[0].value].rows);
            }
            break;
        case OperatorKind::kGemm:
        case OperatorKind::kCopy:
        case OperatorKind::kElementwise:
        case OperatorKind::kCustom:
        case OperatorKind::kReplay:
        case OperatorKind::kCollective:
            break;
    }
    return bytes_of_part(tensor, part);
}

std::int64_t write_bytes(const Workload& workload, const OperatorSpec& op) {
    const TensorSpec& tensor = workload.tensors[op.output.value];
    TensorSpec part = tensor;
    if (op.kind == OperatorKind::kRows && op.columns != 0) {
        const RowPart columns = row_part(workload, op);
        part.columns = columns.heads * columns.columns;
    }
    if (op.kind == OperatorKind::kRows && (op.row_pitch != 1 || op.row_first != 0)) {
        part.rows = workload.tensors[op.inputs[0].value].rows;
    }
    if (op.kind == OperatorKind::kBatchedGemm) {
        part.columns = workload.tensors[op.inputs[1].value].rows;
    }
    return bytes_of_part(tensor, part);
}

std::string shape_text(const Workload& workload, const OperatorSpec& op) {
    if (op.kind == OperatorKind::kReplay) {
        return op.replay.name;
    }
    if (op.kind == OperatorKind::kCollective) {
        return fmt::format("{} of {} B", collective_name(op.collective.kind), op.collective.bytes);
    }
    // A custom kernel may write only.
    const TensorSpec& in =
        workload.tensors[op.inputs.empty() ? op.output.value : op.inputs[0].value];
    const TensorSpec& out = workload.tensors[op.output.value];
    const std::string_view type = tensor_type_name(in.type);
    switch (op.kind) {
        case OperatorKind::kGemm:
            return fmt::format("{}x{}x{} {}", out.rows, out.columns * op.product_columns(),
                               in.columns, type);
        case OperatorKind::kGroupedGemm:
            return fmt::format("{} groups, {}x{}x{} {}", op.rows.size(), all_rows(op),
                               out.columns * op.product_columns(), in.columns, type);
        case OperatorKind::kBatchedGemm: {
            const TensorSpec& b = workload.tensors[op.inputs[1].value];
            return fmt::format("{} x {}x{}x{} {}", op.groups, out.rows, b.rows / op.groups,
                               b.columns, type);
        }
        case OperatorKind::kAttention:
            return fmt::format(
                "{} x {} heads, {} queries, {} keys {}", op.attention.sequences, op.attention.heads,
                range_text(op.attention.query_rows, in.rows / op.attention.sequences),
                range_text(op.attention.contexts, op.attention.context), type);
        case OperatorKind::kRows:
            if (op.columns != 0 || in.rows != out.rows) {  // a part of the output
                const RowPart part = row_part(workload, op);
                return fmt::format("{}x{} {}", in.rows, part.heads * part.columns, type);
            }
            break;
        case OperatorKind::kCopy:
        case OperatorKind::kElementwise:
        case OperatorKind::kCustom:
        case OperatorKind::kPermute:
        case OperatorKind::kCombine:
        case OperatorKind::kReplay:
        case OperatorKind::kCollective:
            break;
    }
    return fmt::format("{}x{} {}", out.rows, out.columns, type);
}

}  // namespace vr
