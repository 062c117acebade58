// SPDX-License-Identifier: Apache-2.0
// Elements of a row of bytes as FP32 values, and back with rounding to nearest even.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "models/numerics/convert.h"
#include "models/transport/workload.h"

namespace vr {

/// Element `index` of a row of FP32, BF16 or FP8 elements.
inline float load_element(const std::uint8_t* bytes, TensorType type, std::size_t index) {
    std::uint32_t bits = 0;
    if (type == TensorType::kFp32) {
        std::memcpy(&bits, bytes + index * 4, 4);
    } else if (type == TensorType::kBf16) {
        std::uint16_t code = 0;
        std::memcpy(&code, bytes + index * 2, 2);
        bits = to_fp32(NumberFormat::kBf16, code);
    } else {
        bits = to_fp32(NumberFormat::kE4m3, bytes[index]);
    }
    return std::bit_cast<float>(bits);
}

/// The same, written: FP8 saturates.
inline void store_element(std::uint8_t* bytes, TensorType type, std::size_t index, float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (type == TensorType::kFp32) {
        std::memcpy(bytes + index * 4, &bits, 4);
    } else if (type == TensorType::kBf16) {
        const auto code = static_cast<std::uint16_t>(from_fp32(NumberFormat::kBf16, bits));
        std::memcpy(bytes + index * 2, &code, 2);
    } else {
        bytes[index] =
            static_cast<std::uint8_t>(convert(NumberFormat::kFp32, bits, NumberFormat::kE4m3));
    }
}

}  // namespace vr
