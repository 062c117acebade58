// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numeric>

#include "models/transport/memory_units.h"
#include "traces/formats/workload/operand_checks.h"
#include "traces/formats/workload/statements.h"

namespace vr::workload_trace {

namespace {

constexpr std::int64_t kSectorBits = 8 * std::int64_t{kSectorBytes};
constexpr std::size_t kMostAddends = 8;

std::optional<Diagnostic> check_types(std::string_view name, const TensorSpec& a,
                                      const TensorSpec& b, const TensorSpec& d) {
    if (a.type != b.type || a.type == TensorType::kFp32) {
        return problem(fmt::format("{} operands {} and {}", name, described(a), described(b)),
                       "a and b of one type out of bf16, fp8_e4m3, nvfp4");
    }
    if (d.type == TensorType::kNvfp4) {
        return problem(fmt::format("{} output {}", name, described(d)), "bf16, fp32 or fp8_e4m3");
    }
    return std::nullopt;
}

// Columns of a product whose output is d: gates and values of a gated unit are columns of their
// own. 0 if no count of columns fits.
std::int64_t output_columns(const OperatorSpec& op, std::int64_t columns) {
    return columns % op.product_columns() == 0 ? columns / op.product_columns() : 0;
}

std::optional<Diagnostic> check_gemm(const OperatorSpec& op, const TensorSpec& a,
                                     const TensorSpec& b, const TensorSpec& d) {
    if (auto wrong = check_types("gemm", a, b, d)) {
        return wrong;
    }
    const std::int64_t columns = output_columns(op, b.rows);
    if (a.columns != b.columns || d.rows != a.rows || d.columns != columns) {
        return problem(
            fmt::format("gemm shapes do not agree: a {}, b {}, d {}", described(a), described(b),
                        described(d)),
            op.epilogue == ProductEpilogue::kSwiglu
                ? "with the epilogue swiglu a [M, K], b [N, K] (gates and values in turn), d [M, "
                  "N / 2]"
                : "a [M, K], b [N, K], d [M, N]",
            columns == 0 ? "b needs an even number of rows"
                         : fmt::format("here d would be [{}, {}]", a.rows, columns));
    }
    return std::nullopt;
}

std::optional<Diagnostic> check_copy(const TensorSpec& source, const TensorSpec& destination) {
    const bool same = source.type == destination.type && source.rows == destination.rows &&
                      source.columns == destination.columns;
    const bool plain = scale_bytes(source) == 0 && scale_bytes(destination) == 0;
    if (same || (plain && element_bytes(source) == element_bytes(destination))) {
        return std::nullopt;
    }
    return problem(
        fmt::format("copy from {} ({} B) to {} ({} B)", described(source), element_bytes(source),
                    described(destination), element_bytes(destination)),
        "equal shapes and types, or (without nvfp4) equal bytes");
}

std::optional<Diagnostic> check_elementwise(ElementwiseFunction function,
                                            const std::vector<const TensorSpec*>& inputs,
                                            const TensorSpec& output) {
    const bool add = function == ElementwiseFunction::kAdd;
    const std::size_t least = add || function == ElementwiseFunction::kMultiply ? 2 : 1;
    if (inputs.size() < least || inputs.size() > (add ? kMostAddends : least)) {
        return problem(fmt::format("elementwise has {} inputs", inputs.size()),
                       "2 to 8 inputs for add, 2 for multiply, 1 for relu and silu");
    }
    for (const TensorSpec* input : inputs) {
        if (!is_float(input->type) || !is_float(output.type) ||
            input->type != inputs.front()->type) {
            return problem(
                fmt::format("elementwise on {} into {}", described(*input), described(output)),
                "inputs of one type, bf16 or fp32; output bf16 or fp32");
        }
        if (input->rows != output.rows || input->columns != output.columns) {
            return problem(fmt::format("elementwise shapes do not agree: {} and {}",
                                       described(*input), described(output)),
                           "inputs and output of one shape");
        }
    }
    return std::nullopt;
}

std::optional<Diagnostic> check_grouped(const OperatorSpec& op, const TensorSpec& a,
                                        const TensorSpec& b, const TensorSpec& d) {
    if (op.rows.empty()) {
        return std::nullopt;  // the list itself was reported
    }
    if (auto wrong = check_types("grouped_gemm", a, b, d)) {
        return wrong;
    }
    const auto groups = static_cast<std::int64_t>(op.rows.size());
    const std::int64_t rows = op.group_starts().back();
    if (b.rows % groups != 0 || a.columns != b.columns || a.rows != rows || d.rows != rows ||
        d.columns != output_columns(op, b.rows / groups)) {
        return problem(
            fmt::format("grouped_gemm shapes do not agree: {} groups with {} rows in all, a {}, "
                        "b {}, d {}",
                        groups, rows, described(a), described(b), described(d)),
            "a [rows in all, K], b [groups x N, K], d [rows in all, N], or N / 2 with the epilogue "
            "swiglu; rows in all counts each group up to row_alignment");
    }
    if (a.type == TensorType::kNvfp4 &&
        (op.row_alignment % kScaleAtomRows != 0 || b.rows / groups % kScaleAtomRows != 0)) {
        return problem(fmt::format("grouped_gemm of nvfp4 with row_alignment {} and N = {}",
                                   op.row_alignment, b.rows / groups),
                       "both multiples of 128: block scales are stored by 128 rows");
    }
    return std::nullopt;
}

// Defaults of a group's columns, and whether they lie within the tensor.
bool complete(HeadColumns& part, std::int64_t groups, std::int64_t count, std::int64_t columns) {
    if (part.pitch == 0) {
        part.pitch = columns / groups;
    }
    return part.pitch * groups == columns && part.first + count <= part.pitch;
}

std::optional<Diagnostic> check_batched(OperatorSpec& op, const TensorSpec& a, const TensorSpec& b,
                                        const TensorSpec& d) {
    if (auto wrong = check_types("batched_gemm", a, b, d)) {
        return wrong;
    }
    const std::int64_t n = b.rows / op.groups;
    if (a.type == TensorType::kNvfp4 || b.rows % op.groups != 0 || d.rows != a.rows ||
        !complete(op.input_columns, op.groups, b.columns, a.columns) ||
        !complete(op.output_columns, op.groups, n, d.columns)) {
        return problem(
            fmt::format("batched_gemm shapes do not agree: {} groups, a {} (pitch {}, first {}), "
                        "b {}, d {} (pitch {}, first {})",
                        op.groups, described(a), op.input_columns.pitch, op.input_columns.first,
                        described(b), described(d), op.output_columns.pitch,
                        op.output_columns.first),
            "bf16 or fp8_e4m3; a [M, groups x a_pitch], b [groups x N, K], d [M, groups x d_pitch] "
            "with a_first + K <= a_pitch and d_first + N <= d_pitch");
    }
    const auto aligned = [](const TensorSpec& t, const HeadColumns& part) {
        return part.pitch * element_bits(t.type) % kSectorBits == 0 &&
               part.first * element_bits(t.type) % kSectorBits == 0;
    };
    if (!aligned(a, op.input_columns) || !aligned(d, op.output_columns) ||
        n * element_bits(d.type) % kSectorBits != 0) {
        return problem(
            fmt::format("batched_gemm: a group's columns of a or d do not begin on 32 B"),
            "pitches, firsts and N of a multiple of 32 bytes: TMA moves sectors");
    }
    return std::nullopt;
}

std::optional<Diagnostic> check_dispatch(const OperatorSpec& op, const TensorSpec& input,
                                         const TensorSpec& routing, const TensorSpec& output) {
    const std::string_view name = operator_name(op);
    const std::int64_t rows = op.group_starts().back();
    const bool permute = op.kind == OperatorKind::kPermute;
    const TensorSpec& tokens = permute ? input : output;
    const TensorSpec& experts = permute ? output : input;
    const bool types = input.type == output.type &&
                       (is_float(input.type) || (permute && input.type == TensorType::kFp8E4m3));
    if (!types || input.columns != output.columns || routing.type != TensorType::kFp32 ||
        routing.columns % 2 != 0 || routing.rows != tokens.rows || experts.rows != rows) {
        return problem(
            fmt::format("{} shapes do not agree: {} rows in {} groups, input {}, routing {}, "
                        "output {}",
                        name, rows, op.rows.size(), described(input), described(routing),
                        described(output)),
            permute ? "bf16, fp32 or fp8_e4m3: input [tokens, H], routing fp32 [tokens, 2 x "
                      "count], output "
                      "[rows in all, H]"
                    : "bf16 or fp32: input [rows in all, H], routing fp32 [tokens, 2 x count], "
                      "output [tokens, H]");
    }
    return std::nullopt;
}

// Lists of a number for each sequence, where there are any.
std::optional<Diagnostic> check_lengths(const AttentionShape& shape, const TensorSpec& q) {
    for (const auto& [name, list] :
         {std::pair("contexts", &shape.contexts), std::pair("query_rows", &shape.query_rows)}) {
        if (!list->empty() && std::ssize(*list) != shape.sequences) {
            return problem(fmt::format("attention has {} '{}' for {} sequences", list->size(), name,
                                       shape.sequences),
                           "a number for each sequence");
        }
    }
    const std::int64_t queries =
        std::accumulate(shape.query_rows.begin(), shape.query_rows.end(), std::int64_t{0});
    if (!shape.query_rows.empty() && queries != q.rows) {
        return problem(
            fmt::format("attention has 'query_rows' of {} in all, and q {}", queries, described(q)),
            fmt::format("lengths that sum up to the rows of q, {}", q.rows));
    }
    return std::nullopt;
}

std::optional<Diagnostic> check_attention(OperatorSpec& op,
                                          const std::vector<const TensorSpec*>& inputs,
                                          const TensorSpec& output) {
    AttentionShape& shape = op.attention;
    const TensorSpec& q = *inputs[0];
    const TensorSpec& k = *inputs[1];
    const bool own_v = inputs.size() == 3;
    const TensorSpec& v = own_v ? *inputs[2] : k;
    if (auto found = check_lengths(shape, q)) {
        return found;
    }
    shape.head_columns = q.columns / shape.heads;
    shape.value_columns = output.columns / shape.heads;
    if (shape.values.pitch == 0) {
        shape.values.pitch = shape.value_columns;
    }
    const bool fits = q.columns == shape.heads * shape.head_columns &&
                      output.columns == shape.heads * shape.value_columns &&
                      shape.heads % shape.kv_heads == 0 &&
                      k.columns == shape.kv_heads * shape.head_columns &&
                      (q.rows % shape.sequences == 0 || !shape.query_rows.empty()) &&
                      output.rows == q.rows && k.rows % shape.sequences == 0 && v.rows == k.rows &&
                      shape.context <= k.rows / shape.sequences &&
                      (own_v ? v.columns == shape.kv_heads * shape.values.pitch &&
                                   shape.values.first + shape.value_columns <= shape.values.pitch
                             : shape.value_columns <= shape.head_columns);
    const bool types = q.type == k.type && k.type == v.type &&
                       (q.type == TensorType::kBf16 || q.type == TensorType::kFp8E4m3) &&
                       output.type != TensorType::kNvfp4;
    if (!fits || !types) {
        return problem(
            fmt::format("attention shapes do not agree: {} sequences, {} heads, {} kv_heads, "
                        "context {}, q {}, k {}, v {}, output {}",
                        shape.sequences, shape.heads, shape.kv_heads, shape.context, described(q),
                        described(k), own_v ? described(v) : "the first columns of k",
                        described(output)),
            "q, k, v of one type, bf16 or fp8_e4m3: q [sequences x queries, heads x D], k "
            "[sequences x capacity, kv_heads x D], v [sequences x capacity, kv_heads x v_pitch] "
            "with v_first + E <= v_pitch (E if not said), output [sequences x queries, heads x E] "
            "bf16, fp32 or fp8_e4m3; context at most capacity; heads a multiple of kv_heads");
    }
    for (std::int64_t i = 0; shape.causal && i < shape.sequences; ++i) {
        if (shape.queries_of(i, q.rows) > shape.keys_of(i)) {
            return problem(fmt::format("attention has {} queries for {} keys of sequence {}",
                                       shape.queries_of(i, q.rows), shape.keys_of(i), i),
                           "with causal at most one query per key");
        }
    }
    const auto on_sectors = [](std::int64_t columns, TensorType type) {
        return columns * element_bits(type) % kSectorBits == 0;
    };
    const bool apart = shape.values.pitch != shape.value_columns || shape.values.first != 0;
    if (!on_sectors(shape.head_columns, q.type) || !on_sectors(shape.value_columns, output.type) ||
        (apart &&
         (!on_sectors(shape.values.pitch, v.type) || !on_sectors(shape.values.first, v.type)))) {
        return problem(fmt::format("attention with {} and {} columns per head, values of a pitch "
                                   "of {} from {} on",
                                   shape.head_columns, shape.value_columns, shape.values.pitch,
                                   shape.values.first),
                       "heads, v_pitch and v_first of a multiple of 32 bytes: TMA moves sectors");
    }
    if (shape.scale == 0) {
        shape.scale = 1.0F / std::sqrt(static_cast<float>(shape.head_columns));
    }
    return std::nullopt;
}

// Kernels work on the GPU's own memory; a copy has one side there.
std::optional<Diagnostic> check_homes(const OperatorSpec& op,
                                      const std::vector<const TensorSpec*>& inputs,
                                      const TensorSpec& output) {
    if (op.kind == OperatorKind::kCopy) {
        if (inputs[0]->home == TensorHome::kHost && output.home == TensorHome::kHost) {
            return problem(fmt::format("copy from {} to {}, both in host memory", inputs[0]->name,
                                       output.name),
                           "one side in host memory, the other in the GPU's",
                           "copy to a tensor of the GPU, and from there");
        }
        return std::nullopt;
    }
    for (const TensorSpec* input : inputs) {
        if (input->home == TensorHome::kHost) {
            return problem(fmt::format("input {} lies in host memory", described(*input)),
                           "tensors in the GPU's memory",
                           "copy it to a tensor of the GPU first, with an operator 'copy'");
        }
    }
    if (output.home == TensorHome::kHost) {
        return problem(fmt::format("output {} lies in host memory", described(output)),
                       "a tensor in the GPU's memory",
                       "write a tensor of the GPU and copy it with an operator 'copy' after");
    }
    return std::nullopt;
}

}  // namespace

std::optional<Diagnostic> check_operands(OperatorSpec& op,
                                         const std::vector<const TensorSpec*>& inputs,
                                         const TensorSpec& output) {
    if (auto fault = check_homes(op, inputs, output)) {
        return fault;
    }
    switch (op.kind) {
        case OperatorKind::kGemm:
            return check_gemm(op, *inputs[0], *inputs[1], output);
        case OperatorKind::kCopy:
            return check_copy(*inputs[0], output);
        case OperatorKind::kElementwise:
            return check_elementwise(op.function, inputs, output);
        case OperatorKind::kGroupedGemm:
            return check_grouped(op, *inputs[0], *inputs[1], output);
        case OperatorKind::kBatchedGemm:
            return check_batched(op, *inputs[0], *inputs[1], output);
        case OperatorKind::kRows:
            return check_rows(op, inputs, output);
        case OperatorKind::kPermute:
        case OperatorKind::kCombine:
            return check_dispatch(op, *inputs[0], *inputs[1], output);
        case OperatorKind::kAttention:
            return check_attention(op, inputs, output);
        case OperatorKind::kCustom:  // the kernel itself checks its tensors
            break;
        case OperatorKind::kReplay:
        case OperatorKind::kCollective:
            break;  // no operands
    }
    return std::nullopt;
}

}  // namespace vr::workload_trace
