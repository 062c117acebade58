// SPDX-License-Identifier: Apache-2.0
#include "models/transport/workload.h"

#include <algorithm>

#include "models/base/quantity.h"
#include "models/transport/memory_units.h"

namespace vr {

namespace {
bool at_host(const TensorSpec& tensor) {
    return tensor.home == TensorHome::kHost;
}
}  // namespace

bool crosses_to_host(const Workload& workload, const OperatorSpec& spec) {
    if (is_recorded(spec.kind)) {
        return false;  // it has no tensors
    }
    return at_host(workload.tensors[spec.output.value]) ||
           std::any_of(spec.inputs.begin(), spec.inputs.end(),
                       [&](TensorIndex input) { return at_host(workload.tensors[input.value]); });
}

bool uses_host(const Workload& workload) {
    return std::any_of(workload.tensors.begin(), workload.tensors.end(), at_host);
}

std::int64_t element_bits(TensorType type) {
    switch (type) {
        case TensorType::kFp32:
            return 32;
        case TensorType::kBf16:
            return 16;
        case TensorType::kFp8E4m3:
            return 8;
        case TensorType::kNvfp4:
            return 4;
    }
    return 0;
}

std::string_view tensor_role_name(TensorRole role) {
    switch (role) {
        case TensorRole::kNone:
            break;
        case TensorRole::kWeights:
            return "weights";
        case TensorRole::kCache:
            return "cache";
        case TensorRole::kActivations:
            return "activations";
    }
    return "";
}

bool moves_data(const Workload& workload, const OperatorSpec& spec) {
    const auto has_contents = [&](TensorIndex tensor) {
        return workload.tensors[tensor.value].data != TensorData::kNone;
    };
    return has_contents(spec.output) && !spec.inputs.empty() &&
           std::all_of(spec.inputs.begin(), spec.inputs.end(), has_contents);
}

std::int64_t element_bytes(const TensorSpec& tensor) {
    return tensor.rows * divide_round_up(tensor.columns * element_bits(tensor.type), 8);
}

std::int64_t scale_bytes(const TensorSpec& tensor) {
    if (tensor.type != TensorType::kNvfp4) {
        return 0;
    }
    // Stored in whole atoms, as the tensor core's scale loader wants them.
    return divide_round_up(tensor.rows, kScaleAtomRows) *
           divide_round_up(tensor.columns, kScaleAtomElements) * kScaleAtomBytes;
}

std::string_view tensor_type_name(TensorType type) {
    switch (type) {
        case TensorType::kFp32:
            return "fp32";
        case TensorType::kBf16:
            return "bf16";
        case TensorType::kFp8E4m3:
            return "fp8_e4m3";
        case TensorType::kNvfp4:
            return "nvfp4";
    }
    return "";
}

std::string_view operator_name(const OperatorSpec& op) {
    switch (op.kind) {
        case OperatorKind::kGemm:
            return "gemm";
        case OperatorKind::kCopy:
            return "copy";
        case OperatorKind::kElementwise:
            return "elementwise";
        case OperatorKind::kGroupedGemm:
            return "grouped_gemm";
        case OperatorKind::kBatchedGemm:
            return "batched_gemm";
        case OperatorKind::kPermute:
            return "permute";
        case OperatorKind::kCombine:
            return "combine";
        case OperatorKind::kAttention:
            return "attention";
        case OperatorKind::kCustom:
            return "custom";
        case OperatorKind::kReplay:
            return "replay";
        case OperatorKind::kCollective:
            return "collective";
        case OperatorKind::kRows:
            break;
    }
    switch (op.row_function) {
        case RowFunction::kRmsNorm:
            return "rms_norm";
        case RowFunction::kSoftmax:
            return "softmax";
        case RowFunction::kRope:
            return "rope";
        case RowFunction::kQuantise:
            return "quantise";
        case RowFunction::kTopK:
            return "top_k";
        case RowFunction::kSwiglu:
            return "swiglu";
        case RowFunction::kMerge:
            return "attention_merge";
    }
    return "";
}

RowPart row_part(const Workload& workload, const OperatorSpec& op) {
    const std::int64_t in = workload.tensors[op.inputs[0].value].columns;
    const std::int64_t out = workload.tensors[op.output.value].columns;
    if (op.columns == 0) {
        return {1, in, {in, 0}, {out, 0}};
    }
    const std::int64_t pitch = op.output_columns.pitch;
    if (op.carries) {
        return {out / pitch, pitch, {pitch, 0}, {pitch, 0}};
    }
    return {out / pitch, op.columns, op.input_columns, op.output_columns};
}

std::vector<std::int64_t> OperatorSpec::group_starts() const {
    std::vector<std::int64_t> starts = {0};
    for (const std::int64_t count : rows) {
        starts.push_back(divide_round_up(starts.back() + count, row_alignment) * row_alignment);
    }
    return starts;
}

}  // namespace vr
