// SPDX-License-Identifier: Apache-2.0
// wgmma.mma_async m64 (compute capability 9.0): one warp group, B and A from shared memory or A
// from registers. Rows wgmma_* in the columns of umma_tensor_core_b200: latency from the issue to
// the end of wgmma.wait_group, interval, rate by instructions in a row. Not yet run on silicon.
#include "testbenches/validation/cuda/device/barrier.h"
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/device/wgmma.h"
#include "testbenches/validation/cuda/host/descriptors.h"
#include "testbenches/validation/cuda/host/tensor_rows.h"

namespace {

using namespace vr::kit;

constexpr std::int64_t kRowBytes = 32;  // along K, of every format
constexpr std::int64_t kM = 64;
constexpr std::int64_t kMostN = 256;

struct Job {
    std::uint64_t a_descriptor;  ///< without addresses
    std::uint64_t b_descriptor;
    std::uint32_t depth;
    std::uint32_t repeat;
};

// Issues `depth` instructions, waits, and reads the clock before and after; then uses the results.
#define KIT_WGMMA_RUN(COUNT, qualifier, a_text, tail) \
    asm volatile(                                                                       \
        "{\n\t"                                                                         \
        ".reg .b32 d<" #COUNT ">;\n\t"                                                  \
        ".reg .b32 i;\n\t"                                                              \
        ".reg .pred p, q;\n\t"                                                          \
        "mov.b32 i, 0;\n\t"                                                             \
        "setp.eq.u32 p, i, 0;\n\t"                                                      \
        "mov.b32 d0, 0;\n\t" KIT_AFTER_0_OF_##COUNT(KIT_ZERO_D)                         \
        "wgmma.fence.sync.aligned;\n\t"                                                 \
        "mov.u64 %0, %%clock64;\n\t"                                                    \
        "again:\n\t"                                                                    \
        "wgmma.mma_async.sync.aligned." qualifier                                       \
        " {d0" KIT_AFTER_0_OF_##COUNT(KIT_COMMA_D) "}, " a_text ", %4, p" tail ";\n\t"  \
        "add.u32 i, i, 1;\n\t"                                                          \
        "setp.lt.u32 q, i, %5;\n\t"                                                     \
        "@q bra again;\n\t"                                                             \
        "wgmma.commit_group.sync.aligned;\n\t"                                          \
        "wgmma.wait_group.sync.aligned 0;\n\t"                                          \
        "mov.u64 %2, %%clock64;\n\t"                                                    \
        "mov.b32 %1, d0;\n\t" KIT_AFTER_0_OF_##COUNT(KIT_XOR_D) "}"                     \
        : "=l"(start), "=r"(result), "=l"(stop)                                         \
        : "l"(a), "l"(b), "r"(job.depth), "r"(words[0]), "r"(words[1]), "r"(words[2]),  \
          "r"(words[3])                                                                 \
        : "memory")

enum class Format { kBf16, kE4m3, kS8 };

template <Format kFormat, int kN, bool kFromRegisters>
__global__ void __launch_bounds__(128)
    issue(Job job, std::uint64_t* cycles, std::uint32_t* nowhere) {
#ifdef VRSIM_KIT_HAS_WGMMA
    __shared__ __align__(128) unsigned char a_bytes[kM * kRowBytes];
    __shared__ __align__(128) unsigned char b_bytes[kMostN * kRowBytes];
    for (std::uint32_t i = threadIdx.x; i < sizeof a_bytes; i += blockDim.x) {
        a_bytes[i] = 0;
    }
    for (std::uint32_t i = threadIdx.x; i < sizeof b_bytes; i += blockDim.x) {
        b_bytes[i] = 0;
    }
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    __syncthreads();
    const std::uint64_t a = job.a_descriptor | encoded(shared_address(a_bytes));
    const std::uint64_t b = job.b_descriptor | encoded(shared_address(b_bytes));
    const std::uint32_t words[4] = {job.depth & 1, 0, 0, 0};
#pragma unroll 1
    for (std::uint32_t r = 0; r < job.repeat; ++r) {
        std::uint64_t start = 0;
        std::uint64_t stop = 0;
        std::uint32_t result = 0;
#define KIT_SHAPES(k, types, transposes_ss, transposes_rs)                        \
    if constexpr (kN == 64 && !kFromRegisters) {                                  \
        KIT_WGMMA_RUN(32, "m64n64" k types, "%3", transposes_ss);                 \
    } else if constexpr (kN == 128 && !kFromRegisters) {                          \
        KIT_WGMMA_RUN(64, "m64n128" k types, "%3", transposes_ss);                \
    } else if constexpr (!kFromRegisters) {                                       \
        KIT_WGMMA_RUN(128, "m64n256" k types, "%3", transposes_ss);               \
    } else if constexpr (kN == 64) {                                              \
        KIT_WGMMA_RUN(32, "m64n64" k types, "{%6, %7, %8, %9}", transposes_rs);   \
    } else if constexpr (kN == 128) {                                             \
        KIT_WGMMA_RUN(64, "m64n128" k types, "{%6, %7, %8, %9}", transposes_rs);  \
    } else {                                                                      \
        KIT_WGMMA_RUN(128, "m64n256" k types, "{%6, %7, %8, %9}", transposes_rs); \
    }
        if constexpr (kFormat == Format::kBf16) {
            KIT_SHAPES("k16", ".f32.bf16.bf16", ", 1, 1, 0, 0", ", 1, 1, 0")
        } else if constexpr (kFormat == Format::kE4m3) {
            KIT_SHAPES("k32", ".f32.e4m3.e4m3", ", 1, 1", ", 1, 1")
        } else {
            KIT_SHAPES("k32", ".s32.s8.s8", "", "")
        }
#undef KIT_SHAPES
        if (result == 0x12345678) {
            *nowhere = result;
        }
        if (threadIdx.x == 0) {
            cycles[r] = stop - start;
        }
        __syncthreads();
    }
#endif
}

template <Format kFormat, int kN, bool kFromRegisters>
void run(const Options& options, Report& report, const char* name) {
    const TensorInstruction instruction{name, kFromRegisters ? "RS" : "SS",      1, kM,
                                        kN,   kFormat == Format::kBf16 ? 16 : 32};
    std::vector<std::vector<double>> cycles;
    constexpr std::uint32_t kWarm = 2;
    for (const std::int64_t depth : tensor_depths()) {
        const Job job{wgmma_descriptor(kM), wgmma_descriptor(kN), static_cast<std::uint32_t>(depth),
                      kWarm + static_cast<std::uint32_t>(options.repeat)};
        const Buffer<std::uint64_t> taken(job.repeat);
        const Buffer<std::uint32_t> nowhere(1);
        issue<kFormat, kN, kFromRegisters><<<1, 128>>>(job, taken.data(), nowhere.data());
        KIT_CUDA(cudaGetLastError());
        const std::vector<std::uint64_t> all = taken.host();
        cycles.emplace_back(all.begin() + kWarm, all.end());
    }
    for (const TensorRow& row : tensor_rows(instruction, cycles)) {
        report.add("wgmma_" + row.experiment, instruction.parameters(row.depth), row.sample,
                   static_cast<std::size_t>(options.repeat), row.unit);
    }
}

template <Format kFormat>
void format(const Options& options, Report& report, const char* name) {
    run<kFormat, 64, false>(options, report, name);
    run<kFormat, 128, false>(options, report, name);
    run<kFormat, 256, false>(options, report, name);
    run<kFormat, 64, true>(options, report, name);
    run<kFormat, 128, true>(options, report, name);
    run<kFormat, 256, true>(options, report, name);
}

void measure(const Options& options, const Machine& machine) {
    if (machine.capability != 90) {
        throw Error(kUnsuited, "wgmma is an instruction of compute capability 9.0 alone; " +
                                   machine.origin.device + " has another");
    }
    Report report(options, machine, "umma_tensor_core_b200");
    format<Format::kBf16>(options, report, "BF16");
    format<Format::kE4m3>(options, report, "E4M3");
    format<Format::kS8>(options, report, "S8");
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv, "wgmma: latency, interval, rate (umma_tensor_core_b200.csv)",
                       measure);
}
