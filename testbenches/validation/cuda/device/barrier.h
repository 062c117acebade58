// SPDX-License-Identifier: Apache-2.0
// mbarriers in shared memory and copies that the TMA makes (PTX ISA: mbarrier, cp.async.bulk).
// Below compute capability 9.0 these functions are empty: programs refuse such a device before.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace vr::kit {

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900 || defined(__CUDA_ARCH_FEAT_SM90_ALL)
#define VRSIM_KIT_HAS_BULK 1
#endif

/// The address that PTX's .shared instructions take.
__device__ __forceinline__ std::uint32_t shared_address(const void* pointer) {
    return static_cast<std::uint32_t>(__cvta_generic_to_shared(pointer));
}

/// One thread; the others may use it after a synchronisation.
__device__ __forceinline__ void barrier_init(std::uint32_t barrier, std::uint32_t arrivals) {
#ifdef VRSIM_KIT_HAS_BULK
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals)
                 : "memory");
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
#endif
}

/// Arrives, and lets the phase wait for so many bytes as well.
__device__ __forceinline__ void barrier_expect(std::uint32_t barrier, std::uint32_t bytes) {
#ifdef VRSIM_KIT_HAS_BULK
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes)
                 : "memory");
#endif
}

/// Waits until the phase of this parity has ended.
__device__ __forceinline__ void barrier_wait(std::uint32_t barrier, std::uint32_t parity) {
#ifdef VRSIM_KIT_HAS_BULK
    std::uint32_t done = 0;
    while (done == 0) {
        asm volatile(
            "{\n\t"
            ".reg .pred p;\n\t"
            "mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2;\n\t"
            "selp.u32 %0, 1, 0, p;\n\t"
            "}"
            : "=r"(done)
            : "r"(barrier), "r"(parity)
            : "memory");
    }
#endif
}

/// Copies bytes (a multiple of 16, at a multiple of 16) from global to shared memory; the barrier
/// counts them.
__device__ __forceinline__ void bulk_load(std::uint32_t to, std::uint64_t from, std::uint32_t bytes,
                                          std::uint32_t barrier) {
#ifdef VRSIM_KIT_HAS_BULK
    asm volatile(
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::
            "r"(to),
        "l"(from), "r"(bytes), "r"(barrier)
        : "memory");
#endif
}

}  // namespace vr::kit
