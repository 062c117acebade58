// SPDX-License-Identifier: Apache-2.0
// The kinds of tensor-core instruction that are modelled, and their sizes.
#pragma once

#include <cstdint>

#include "models/transport/workload.h"

namespace vr {

enum class NumberKind : std::uint8_t { kBf16, kFp8, kNvfp4 };

/// Kind of a matrix instruction on operands of this type (FP32 operands have none: the caller
/// checks).
constexpr NumberKind kind_of(TensorType type) {
    return type == TensorType::kNvfp4     ? NumberKind::kNvfp4
           : type == TensorType::kFp8E4m3 ? NumberKind::kFp8
                                          : NumberKind::kBf16;
}

constexpr std::int64_t element_bits(NumberKind kind) {
    return kind == NumberKind::kBf16 ? 16 : kind == NumberKind::kFp8 ? 8 : 4;
}

constexpr bool is_block_scaled(NumberKind kind) {
    return kind == NumberKind::kNvfp4;
}

}  // namespace vr
