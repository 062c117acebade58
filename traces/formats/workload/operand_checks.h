// SPDX-License-Identifier: Apache-2.0
// What the checks of operators' tensors share.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/base/error.h"
#include "models/transport/workload.h"

namespace vr::workload_trace {

/// "name [rows, columns] type".
inline std::string described(const TensorSpec& tensor) {
    return fmt::format("{} [{}, {}] {}", tensor.name, tensor.rows, tensor.columns,
                       tensor_type_name(tensor.type));
}

/// A diagnostic without a place: the caller knows it.
inline Diagnostic problem(std::string what, std::string allowed, std::string hint = {}) {
    return {"", 0, 0, std::move(what), std::move(allowed), std::move(hint)};
}

inline bool is_float(TensorType type) {
    return type == TensorType::kBf16 || type == TensorType::kFp32;
}

/// Checks of OperatorKind::kRows.
[[nodiscard]] std::optional<Diagnostic> check_rows(OperatorSpec& op,
                                                   const std::vector<const TensorSpec*>& inputs,
                                                   const TensorSpec& output);

}  // namespace vr::workload_trace
