// SPDX-License-Identifier: Apache-2.0
// Operands of matrix instructions as bytes: rows of packed elements, and the core matrices in which
// wgmma and tcgen05 find them in shared memory (descriptors.h).
#pragma once

#include <cstdint>
#include <vector>

#include "models/numerics/number_format.h"
#include "testbenches/validation/cuda/host/descriptors.h"
#include "testbenches/validation/cuda/host/error.h"

namespace vr::kit {

/// How elements of less than 8 bits lie in a row.
enum class NarrowPacking {
    kDense,   ///< one after the other: FP4 of the FP4 kinds
    kPadded,  ///< 16 elements one after the other, then zeros up to 16 bytes: FP4, FP6 beside FP8
};

/// A row of elements, element 0 in the lowest bits.
inline std::vector<std::uint8_t> packed_row(NumberFormat format,
                                            const std::vector<std::uint32_t>& codes,
                                            NarrowPacking packing = NarrowPacking::kDense) {
    const auto bits = static_cast<std::size_t>(properties(format).bits);
    const bool padded = packing == NarrowPacking::kPadded && bits < 8;
    const std::size_t total =
        padded ? (codes.size() + 15) / 16 * 128 : (codes.size() * bits + 7) / 8 * 8;
    std::vector<std::uint8_t> row(total / 8, 0);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::size_t first = padded ? i / 16 * 128 + i % 16 * bits : i * bits;
        for (std::size_t bit = 0; bit < bits; ++bit) {
            if ((codes[i] >> bit & 1U) != 0) {
                row[(first + bit) / 8] |= static_cast<std::uint8_t>(1U << (first + bit) % 8);
            }
        }
    }
    return row;
}

/// Puts a row into an operand of `rows` rows of core matrices.
inline void place_row(std::vector<std::uint8_t>& operand, std::int64_t rows, std::int64_t row,
                      const std::vector<std::uint8_t>& bytes) {
    if (operand.size() != static_cast<std::size_t>(rows) * bytes.size() || rows % kCoreRows != 0 ||
        row >= rows) {
        throw Error(kFailed, "an operand of " + std::to_string(operand.size()) + " bytes has no " +
                                 std::to_string(rows) + " rows of " + std::to_string(bytes.size()));
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        operand[static_cast<std::size_t>(core_offset(rows, row, static_cast<std::int64_t>(i)))] =
            bytes[i];
    }
}

/// Scales of a row as one word: the first in the lowest byte.
inline std::uint32_t scale_word(const std::vector<std::uint32_t>& scales) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < scales.size() && i < 4; ++i) {
        word |= (scales[i] & 0xffU) << (8 * i);
    }
    return word;
}

}  // namespace vr::kit
