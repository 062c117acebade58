// SPDX-License-Identifier: Apache-2.0
// What functions of rows demand of their tensors.
#include "traces/formats/workload/operand_checks.h"

namespace vr::workload_trace {

namespace {

bool same_shape(const TensorSpec& a, const TensorSpec& b) {
    return a.rows == b.rows && a.columns == b.columns;
}

std::optional<Diagnostic> check_norm(const TensorSpec& input, const TensorSpec& weight,
                                     const TensorSpec& output) {
    if (is_float(input.type) && is_float(weight.type) && is_float(output.type) &&
        same_shape(input, output) && weight.rows == 1 && weight.columns == input.columns) {
        return std::nullopt;
    }
    return problem(fmt::format("rms_norm of {} with weight {} into {}", described(input),
                               described(weight), described(output)),
                   "bf16 or fp32: input and output [rows, columns], weight [1, columns]");
}

std::optional<Diagnostic> check_softmax(const TensorSpec& input, const TensorSpec& output) {
    if (is_float(input.type) && is_float(output.type) && same_shape(input, output)) {
        return std::nullopt;
    }
    return problem(fmt::format("softmax of {} into {}", described(input), described(output)),
                   "input and output of one shape, bf16 or fp32");
}

std::optional<Diagnostic> check_rope(const OperatorSpec& op, const TensorSpec& input,
                                     const TensorSpec& angles, const TensorSpec& output) {
    const std::int64_t in = op.input_columns.pitch;
    const std::int64_t out = op.output_columns.pitch;
    const bool parts = input.columns % in == 0 && output.columns % out == 0 &&
                       input.columns / in == output.columns / out &&
                       op.input_columns.first + op.rotated <= in &&
                       op.output_columns.first + op.rotated <= out && op.rotated % 2 == 0;
    const std::int64_t positions = op.position + std::min(op.sequence_rows, input.rows);
    if (parts && is_float(input.type) && input.type == output.type && input.rows == output.rows &&
        angles.type == TensorType::kFp32 && angles.columns == op.rotated &&
        angles.rows >= positions) {
        return std::nullopt;
    }
    return problem(
        fmt::format("rope of {} columns: input {} (pitch {}, first {}), angles {}, output {} "
                    "(pitch {}, first {}), {} positions",
                    op.rotated, described(input), in, op.input_columns.first, described(angles),
                    described(output), out, op.output_columns.first, positions),
        "input and output of one type, bf16 or fp32, with equal rows and heads; an even number of "
        "columns within the pitch; angles fp32 [positions, columns]: cosines, then sines");
}

std::optional<Diagnostic> check_quantise(const TensorSpec& input, const TensorSpec& output) {
    const bool narrow = output.type == TensorType::kFp8E4m3 || output.type == TensorType::kNvfp4 ||
                        (output.type == TensorType::kBf16 && input.type == TensorType::kFp32);
    if (is_float(input.type) && narrow && same_shape(input, output)) {
        return std::nullopt;
    }
    return problem(fmt::format("quantise of {} into {}", described(input), described(output)),
                   "input bf16 or fp32, output fp8_e4m3, nvfp4 or (from fp32) bf16, of one shape");
}

std::optional<Diagnostic> check_top_k(const OperatorSpec& op,
                                      const std::vector<const TensorSpec*>& inputs,
                                      const TensorSpec& output) {
    const TensorSpec& scores = *inputs[0];
    const RoutingRule& rule = op.routing;
    const bool bias =
        inputs.size() < 2 || (inputs[1]->type == TensorType::kFp32 && inputs[1]->rows == 1 &&
                              inputs[1]->columns == scores.columns);
    const bool groups = scores.columns % rule.groups == 0 && rule.groups_kept <= rule.groups &&
                        rule.count <= scores.columns / rule.groups * rule.groups_kept;
    if (bias && groups && is_float(scores.type) && output.type == TensorType::kFp32 &&
        output.rows == scores.rows && output.columns == 2 * rule.count) {
        return std::nullopt;
    }
    return problem(
        fmt::format("top_k of {} with count {}, groups {}, groups_kept {} into {}",
                    described(scores), rule.count, rule.groups, rule.groups_kept,
                    described(output)),
        "input [tokens, experts] bf16 or fp32, bias fp32 [1, experts], output fp32 [tokens, 2 x "
        "count]; groups divide the experts; those of the kept groups are at least count");
}

std::optional<Diagnostic> check_swiglu(const TensorSpec& input, const TensorSpec& output) {
    if (is_float(input.type) && is_float(output.type) && input.rows == output.rows &&
        input.columns == 2 * output.columns) {
        return std::nullopt;
    }
    return problem(fmt::format("swiglu of {} into {}", described(input), described(output)),
                   "bf16 or fp32: input [rows, 2 x columns] (gates, then values), output [rows, "
                   "columns]");
}

}  // namespace

std::optional<Diagnostic> check_rows(OperatorSpec& op, const std::vector<const TensorSpec*>& inputs,
                                     const TensorSpec& output) {
    switch (op.row_function) {
        case RowFunction::kRmsNorm:
            return check_norm(*inputs[0], *inputs[1], output);
        case RowFunction::kSoftmax:
            return check_softmax(*inputs[0], output);
        case RowFunction::kRope:
            return check_rope(op, *inputs[0], *inputs[1], output);
        case RowFunction::kQuantise:
            return check_quantise(*inputs[0], output);
        case RowFunction::kTopK:
            return check_top_k(op, inputs, output);
        case RowFunction::kSwiglu:
            return check_swiglu(*inputs[0], output);
        case RowFunction::kMerge:
            break;  // traces do not hold it
    }
    return std::nullopt;
}

}  // namespace vr::workload_trace
