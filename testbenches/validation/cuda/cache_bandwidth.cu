// SPDX-License-Identifier: Apache-2.0
// Family cache_bandwidth: reads that caches serve. Shared: two blocks on an SM, each reads one of
// several interleaved stretches of a data set, so that the L2 serves them. Private: each SM reads
// the same small buffer over and over, so that its L1 does. Not yet run on silicon.
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/device/timing.h"

namespace {

using namespace vr::kit;

constexpr int kThreads = 1024;
constexpr int kLoads = 2;  // of a thread in a round
constexpr std::int64_t kPiece = std::int64_t{kThreads} * 8 * kLoads;
constexpr std::int64_t kStretch = 512 * 1024;  // bytes that a block reads
constexpr std::int64_t kBlocks = 2;            // on an SM

// Bits, not numbers: an addition of doubles may be slower than the caches.
using Word = unsigned long long;

__device__ __forceinline__ Word load(const Word* from) {
    Word value = 0;
    asm volatile("ld.global.ca.u64 %0, [%1];" : "=l"(value) : "l"(from));
    return value;
}

// Stores what no zeros give, so that the loads stay.
__device__ __forceinline__ void keep(Word* nowhere, Word sum) {
    if (sum == 1) {
        *nowhere = sum;
    }
}

// Round r of stretch s is piece r * stretches + s.
__global__ void read_stretches(const Word* data, std::uint32_t stretches, std::uint32_t rounds,
                               Word* nowhere) {
    Word sum = 0;
    const Word* at = data + (blockIdx.x % stretches) * std::size_t{kThreads * kLoads} + threadIdx.x;
#pragma unroll 4
    for (std::uint32_t round = 0; round < rounds; ++round) {
        sum ^= load(at) ^ load(at + kThreads);
        at += std::size_t{stretches} * kThreads * kLoads;
    }
    keep(nowhere, sum);
}

// The whole buffer, `passes` times.
__global__ void read_buffer(const Word* data, std::uint32_t steps, std::uint32_t passes,
                            Word* nowhere) {
    Word sum = 0;
    for (std::uint32_t pass = 0; pass < passes; ++pass) {
        const Word* at = data + threadIdx.x;
#pragma unroll 8
        for (std::uint32_t step = 0; step < steps; ++step) {
            sum ^= load(at);
            at += kThreads;
        }
    }
    keep(nowhere, sum);
}

void shared(const Options& options, const Machine& machine, Report& report,
            const Buffer<Word>& data, const Buffer<Word>& nowhere) {
    const std::int64_t resident = kBlocks * machine.sms();
    const auto most = static_cast<std::int64_t>(data.bytes());
    int fit = 0;
    KIT_CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        &fit, reinterpret_cast<const void*>(read_stretches), kThreads, 0));
    if (fit != kBlocks) {
        throw Error(kUnsuited, std::to_string(fit) +
                                   " blocks of 1024 threads fit on an SM; the "
                                   "family's rows have two");
    }
    for (const std::int64_t bytes :
         geometric_sizes(kStretch, most, options.quick ? 4 : 1.3, kStretch)) {
        const std::int64_t stretches = bytes / kStretch;
        // A life of all resident blocks more, and as many as the data set needs to be read twice.
        const std::int64_t lives = std::max<std::int64_t>(4, 2 * stretches / resident + 1);
        std::vector<double> rates;
        for (const double seconds : timed_difference(options.repeat, [&](int which) {
                 read_stretches<<<static_cast<unsigned>(resident * lives * (which + 1)),
                                  kThreads>>>(data.data(), static_cast<std::uint32_t>(stretches),
                                              kStretch / kPiece, nowhere.data());
             })) {
            rates.push_back(static_cast<double>(resident * lives * kStretch) / seconds * 1e-9);
        }
        report.add("shared_cache_read_bw", {cell(kStretch / 1024), cell(bytes / 1024)},
                   summarise(rates), rates.size(), "GB/s");
    }
}

void own(const Options& options, const Machine& machine, Report& report, const Buffer<Word>& data,
         const Buffer<Word>& nowhere) {
    constexpr std::int64_t kStep = std::int64_t{kThreads} * 8;
    constexpr double kBytesOfSm = 64e6;
    const std::int64_t most =
        std::min<std::int64_t>(static_cast<std::int64_t>(data.bytes()), 2 * machine.l2_bytes());
    for (const std::int64_t bytes : geometric_sizes(kStep, most, options.quick ? 4 : 1.15, kStep)) {
        const std::int64_t passes =
            std::max<std::int64_t>(2, std::llround(kBytesOfSm / static_cast<double>(bytes)));
        std::vector<double> rates;
        for (const double seconds : timed_difference(options.repeat, [&](int which) {
                 read_buffer<<<machine.properties.multiProcessorCount, kThreads>>>(
                     data.data(), static_cast<std::uint32_t>(bytes / kStep),
                     static_cast<std::uint32_t>(passes * (which + 1)), nowhere.data());
             })) {
            rates.push_back(static_cast<double>(machine.sms() * passes * bytes) / seconds * 1e-9);
        }
        report.add("private_cache_read_bw_all_SM_same_buffer",
                   {cell(bytes / 1024), cell(bytes / 1024)}, summarise(rates), rates.size(),
                   "GB/s");
    }
}

void measure(const Options& options, const Machine& machine) {
    Report report(options, machine, "cache_bandwidth");
    const std::int64_t bytes =
        std::min(options.most_bytes, 4 * machine.l2_bytes()) / kStretch * kStretch;
    const Buffer<Word> data(static_cast<std::size_t>(bytes / 8));
    data.fill(0);
    const Buffer<Word> nowhere(1);
    shared(options, machine, report, data, nowhere);
    own(options, machine, report, data, nowhere);
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv, "Reads that caches serve (cache_bandwidth.csv)", measure);
}
