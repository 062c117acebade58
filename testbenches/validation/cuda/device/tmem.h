// SPDX-License-Identifier: Apache-2.0
// Tensor memory and the instructions of tcgen05 (PTX ISA, "TensorCore 5th Generation Family
// Instructions"). Compiled for architecture-specific targets of compute capability 10.x alone;
// elsewhere kernels that use this are empty.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "testbenches/validation/cuda/host/descriptors.h"

#if !defined(__CUDA_ARCH__) || defined(__CUDA_ARCH_FEAT_SM100_ALL) || \
    defined(__CUDA_ARCH_FEAT_SM103_ALL) || defined(__CUDA_ARCH_FEAT_SM107_ALL)
#define VRSIM_KIT_HAS_TCGEN05 1
#endif

#ifdef VRSIM_KIT_HAS_TCGEN05

namespace vr::kit {

inline constexpr std::uint32_t kTmemColumns = 512;

/// Where warp w's lanes begin in an address: lanes stand in the upper half, columns in the lower.
__device__ __forceinline__ std::uint32_t tmem_lanes(std::uint32_t warp) {
    return warp * 32 << 16;
}

/// Takes all columns; one whole warp (of each CTA of a pair). The address goes to shared memory.
template <int kGroup>
__device__ __forceinline__ void tmem_take(std::uint32_t to) {
    if constexpr (kGroup == 1) {
        asm volatile("tcgen05.alloc.cta_group::1.sync.aligned.shared::cta.b32 [%0], %1;" ::"r"(to),
                     "r"(kTmemColumns)
                     : "memory");
        asm volatile("tcgen05.relinquish_alloc_permit.cta_group::1.sync.aligned;");
    } else {
        asm volatile("tcgen05.alloc.cta_group::2.sync.aligned.shared::cta.b32 [%0], %1;" ::"r"(to),
                     "r"(kTmemColumns)
                     : "memory");
        asm volatile("tcgen05.relinquish_alloc_permit.cta_group::2.sync.aligned;");
    }
}
/// Gives them back; the warp that took them.
template <int kGroup>
__device__ __forceinline__ void tmem_free(std::uint32_t address) {
    if constexpr (kGroup == 1) {
        asm volatile("tcgen05.dealloc.cta_group::1.sync.aligned.b32 %0, %1;" ::"r"(address),
                     "r"(kTmemColumns));
    } else {
        asm volatile("tcgen05.dealloc.cta_group::2.sync.aligned.b32 %0, %1;" ::"r"(address),
                     "r"(kTmemColumns));
    }
}

/// One word per lane of the warp into a column.
__device__ __forceinline__ void tmem_store(std::uint32_t address, std::uint32_t word) {
    asm volatile("tcgen05.st.sync.aligned.32x32b.x1.b32 [%0], {%1};" ::"r"(address), "r"(word)
                 : "memory");
}
__device__ __forceinline__ void tmem_wait_stores() {
    asm volatile("tcgen05.wait::st.sync.aligned;" ::: "memory");
}
/// One word per lane of a column; complete after tmem_wait_loads().
__device__ __forceinline__ std::uint32_t tmem_load(std::uint32_t address) {
    std::uint32_t word = 0;
    asm volatile(
        "tcgen05.ld.sync.aligned.32x32b.x1.b32 {%0}, [%1];\n\t"
        "tcgen05.wait::ld.sync.aligned;"
        : "=r"(word)
        : "r"(address)
        : "memory");
    return word;
}

/// Orders tcgen05 instructions with a synchronisation of threads that follows, or came before.
__device__ __forceinline__ void tcgen05_before_sync() {
    asm volatile("tcgen05.fence::before_thread_sync;" ::: "memory");
}
__device__ __forceinline__ void tcgen05_after_sync() {
    asm volatile("tcgen05.fence::after_thread_sync;" ::: "memory");
}

/// Lets the barrier know when all MMAs that this thread issued before are done.
template <int kGroup>
__device__ __forceinline__ void tcgen05_commit(std::uint32_t barrier) {
    if constexpr (kGroup == 1) {
        asm volatile(
            "tcgen05.commit.cta_group::1.mbarrier::arrive::one.shared::cluster.b64 [%0];" ::"r"(
                barrier)
            : "memory");
    } else {
        asm volatile(
            "tcgen05.commit.cta_group::2.mbarrier::arrive::one.shared::cluster.b64 [%0];" ::"r"(
                barrier)
            : "memory");
    }
}

/// What one tcgen05.mma takes.
struct UmmaOperands {
    std::uint32_t d;             ///< tensor memory
    std::uint64_t a;             ///< descriptor, or an address in tensor memory
    std::uint64_t b;             ///< descriptor
    std::uint32_t instruction;   ///< descriptor
    std::uint32_t a_scales = 0;  ///< tensor memory
    std::uint32_t b_scales = 0;
};

#define KIT_UMMA(group, kind)                                                                      \
    if constexpr (kTensorA) {                                                                      \
        asm volatile(                                                                              \
            "{\n\t.reg .pred p;\n\tsetp.ne.b32 p, %4, 0;\n\t"                                      \
            "tcgen05.mma.cta_group::" group ".kind::" kind                                         \
            " [%0], [%1], %2, %3, p;\n\t}" ::"r"(of.d),                                            \
            "r"(static_cast<std::uint32_t>(of.a)), "l"(of.b), "r"(of.instruction), "r"(accumulate) \
            : "memory");                                                                           \
    } else {                                                                                       \
        asm volatile(                                                                              \
            "{\n\t.reg .pred p;\n\tsetp.ne.b32 p, %4, 0;\n\t"                                      \
            "tcgen05.mma.cta_group::" group ".kind::" kind                                         \
            " [%0], %1, %2, %3, p;\n\t}" ::"r"(of.d),                                              \
            "l"(of.a), "l"(of.b), "r"(of.instruction), "r"(accumulate)                             \
            : "memory");                                                                           \
    }
#define KIT_UMMA_SCALED(group, kind)                                                      \
    if constexpr (kTensorA) {                                                             \
        asm volatile(                                                                     \
            "{\n\t.reg .pred p;\n\tsetp.ne.b32 p, %4, 0;\n\t"                             \
            "tcgen05.mma.cta_group::" group ".kind::" kind                                \
            " [%0], [%1], %2, %3, [%5], [%6], p;\n\t}" ::"r"(of.d),                       \
            "r"(static_cast<std::uint32_t>(of.a)), "l"(of.b), "r"(of.instruction),        \
            "r"(accumulate), "r"(of.a_scales), "r"(of.b_scales)                           \
            : "memory");                                                                  \
    } else {                                                                              \
        asm volatile(                                                                     \
            "{\n\t.reg .pred p;\n\tsetp.ne.b32 p, %4, 0;\n\t"                             \
            "tcgen05.mma.cta_group::" group ".kind::" kind                                \
            " [%0], %1, %2, %3, [%5], [%6], p;\n\t}" ::"r"(of.d),                         \
            "l"(of.a), "l"(of.b), "r"(of.instruction), "r"(accumulate), "r"(of.a_scales), \
            "r"(of.b_scales)                                                              \
            : "memory");                                                                  \
    }
// Of integers compute capability 10.0 alone has an instruction.
#if !defined(__CUDA_ARCH__) || defined(__CUDA_ARCH_FEAT_SM100_ALL)
#define KIT_UMMA_I8(group) KIT_UMMA(group, "i8")
#else
#define KIT_UMMA_I8(group)
#endif
#define KIT_UMMA_KINDS(group)                                        \
    if constexpr (kKind == UmmaKind::kF16) {                         \
        KIT_UMMA(group, "f16")                                       \
    } else if constexpr (kKind == UmmaKind::kTf32) {                 \
        KIT_UMMA(group, "tf32")                                      \
    } else if constexpr (kKind == UmmaKind::kF8f6f4) {               \
        KIT_UMMA(group, "f8f6f4")                                    \
    } else if constexpr (kKind == UmmaKind::kI8) {                   \
        KIT_UMMA_I8(group)                                           \
    } else if constexpr (kKind == UmmaKind::kMxf8f6f4) {             \
        KIT_UMMA_SCALED(group, "mxf8f6f4.block_scale.scale_vec::1X") \
    } else if constexpr (kScales == 2) {                             \
        KIT_UMMA_SCALED(group, "mxf4nvf4.block_scale.scale_vec::2X") \
    } else {                                                         \
        KIT_UMMA_SCALED(group, "mxf4nvf4.block_scale.scale_vec::4X") \
    }

/// Issues one tcgen05.mma; one thread of the leading CTA. D = A x B + D, or without D where
/// `accumulate` is 0. kScales: scale factors per row of the FP4 kinds.
template <UmmaKind kKind, int kScales, int kGroup, bool kTensorA>
__device__ __forceinline__ void tcgen05_mma(const UmmaOperands& of, std::uint32_t accumulate) {
    if constexpr (kGroup == 1) {
        KIT_UMMA_KINDS("1")
    } else {
        KIT_UMMA_KINDS("2")
    }
}

#undef KIT_UMMA
#undef KIT_UMMA_I8
#undef KIT_UMMA_SCALED
#undef KIT_UMMA_KINDS

}  // namespace vr::kit

#endif
