// SPDX-License-Identifier: Apache-2.0
// What functions of rows demand of their tensors.
#include "models/transport/memory_units.h"
#include "traces/formats/workload/operand_checks.h"

namespace vr::workload_trace {

namespace {

constexpr std::int64_t kSectorBits = 8 * std::int64_t{kSectorBytes};

// Heads of a part lie within input and output.
bool heads_fit(const OperatorSpec& op, const TensorSpec& input, const TensorSpec& output) {
    const HeadColumns& in = op.input_columns;
    const HeadColumns& out = op.output_columns;
    if (output.columns % out.pitch != 0 || out.first + op.columns > out.pitch) {
        return false;
    }
    const std::int64_t heads = output.columns / out.pitch;
    const bool overlap = in.pitch != 0 && in.pitch < op.columns && heads > 1;
    return !overlap && in.first + (heads - 1) * in.pitch + op.columns <= input.columns;
}

bool on_sectors(const TensorSpec& tensor, const HeadColumns& part, std::int64_t columns) {
    const std::int64_t bits = element_bits(tensor.type);
    return part.pitch * bits % kSectorBits == 0 && part.first * bits % kSectorBits == 0 &&
           columns * bits % kSectorBits == 0;
}

std::string part_text(const OperatorSpec& op) {
    return fmt::format("columns {} (pitch {}, first {}), output_pitch {}, output_first {}",
                       op.columns, op.input_columns.pitch, op.input_columns.first,
                       op.output_columns.pitch, op.output_columns.first);
}

// The part that a norm or a quantisation takes, if it does not take rows whole.
std::optional<Diagnostic> check_part(const OperatorSpec& op, const TensorSpec& input,
                                     const TensorSpec& output) {
    if (op.columns == 0) {
        return std::nullopt;
    }
    const std::string what = fmt::format("{} of {} into {}, {}", operator_name(op),
                                         described(input), described(output), part_text(op));
    if (!heads_fit(op, input, output)) {
        return problem(what,
                       "first + (heads - 1) x pitch + columns within the input's columns, "
                       "output_first + columns within output_pitch, which divides the "
                       "output's columns into heads");
    }
    if (!on_sectors(input, op.input_columns, op.columns) ||
        (output.type != TensorType::kNvfp4 && !on_sectors(output, op.output_columns, op.columns))) {
        return problem(what,
                       "pitches, firsts and columns of a multiple of 32 bytes: TMA moves "
                       "sectors");
    }
    if (output.type == TensorType::kNvfp4 && op.columns != output.columns) {
        return problem(what,
                       "a part that fills the rows of an nvfp4 output: its block scales are "
                       "stored in atoms of 128 rows x 64 columns");
    }
    return std::nullopt;
}

// Results of row functions may be written as FP8; those of NVFP4 need a kernel of their own.
bool is_written(TensorType type) {
    return is_float(type) || type == TensorType::kFp8E4m3;
}

// Rows of the input have places in the output: all rows one after the other, or those named.
bool rows_fit(const OperatorSpec& op, const TensorSpec& input, const TensorSpec& output) {
    const bool placed = op.row_pitch != 1 || op.row_first != 0;
    return placed ? op.row_first + (input.rows - 1) * op.row_pitch < output.rows
                  : input.rows == output.rows;
}

bool same_shape(const TensorSpec& a, const TensorSpec& b) {
    return a.rows == b.rows && a.columns == b.columns;
}

std::optional<Diagnostic> check_norm(const OperatorSpec& op,
                                     const std::vector<const TensorSpec*>& inputs,
                                     const TensorSpec& output) {
    const TensorSpec& input = *inputs[0];
    const TensorSpec& weight = *inputs[1];
    const bool part = op.columns != 0;
    if (inputs.size() > 2 &&
        (part || !same_shape(input, *inputs[2]) || input.type != inputs[2]->type)) {
        return problem(
            fmt::format("rms_norm of {} with add {}", described(input), described(*inputs[2])),
            "add of the input's shape and type, rows taken whole");
    }
    const bool shapes = rows_fit(op, input, output) && (part || input.columns == output.columns);
    if (is_float(input.type) && is_float(weight.type) && is_written(output.type) && shapes &&
        weight.rows == 1 && weight.columns == (part ? op.columns : input.columns)) {
        return check_part(op, input, output);
    }
    return problem(fmt::format("rms_norm of {} with weight {} into {}", described(input),
                               described(weight), described(output)),
                   "bf16 or fp32, output also fp8_e4m3: input and output [rows, columns], weight "
                   "[1, columns]; rows by output_row_pitch within the output",
                   part ? fmt::format("here {}", part_text(op)) : "");
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
    const bool parts = heads_fit(op, input, output) && op.columns % 2 == 0;
    const std::int64_t positions = op.position + std::min(op.sequence_rows, input.rows);
    const bool types =
        is_float(input.type) && (input.type == output.type || output.type == TensorType::kFp8E4m3);
    if (op.carries &&
        (op.input_columns.pitch != op.output_columns.pitch ||
         op.input_columns.first != op.output_columns.first || input.columns < output.columns ||
         !on_sectors(input, {op.input_columns.pitch, 0}, 0) ||
         !on_sectors(output, {op.output_columns.pitch, 0}, 0))) {
        return problem(
            fmt::format("rope of {} into {} with carry, {}", described(input), described(output),
                        part_text(op)),
            "with carry equal pitches of a multiple of 32 bytes, equal firsts, and an input "
            "of all heads: they are moved whole");
    }
    if (parts && types && rows_fit(op, input, output) && angles.type == TensorType::kFp32 &&
        angles.columns == op.columns && angles.rows >= positions) {
        return std::nullopt;
    }
    return problem(
        fmt::format("rope of {}, angles {}, into {}, {}, {} positions", described(input),
                    described(angles), described(output), part_text(op), positions),
        "input bf16 or fp32, output of its type or fp8_e4m3, with equal rows (or rows by "
        "output_row_pitch within the output); an even number of columns "
        "per head, within input and output_pitch; angles fp32 [positions, columns]: cosines, then "
        "sines");
}

std::optional<Diagnostic> check_quantise(const OperatorSpec& op, const TensorSpec& input,
                                         const TensorSpec& output) {
    const bool part = op.columns != 0;
    const bool placed = op.row_pitch != 1 || op.row_first != 0;
    const bool moves = part || placed;
    const bool narrower =
        is_float(input.type) &&
        (output.type == TensorType::kFp8E4m3 || output.type == TensorType::kNvfp4 ||
         (output.type == TensorType::kBf16 && input.type == TensorType::kFp32));
    const bool keeps = is_written(input.type) && output.type == input.type && moves;
    const bool shapes =
        (part || input.columns == output.columns) && (placed || input.rows == output.rows);
    if ((!narrower && !keeps) || !shapes) {
        return problem(fmt::format("quantise of {} into {}", described(input), described(output)),
                       "input bf16 or fp32, output fp8_e4m3, nvfp4, (from fp32) bf16 or (of a part "
                       "of the columns, or to rows by output_row_pitch; input fp8_e4m3, too) the "
                       "input's type, of one shape");
    }
    if (placed && (!rows_fit(op, input, output) || output.type == TensorType::kNvfp4)) {
        return problem(
            fmt::format("quantise of {} into {} with output_row_pitch {}, output_row_first {}",
                        described(input), described(output), op.row_pitch, op.row_first),
            "row r of the input goes to row r x output_row_pitch + output_row_first, within the "
            "output, which is not nvfp4");
    }
    return check_part(op, input, output);
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
    if (is_float(input.type) && is_written(output.type) && input.rows == output.rows &&
        input.columns == 2 * output.columns) {
        return std::nullopt;
    }
    return problem(fmt::format("swiglu of {} into {}", described(input), described(output)),
                   "bf16 or fp32: input [rows, 2 x columns] (gates, then values), output [rows, "
                   "columns], also fp8_e4m3");
}

}  // namespace

std::optional<Diagnostic> check_rows(OperatorSpec& op, const std::vector<const TensorSpec*>& inputs,
                                     const TensorSpec& output) {
    switch (op.row_function) {
        case RowFunction::kRmsNorm:
            return check_norm(op, inputs, output);
        case RowFunction::kSoftmax:
            return check_softmax(*inputs[0], output);
        case RowFunction::kRope:
            return check_rope(op, *inputs[0], *inputs[1], output);
        case RowFunction::kQuantise:
            return check_quantise(op, *inputs[0], output);
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
