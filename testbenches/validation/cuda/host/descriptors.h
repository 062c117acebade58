// SPDX-License-Identifier: Apache-2.0
// Descriptors of matrix instructions as the PTX ISA lays them out (version 9.1: "Matrix Descriptor
// Format" of wgmma, "Shared memory descriptor" and "Instruction descriptor" of tcgen05). Operands
// are K-major without swizzling: core matrices of 8 rows x 16 bytes. The bits that only compute
// capability 10.7 knows are from public compilers' sources (PTX ISA 9.4).
#pragma once

#include <cstdint>

#include "models/numerics/number_format.h"
#include "testbenches/validation/cuda/host/error.h"

namespace vr::kit {

inline constexpr std::int64_t kCoreRows = 8;
inline constexpr std::int64_t kCoreRowBytes = 16;
inline constexpr std::int64_t kCoreBytes = kCoreRows * kCoreRowBytes;

/// Bytes from a core matrix to the next one along K, and to the next 8 rows.
struct CoreStrides {
    std::int64_t along_k = 0;
    std::int64_t along_rows = kCoreBytes;
};
/// Those of an operand whose core matrices lie row group after row group, then along K.
constexpr CoreStrides core_strides(std::int64_t rows) {
    return {rows / kCoreRows * kCoreBytes, kCoreBytes};
}
/// Where a byte of a row lies in such an operand.
constexpr std::int64_t core_offset(std::int64_t rows, std::int64_t row, std::int64_t byte) {
    const CoreStrides strides = core_strides(rows);
    return byte / kCoreRowBytes * strides.along_k + row / kCoreRows * strides.along_rows +
           row % kCoreRows * kCoreRowBytes + byte % kCoreRowBytes;
}

/// How addresses and offsets stand in a descriptor.
constexpr std::uint64_t encoded(std::uint64_t bytes) {
    return (bytes & 0x3ffff) >> 4;
}
/// A wgmma matrix descriptor without its address: OR `encoded(address)` to it.
constexpr std::uint64_t wgmma_descriptor(std::int64_t rows) {
    const CoreStrides strides = core_strides(rows);
    return encoded(static_cast<std::uint64_t>(strides.along_k)) << 16 |
           encoded(static_cast<std::uint64_t>(strides.along_rows)) << 32;
}
/// A tcgen05 shared memory descriptor, likewise: bits 46 to 48 are 001.
constexpr std::uint64_t tcgen05_descriptor(std::int64_t rows) {
    return wgmma_descriptor(rows) | std::uint64_t{1} << 46;
}

/// Kinds of tcgen05.mma.
enum class UmmaKind { kF16, kTf32, kF8f6f4, kI8, kMxf8f6f4, kMxf4nvf4 };

/// What an instruction descriptor says.
struct UmmaShape {
    UmmaKind kind{};
    NumberFormat a{};
    NumberFormat b{};
    NumberFormat d = NumberFormat::kFp32;
    NumberFormat scale = NumberFormat::kUe8m0;  ///< of the block-scaled kinds
    std::int64_t m = 128;
    std::int64_t n = 16;
    std::int64_t k = 0;  ///< elements; other than Blackwell's only on compute capability 10.7
};

constexpr bool block_scaled(UmmaKind kind) {
    return kind == UmmaKind::kMxf8f6f4 || kind == UmmaKind::kMxf4nvf4;
}

/// Elements along K of Blackwell's instruction of a kind.
constexpr std::int64_t blackwell_k(UmmaKind kind) {
    switch (kind) {
        case UmmaKind::kF16:
            return 16;
        case UmmaKind::kTf32:
            return 8;
        case UmmaKind::kMxf4nvf4:
            return 64;
        default:
            return 32;
    }
}

/// The code of an operand's format in an instruction descriptor.
constexpr std::uint32_t umma_format(UmmaKind kind, NumberFormat format) {
    switch (kind) {
        case UmmaKind::kF16:
            return format == NumberFormat::kBf16 ? 1 : 0;
        case UmmaKind::kTf32:
            return 2;
        case UmmaKind::kI8:
            return format == NumberFormat::kInt8 ? 1 : 0;
        case UmmaKind::kMxf4nvf4:
            return 1;
        default:
            break;
    }
    switch (format) {
        case NumberFormat::kE5m2:
            return 1;
        case NumberFormat::kE2m3:
            return 3;
        case NumberFormat::kE3m2:
            return 4;
        case NumberFormat::kE2m1:
            return 5;
        default:
            return 0;  // E4M3
    }
}

/// The bits that choose a K other than Blackwell's. Throws Error for a K that no source names.
inline std::uint32_t umma_k_bits(const UmmaShape& shape) {
    if (shape.k == blackwell_k(shape.kind)) {
        return 0;
    }
    if (shape.k == 64 && shape.kind == UmmaKind::kF8f6f4) {
        return std::uint32_t{1} << 29;
    }
    if (shape.k == 64 && shape.kind == UmmaKind::kMxf8f6f4) {
        return std::uint32_t{1} << 31;
    }
    throw Error(kFailed, "no instruction descriptor is known for K " + std::to_string(shape.k));
}

/// The instruction descriptor: K-major operands, dense, nothing negated, scale factors from byte 0.
inline std::uint32_t instruction_descriptor(const UmmaShape& shape) {
    const auto m = static_cast<std::uint32_t>(shape.m);
    const auto n = static_cast<std::uint32_t>(shape.n);
    std::uint32_t bits = umma_format(shape.kind, shape.a) << 7 |
                         umma_format(shape.kind, shape.b) << 10 | (n >> 3) << 17 |
                         umma_k_bits(shape);
    if (block_scaled(shape.kind)) {
        const std::uint32_t scale = shape.scale == NumberFormat::kUe8m0   ? 1
                                    : shape.scale == NumberFormat::kUe5m3 ? 2
                                                                          : 0;
        return bits | scale << 23 | (m >> 7) << 27;
    }
    const std::uint32_t d = shape.kind == UmmaKind::kI8      ? 2
                            : shape.d == NumberFormat::kFp16 ? 0
                                                             : 1;
    return bits | d << 4 | (m >> 4) << 24;
}

}  // namespace vr::kit
