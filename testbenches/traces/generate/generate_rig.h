// SPDX-License-Identifier: Apache-2.0
// Models of the tree, and what a generated workload holds by kind.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "models/transport/operator_work.h"
#include "traces/generate/generate_workload.h"

namespace vr::testing {

inline ModelConfig model(const std::string& name) {
    return read_model_config(VRSIM_SOURCE_DIR "/traces/models/" + name + ".json", name);
}

inline LayerRequest request_of(Phase phase, Precision precision, std::int64_t batch,
                               std::int64_t context) {
    LayerRequest request;
    request.phase = phase;
    request.precision = precision;
    request.batch = batch;
    request.context = context;
    return request;
}

/// Elements of weight matrices: what an operator multiplies with, by the type of the tensor.
inline std::map<TensorType, std::int64_t> matrix_elements(const Workload& workload) {
    std::map<TensorType, std::int64_t> elements;
    for (const OperatorSpec& op : workload.operators) {
        if (op.kind == OperatorKind::kGemm || op.kind == OperatorKind::kGroupedGemm ||
            op.kind == OperatorKind::kBatchedGemm) {
            const TensorSpec& b = workload.tensors[op.inputs[1].value];
            elements[b.type] += b.rows * b.columns;
        }
    }
    return elements;
}

inline std::int64_t all_matrix_elements(const Workload& workload) {
    std::int64_t sum = 0;
    for (const auto& [type, count] : matrix_elements(workload)) {
        sum += count;
    }
    return sum;
}

inline std::int64_t flops_of(const Workload& workload, OperatorKind kind) {
    std::int64_t sum = 0;
    for (const OperatorSpec& op : workload.operators) {
        sum += op.kind == kind ? tensor_flops(workload, op) : 0;
    }
    return sum;
}

inline const OperatorSpec& find(const Workload& workload, const std::string& id) {
    for (const OperatorSpec& op : workload.operators) {
        if (op.id == id) {
            return op;
        }
    }
    FAIL("no operator " << id);
    return workload.operators.front();
}

}  // namespace vr::testing
