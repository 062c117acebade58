// SPDX-License-Identifier: Apache-2.0
// mma.sync m16n8 with operands as words: 8 words of each row of A and each column of B, whatever
// the format (PTX ISA, "Matrix fragments for mma").
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace vr::kit {

enum class MmaSync { kF16, kHalfF16, kBf16, kTf32, kE4m3, kE5m2, kHalfE4m3, kS8 };

/// Elements along K.
constexpr std::int64_t mma_sync_k(MmaSync type) {
    switch (type) {
        case MmaSync::kF16:
        case MmaSync::kHalfF16:
        case MmaSync::kBf16:
            return 16;
        case MmaSync::kTf32:
            return 8;
        default:
            return 32;
    }
}
/// D has two halves in a register.
constexpr bool has_half_d(MmaSync type) {
    return type == MmaSync::kHalfF16 || type == MmaSync::kHalfE4m3;
}

#define KIT_MMA(qualifier)                                                          \
    asm volatile("mma.sync.aligned." qualifier                                      \
                 " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};" \
                 : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])                   \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]))
#define KIT_MMA_HALF(qualifier)                                                                   \
    asm volatile("mma.sync.aligned." qualifier " {%0, %1}, {%2, %3, %4, %5}, {%6, %7}, {%0, %1};" \
                 : "+r"(d[0]), "+r"(d[1])                                                         \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]))

/// d += a x b. FP8 needs compute capability 8.9: below it, its types do nothing here, and programs
/// refuse them before.
template <MmaSync kType>
__device__ __forceinline__ void multiply(std::uint32_t (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2]) {
    if constexpr (kType == MmaSync::kF16) {
        KIT_MMA("m16n8k16.row.col.f32.f16.f16.f32");
    } else if constexpr (kType == MmaSync::kHalfF16) {
        KIT_MMA_HALF("m16n8k16.row.col.f16.f16.f16.f16");
    } else if constexpr (kType == MmaSync::kBf16) {
        KIT_MMA("m16n8k16.row.col.f32.bf16.bf16.f32");
    } else if constexpr (kType == MmaSync::kTf32) {
        KIT_MMA("m16n8k8.row.col.f32.tf32.tf32.f32");
    } else if constexpr (kType == MmaSync::kS8) {
        KIT_MMA("m16n8k32.row.col.s32.s8.s8.s32");
    } else {
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 890
        if constexpr (kType == MmaSync::kE4m3) {
            KIT_MMA("m16n8k32.row.col.f32.e4m3.e4m3.f32");
        } else if constexpr (kType == MmaSync::kE5m2) {
            KIT_MMA("m16n8k32.row.col.f32.e5m2.e5m2.f32");
        } else {
            KIT_MMA_HALF("m16n8k32.row.col.f16.e4m3.e4m3.f16");
        }
#endif
    }
}

#undef KIT_MMA
#undef KIT_MMA_HALF

}  // namespace vr::kit
