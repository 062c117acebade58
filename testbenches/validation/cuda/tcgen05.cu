// SPDX-License-Identifier: Apache-2.0
// Family umma_tensor_core_b200: tcgen05.mma (compute capability 10.x) by format, place of A, CTAs
// per instruction, M and N: latency from the issue to the barrier's end of phase, interval, rate by
// instructions in a row. Not yet run on silicon.
#include "testbenches/validation/cuda/device/barrier.h"
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/device/tmem.h"
#include "testbenches/validation/cuda/host/tensor_rows.h"

namespace {

using namespace vr::kit;
using vr::NumberFormat;

constexpr std::int64_t kMostRowBytes = 64;  // along K; 32 but where K is doubled
constexpr std::int64_t kMostRows = 256;
constexpr std::uint32_t kAColumn = 256;  // of tensor memory, behind D
constexpr std::uint32_t kScaleColumn = 272;

struct Job {
    std::uint64_t a_descriptor;  ///< without addresses
    std::uint64_t b_descriptor;
    std::uint32_t instruction;
    std::uint32_t depth;
    std::uint32_t repeat;
};

#ifdef VRSIM_KIT_HAS_TCGEN05
__device__ __forceinline__ std::uint32_t cluster_rank() {
    std::uint32_t rank = 0;
    asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    return rank;
}
__device__ __forceinline__ void cluster_sync() {
    asm volatile(
        "barrier.cluster.arrive.release.aligned;\n\t"
        "barrier.cluster.wait.acquire.aligned;" ::
            : "memory");
}
#endif

template <UmmaKind kKind, int kGroup, bool kTensorA>
__global__ void __launch_bounds__(128) issue(Job job, std::uint64_t* cycles) {
#ifdef VRSIM_KIT_HAS_TCGEN05
    __shared__ __align__(128) unsigned char a_bytes[kMostRows * kMostRowBytes];
    __shared__ __align__(128) unsigned char b_bytes[kMostRows * kMostRowBytes];
    __shared__ __align__(8) std::uint64_t barrier_word;
    __shared__ std::uint32_t tmem_word;
    const std::uint32_t warp = threadIdx.x / 32;
    const std::uint32_t barrier = shared_address(&barrier_word);
    for (std::uint32_t i = threadIdx.x; i < sizeof a_bytes; i += blockDim.x) {
        a_bytes[i] = 0;
        b_bytes[i] = 0;
    }
    if (warp == 0) {
        tmem_take<kGroup>(shared_address(&tmem_word));
    }
    if (threadIdx.x == 0) {
        barrier_init(barrier, 1);
    }
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    tcgen05_before_sync();
    __syncthreads();
    tcgen05_after_sync();
    const std::uint32_t tmem = tmem_word;
    // A and scales of zeros: a lane's column is a word.
    for (std::uint32_t column = kAColumn; column < kAColumn + 64; ++column) {
        tmem_store(tmem + tmem_lanes(warp) + column, 0);
    }
    tmem_wait_stores();
    tcgen05_before_sync();
    cluster_sync();  // a CTA alone is a cluster as well
    tcgen05_after_sync();
    if (cluster_rank() == 0 && threadIdx.x == 0) {
        const UmmaOperands of{
            tmem,
            kTensorA ? tmem + kAColumn : job.a_descriptor | encoded(shared_address(a_bytes)),
            job.b_descriptor | encoded(shared_address(b_bytes)),
            job.instruction,
            tmem + kScaleColumn,
            tmem + kScaleColumn + 16};
        for (std::uint32_t r = 0; r < job.repeat; ++r) {
            const std::uint64_t start = sm_cycles();
            for (std::uint32_t i = 0; i < job.depth; ++i) {
                tcgen05_mma<kKind, 2, kGroup, kTensorA>(of, i);
            }
            tcgen05_commit<kGroup>(barrier);
            barrier_wait(barrier, r & 1);
            cycles[r] = sm_cycles() - start;
        }
    }
    tcgen05_before_sync();
    __syncthreads();  // the warps are whole again
    cluster_sync();
    tcgen05_after_sync();
    if (warp == 0) {
        tmem_free<kGroup>(tmem);
    }
#endif
}

struct Kind {
    const char* format;
    NumberFormat element;
    NumberFormat scale;
    std::int64_t k;
};

template <UmmaKind kKind, int kGroup, bool kTensorA>
void run(const Options& options, Report& report, const Kind& kind, std::int64_t m, std::int64_t n) {
    const TensorInstruction instruction{kind.format, kTensorA ? "TS" : "SS", kGroup, m, n, kind.k};
    const UmmaShape shape{kKind, kind.element, kind.element, NumberFormat::kFp32, kind.scale, m,
                          n,     kind.k};
    std::vector<std::vector<double>> cycles;
    constexpr std::uint32_t kWarm = 2;
    for (const std::int64_t depth : tensor_depths()) {
        const Job job{tcgen05_descriptor(m / kGroup), tcgen05_descriptor(n / kGroup),
                      instruction_descriptor(shape), static_cast<std::uint32_t>(depth),
                      kWarm + static_cast<std::uint32_t>(options.repeat)};
        const Buffer<std::uint64_t> taken(job.repeat);
        cudaLaunchAttribute cluster{};
        cluster.id = cudaLaunchAttributeClusterDimension;
        cluster.val.clusterDim.x = kGroup;
        cluster.val.clusterDim.y = 1;
        cluster.val.clusterDim.z = 1;
        cudaLaunchConfig_t config{};
        config.gridDim = dim3(kGroup);
        config.blockDim = dim3(128);
        config.attrs = &cluster;
        config.numAttrs = 1;
        KIT_CUDA(cudaLaunchKernelEx(&config, issue<kKind, kGroup, kTensorA>, job, taken.data()));
        const std::vector<std::uint64_t> all = taken.host();
        cycles.emplace_back(all.begin() + kWarm, all.end());
    }
    for (const TensorRow& row : tensor_rows(instruction, cycles)) {
        report.add("umma_" + row.experiment, instruction.parameters(row.depth), row.sample,
                   static_cast<std::size_t>(options.repeat), row.unit);
    }
}

template <UmmaKind kKind>
void format(const Options& options, Report& report, const Kind& kind) {
    for (const std::int64_t n : {64, 96, 128, 256}) {
        // With scales, or K doubled, a CTA has 128 rows.
        if (!block_scaled(kKind) && kind.k == blackwell_k(kKind)) {
            run<kKind, 1, false>(options, report, kind, 64, n);
            run<kKind, 1, true>(options, report, kind, 64, n);
            run<kKind, 2, false>(options, report, kind, 128, n);
            run<kKind, 2, true>(options, report, kind, 128, n);
        }
        run<kKind, 1, false>(options, report, kind, 128, n);
        run<kKind, 1, true>(options, report, kind, 128, n);
        run<kKind, 2, false>(options, report, kind, 256, n);
        run<kKind, 2, true>(options, report, kind, 256, n);
    }
}

void measure(const Options& options, const Machine& machine) {
    if (machine.capability / 10 != 10) {
        throw Error(kUnsuited, "tcgen05 is of compute capability 10.x; " + machine.origin.device +
                                   " has another");
    }
    Report report(options, machine, "umma_tensor_core_b200");
    using F = NumberFormat;
    format<UmmaKind::kF16>(options, report, {"BF16", F::kBf16, F::kUe8m0, 16});
    format<UmmaKind::kF8f6f4>(options, report, {"E4M3", F::kE4m3, F::kUe8m0, 32});
    if (machine.capability == 100) {
        format<UmmaKind::kI8>(options, report, {"S8", F::kInt8, F::kUe8m0, 32});
    }
    format<UmmaKind::kMxf8f6f4>(options, report, {"MXF8", F::kE4m3, F::kUe8m0, 32});
    format<UmmaKind::kMxf4nvf4>(options, report, {"MXF4", F::kE2m1, F::kUe8m0, 64});
    if (machine.capability >= 107) {
        format<UmmaKind::kF8f6f4>(options, report, {"E4M3", F::kE4m3, F::kUe8m0, 64});
        format<UmmaKind::kMxf8f6f4>(options, report, {"MXF8", F::kE4m3, F::kUe8m0, 64});
    }
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv,
                       "tcgen05.mma: latency, interval, rate (umma_tensor_core_b200.csv)", measure);
}
