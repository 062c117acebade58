// SPDX-License-Identifier: Apache-2.0
// Probe of wgmma.mma_async m64n8 (compute capability 9.0): 8 dot products per instruction, on the
// diagonal of its first rows. Writes vector files for `vrsim numerics check`. Not yet run on
// silicon.
#include "testbenches/validation/cuda/device/barrier.h"
#include "testbenches/validation/cuda/device/probing.h"
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/device/wgmma.h"
#include "testbenches/validation/cuda/host/fragments.h"
#include "testbenches/validation/cuda/host/instructions.h"
#include "testbenches/validation/cuda/host/operand_image.h"

namespace {

using namespace vr::kit;
using vr::NumberFormat;

constexpr std::uint32_t kCases = 8;  // of a warp group: N
constexpr std::uint32_t kM = 64;
constexpr std::uint32_t kRowBytes = 32;
constexpr std::uint32_t kABytes = kM * kRowBytes;
constexpr std::uint32_t kBBytes = kCases * kRowBytes;

enum class Type { kF16, kHalfF16, kBf16, kTf32, kE4m3, kE5m2, kE5m2E4m3, kHalfE4m3 };

constexpr bool has_half(Type type) {
    return type == Type::kHalfF16 || type == Type::kHalfE4m3;
}

// The instruction with all that orders its registers, in one piece: nothing comes between.
#define KIT_WGMMA_TEXT(qualifier, operands, tail)                     \
    "{\n\t.reg .pred p;\n\tsetp.eq.u32 p, 0, 0;\n\t"                  \
    "wgmma.fence.sync.aligned;\n\t"                                   \
    "wgmma.mma_async.sync.aligned." qualifier " " operands ", p" tail \
    ";\n\t"                                                           \
    "wgmma.commit_group.sync.aligned;\n\t"                            \
    "wgmma.wait_group.sync.aligned 0;\n\t}"
#define KIT_WGMMA(qualifier, tail)                                           \
    asm volatile(KIT_WGMMA_TEXT(qualifier, "{%0, %1, %2, %3}, %4, %5", tail) \
                 : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])            \
                 : "l"(a), "l"(b)                                            \
                 : "memory")
#define KIT_WGMMA_HALF(qualifier, tail)                              \
    asm volatile(KIT_WGMMA_TEXT(qualifier, "{%0, %1}, %2, %3", tail) \
                 : "+r"(d[0]), "+r"(d[1])                            \
                 : "l"(a), "l"(b)                                    \
                 : "memory")

template <Type kType>
__device__ __forceinline__ void multiply(std::uint32_t (&d)[4], std::uint64_t a, std::uint64_t b) {
#ifdef VRSIM_KIT_HAS_WGMMA
    if constexpr (kType == Type::kF16) {
        KIT_WGMMA("m64n8k16.f32.f16.f16", ", 1, 1, 0, 0");
    } else if constexpr (kType == Type::kHalfF16) {
        KIT_WGMMA_HALF("m64n8k16.f16.f16.f16", ", 1, 1, 0, 0");
    } else if constexpr (kType == Type::kBf16) {
        KIT_WGMMA("m64n8k16.f32.bf16.bf16", ", 1, 1, 0, 0");
    } else if constexpr (kType == Type::kTf32) {
        KIT_WGMMA("m64n8k8.f32.tf32.tf32", ", 1, 1");
    } else if constexpr (kType == Type::kE4m3) {
        KIT_WGMMA("m64n8k32.f32.e4m3.e4m3", ", 1, 1");
    } else if constexpr (kType == Type::kE5m2) {
        KIT_WGMMA("m64n8k32.f32.e5m2.e5m2", ", 1, 1");
    } else if constexpr (kType == Type::kE5m2E4m3) {
        KIT_WGMMA("m64n8k32.f32.e5m2.e4m3", ", 1, 1");
    } else {
        KIT_WGMMA_HALF("m64n8k32.f16.e4m3.e4m3", ", 1, 1");
    }
#endif
}

struct Operands {
    const unsigned char* a;
    const unsigned char* b;
    const std::uint32_t* c;
    std::uint64_t a_descriptor;  ///< without addresses
    std::uint64_t b_descriptor;
    std::uint32_t* results;
};

// The first 8 rows of D are in warp 0, as mma.sync has them.
template <Type kType>
__global__ void __launch_bounds__(128) ask(Operands of) {
#ifdef VRSIM_KIT_HAS_WGMMA
    __shared__ __align__(128) unsigned char a_bytes[kABytes];
    __shared__ __align__(128) unsigned char b_bytes[kBBytes];
    for (std::uint32_t i = threadIdx.x; i < kABytes; i += blockDim.x) {
        a_bytes[i] = of.a[std::size_t{blockIdx.x} * kABytes + i];
    }
    for (std::uint32_t i = threadIdx.x; i < kBBytes; i += blockDim.x) {
        b_bytes[i] = of.b[std::size_t{blockIdx.x} * kBBytes + i];
    }
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    __syncthreads();
    const std::uint32_t row = fragment_row(threadIdx.x);
    const std::uint32_t odd = diagonal_element(threadIdx.x);
    const bool holds = row < kCases && holds_diagonal(threadIdx.x);
    const std::size_t at = std::size_t{blockIdx.x} * kCases + row % kCases;
    std::uint32_t d[4] = {};
    if (holds) {
        if constexpr (has_half(kType)) {
            d[0] = of.c[at] << (16 * odd);
        } else if (odd == 0) {
            d[0] = of.c[at];
        } else {
            d[1] = of.c[at];
        }
    }
    multiply<kType>(d, of.a_descriptor | encoded(shared_address(a_bytes)),
                    of.b_descriptor | encoded(shared_address(b_bytes)));
    if (holds) {
        if constexpr (has_half(kType)) {
            of.results[at] = d[0] >> (16 * odd) & 0xffff;
        } else {
            of.results[at] = odd == 0 ? d[0] : d[1];
        }
    }
#endif
}

using Ask = void (*)(Operands);
Ask kernel_of(const ProbeInstruction& of) {
    const bool half = of.c == NumberFormat::kFp16;
    switch (of.a) {
        case NumberFormat::kFp16:
            return half ? ask<Type::kHalfF16> : ask<Type::kF16>;
        case NumberFormat::kBf16:
            return ask<Type::kBf16>;
        case NumberFormat::kTf32:
            return ask<Type::kTf32>;
        case NumberFormat::kE4m3:
            return half ? ask<Type::kHalfE4m3> : ask<Type::kE4m3>;
        default:
            return of.b == NumberFormat::kE4m3 ? ask<Type::kE5m2E4m3> : ask<Type::kE5m2>;
    }
}

std::vector<std::uint32_t> run(const ProbeInstruction& of, const std::vector<ProbeCase>& cases) {
    const std::size_t batches = (cases.size() + kCases - 1) / kCases;
    std::vector<std::uint8_t> a;
    std::vector<std::uint8_t> b;
    std::vector<std::uint32_t> c(batches * kCases, 0);
    for (std::size_t batch = 0; batch < batches; ++batch) {
        std::vector<std::uint8_t> a_image(kABytes, 0);
        std::vector<std::uint8_t> b_image(kBBytes, 0);
        for (std::size_t i = 0; i < kCases && batch * kCases + i < cases.size(); ++i) {
            const ProbeCase& one = cases[batch * kCases + i];
            place_row(a_image, kM, static_cast<std::int64_t>(i), packed_row(of.a, one.a));
            place_row(b_image, kCases, static_cast<std::int64_t>(i), packed_row(of.b, one.b));
            c[batch * kCases + i] = one.c;
        }
        a.insert(a.end(), a_image.begin(), a_image.end());
        b.insert(b.end(), b_image.begin(), b_image.end());
    }
    const Buffer<std::uint8_t> a_bytes(a);
    const Buffer<std::uint8_t> b_bytes(b);
    const Buffer<std::uint32_t> c_codes(c);
    const Buffer<std::uint32_t> results(c.size());
    const Ask kernel = kernel_of(of);
    kernel<<<static_cast<unsigned>(batches), 128>>>({a_bytes.data(), b_bytes.data(), c_codes.data(),
                                                     wgmma_descriptor(kM), wgmma_descriptor(kCases),
                                                     results.data()});
    KIT_CUDA(cudaGetLastError());
    std::vector<std::uint32_t> codes = results.host();
    codes.resize(cases.size());
    return codes;
}

void measure(const Options& options, const Machine& machine) {
    if (machine.capability != 90) {
        throw Error(kUnsuited, "wgmma is an instruction of compute capability 9.0 alone; " +
                                   machine.origin.device + " has another");
    }
    probe_all(options, machine, wgmma_instructions(), run);
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv, "Probe of wgmma (dot_Hopper_wgmma_*.txt)", measure);
}
