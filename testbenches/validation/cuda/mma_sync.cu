// SPDX-License-Identifier: Apache-2.0
// mma.sync m16n8 from registers: cycles of one after the other on its own result, and the rate of
// an SM by the number of chains in flight. Rows mma_sync_* in the columns of
// umma_tensor_core_b200; `depth` is the chains of an SM. Not yet run on silicon.
#include "testbenches/validation/cuda/device/mma_sync.h"
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/host/tensor_rows.h"

namespace {

using namespace vr::kit;

constexpr std::uint32_t kRounds = 512;

struct ChainSpan {
    std::uint64_t start;
    std::uint64_t stop;
};

// Every warp runs kChains chains, `rounds` instructions each.
template <MmaSync kType, int kChains>
__global__ void run_chains(std::uint32_t rounds, std::uint32_t seed, ChainSpan* spans,
                           std::uint32_t* nowhere) {
    std::uint32_t d[kChains][4] = {};
    const std::uint32_t a[4] = {seed, seed + 1, seed + 2, seed + 3};
    const std::uint32_t b[2] = {seed + 4, seed + 5};
    __syncthreads();
    const std::uint64_t start = sm_cycles();
#pragma unroll 4
    for (std::uint32_t i = 0; i < rounds; ++i) {
#pragma unroll
        for (int chain = 0; chain < kChains; ++chain) {
            multiply<kType>(d[chain], a, b);
        }
    }
    std::uint32_t all = 0;
#pragma unroll
    for (int chain = 0; chain < kChains; ++chain) {
        all |= d[chain][0] | d[chain][1];  // the clock waits for the last results
    }
    asm volatile("" ::"r"(all) : "memory");
    if (all == 0x12345678) {
        *nowhere = all;
    }
    const std::uint64_t stop = sm_cycles();
    if (threadIdx.x % 32 == 0) {
        spans[threadIdx.x / 32] = {start, stop};
    }
}

// Cycles from the first warp's start to the last one's stop.
template <MmaSync kType, int kChains>
double cycles_of(int warps, std::uint32_t rounds) {
    const Buffer<ChainSpan> spans(static_cast<std::size_t>(warps));
    const Buffer<std::uint32_t> nowhere(1);
    run_chains<kType, kChains><<<1, 32 * warps>>>(rounds, 0, spans.data(), nowhere.data());
    KIT_CUDA(cudaGetLastError());
    std::uint64_t first = ~std::uint64_t{0};
    std::uint64_t last = 0;
    for (const ChainSpan& span : spans.host()) {
        first = std::min(first, span.start);
        last = std::max(last, span.stop);
    }
    return static_cast<double>(last - first);
}

// Cycles per round of all chains: what a longer run takes more.
template <MmaSync kType, int kChains>
std::vector<double> per_round(int warps, std::int64_t repeat) {
    std::vector<double> cycles;
    (void)cycles_of<kType, kChains>(warps, kRounds);  // instructions come into the caches
    for (std::int64_t i = 0; i < repeat; ++i) {
        const double brief = cycles_of<kType, kChains>(warps, kRounds);
        const double full = cycles_of<kType, kChains>(warps, 3 * kRounds);
        cycles.push_back((full - brief) / (2 * kRounds));
    }
    return cycles;
}

template <MmaSync kType, int kChains>
void rate(const Options& options, Report& report, const TensorInstruction& instruction) {
    for (const int warps : {1, 4, 8, 16}) {
        std::vector<double> rates;
        const std::int64_t chains = std::int64_t{kChains} * warps;
        for (const double cycles : per_round<kType, kChains>(warps, options.repeat)) {
            rates.push_back(instruction.flops() * static_cast<double>(chains) / cycles);
        }
        report.add("mma_sync_throughput_vs_depth", instruction.parameters(chains), summarise(rates),
                   rates.size(), "FLOP/cycle/SM", std::to_string(warps) + " warps");
    }
}

template <MmaSync kType>
void format(const Options& options, Report& report, const char* name) {
    const TensorInstruction instruction{name, "RR", 1, 16, 8, mma_sync_k(kType)};
    const std::vector<double> cycles = per_round<kType, 1>(1, options.repeat);
    report.add("mma_sync_latency", instruction.parameters(0), summarise(cycles), cycles.size(),
               "cycles");
    rate<kType, 1>(options, report, instruction);
    rate<kType, 2>(options, report, instruction);
    rate<kType, 4>(options, report, instruction);
    rate<kType, 8>(options, report, instruction);
}

void measure(const Options& options, const Machine& machine) {
    machine.needs(80, "mma.sync m16n8k16");
    Report report(options, machine, "umma_tensor_core_b200");
    format<MmaSync::kBf16>(options, report, "BF16");
    format<MmaSync::kTf32>(options, report, "TF32");
    format<MmaSync::kS8>(options, report, "S8");
    if (machine.capability >= 89) {
        format<MmaSync::kE4m3>(options, report, "E4M3");
    }
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv, "mma.sync: latency and rate (umma_tensor_core_b200.csv)",
                       measure);
}
