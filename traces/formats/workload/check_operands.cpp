// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/workload/statements.h"

namespace vr::workload_trace {

namespace {

std::string described(const TensorSpec& tensor) {
    return fmt::format("{} [{}, {}] {}", tensor.name, tensor.rows, tensor.columns,
                       tensor_type_name(tensor.type));
}

Diagnostic problem(std::string what, std::string allowed, std::string hint = {}) {
    return {"", 0, 0, std::move(what), std::move(allowed), std::move(hint)};
}

bool is_float(TensorType type) {
    return type == TensorType::kBf16 || type == TensorType::kFp32;
}

std::optional<Diagnostic> check_gemm(const TensorSpec& a, const TensorSpec& b,
                                     const TensorSpec& d) {
    if (a.type != b.type || a.type == TensorType::kFp32) {
        return problem(fmt::format("gemm operands {} and {}", described(a), described(b)),
                       "a and b of one type out of bf16, fp8_e4m3, nvfp4");
    }
    if (!is_float(d.type)) {
        return problem(fmt::format("gemm output {}", described(d)), "bf16 or fp32");
    }
    if (a.columns != b.columns || d.rows != a.rows || d.columns != b.rows) {
        return problem(fmt::format("gemm shapes do not agree: a {}, b {}, d {}", described(a),
                                   described(b), described(d)),
                       "a [M, K], b [N, K], d [M, N]",
                       fmt::format("here d would be [{}, {}]", a.rows, b.rows));
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
    const bool two =
        function == ElementwiseFunction::kAdd || function == ElementwiseFunction::kMultiply;
    if (inputs.size() != (two ? 2U : 1U)) {
        return problem(fmt::format("elementwise has {} inputs", inputs.size()),
                       two ? "2 inputs for add and multiply" : "1 input for relu and silu");
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

}  // namespace

std::optional<Diagnostic> check_operands(const OperatorStatement& statement,
                                         const std::vector<const TensorSpec*>& inputs,
                                         const TensorSpec& output) {
    switch (statement.kind) {
        case OperatorKind::kGemm:
            return check_gemm(*inputs[0], *inputs[1], output);
        case OperatorKind::kCopy:
            return check_copy(*inputs[0], output);
        case OperatorKind::kElementwise:
            return check_elementwise(statement.function, inputs, output);
        case OperatorKind::kCustom:  // the kernel itself checks its tensors
            if (inputs.empty()) {
                return problem("custom operator without inputs", "at least one input");
            }
            break;
        case OperatorKind::kReplay:
        case OperatorKind::kCollective:
            break;  // no operands
    }
    return std::nullopt;
}

}  // namespace vr::workload_trace
