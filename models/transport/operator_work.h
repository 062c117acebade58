// SPDX-License-Identifier: Apache-2.0
// What an operator computes, by definition: operations and shape. No machine is meant here.
#pragma once

#include <cstdint>
#include <string>

#include "models/transport/workload.h"

namespace vr {

/// Multiplications and additions of its matrix products (2MNK for one), rows that exist only; keys
/// that causality hides do not count.
[[nodiscard]] std::int64_t tensor_flops(const Workload& workload, const OperatorSpec& op);
/// Operations on single numbers, by the formula of its function; exponentials, roots and divisions
/// count as one.
[[nodiscard]] std::int64_t vector_flops(const Workload& workload, const OperatorSpec& op);
/// Bytes of its input number `input` that it cannot do without: parts of tensors that it does not
/// touch (keys behind the context, experts without rows, columns of other heads) do not count.
[[nodiscard]] std::int64_t read_bytes(const Workload& workload, const OperatorSpec& op,
                                      std::size_t input);
/// Bytes of its output that it writes.
[[nodiscard]] std::int64_t write_bytes(const Workload& workload, const OperatorSpec& op);
/// "64x2112x7168 fp8_e4m3" and the like.
[[nodiscard]] std::string shape_text(const Workload& workload, const OperatorSpec& op);

}  // namespace vr
