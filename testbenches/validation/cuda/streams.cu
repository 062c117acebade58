// SPDX-License-Identifier: Apache-2.0
// Family memory_stream_vs_occupancy: streams through arrays of many L2s, an element of 8 bytes a
// thread, by threads per block, two blocks on an SM. The value counts each array's bytes once. Not
// yet run on silicon.
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/device/stream_kernel.h"

namespace {

using namespace vr::kit;

constexpr std::int64_t kBlocks = 2;  // on an SM
constexpr std::int64_t kLeastL2s = 4;

// 16, and multiples of a warp up to what a block may have.
std::vector<int> block_sizes(bool quick) {
    std::vector<int> sizes = {16};
    const int step = quick ? 256 : 32;
    for (int threads = step; threads <= 1024; threads += step) {
        sizes.push_back(threads);
    }
    return sizes;
}

void measure(const Options& options, const Machine& machine) {
    const std::int64_t bytes = options.most_bytes / 5;  // of an array
    if (bytes < kLeastL2s * machine.l2_bytes()) {
        throw Error(kUsage, "--max-bytes " + std::to_string(options.most_bytes) +
                                "; allowed: " + std::to_string(5 * kLeastL2s * machine.l2_bytes()) +
                                " or more, so that no array stays in L2");
    }
    Report report(options, machine, "memory_stream_vs_occupancy");
    const StreamMemory memory(static_cast<std::size_t>(bytes / 8));
    struct Row {
        const char* name;
        StreamKind kind;
    };
    constexpr Row kRows[] = {{"stream_init", StreamKind::kInit},
                             {"stream_read", StreamKind::kRead},
                             {"stream_scale", StreamKind::kScale},
                             {"stream_triad", StreamKind::kTriad},
                             {"stream_stencil3", StreamKind::kStencil}};
    for (const int threads : block_sizes(options.quick)) {
        for (const Row& row : kRows) {
            const StreamLaunch launch = held_to(machine, row.kind, threads, kBlocks);
            const auto tiles = static_cast<std::uint32_t>(bytes / 8 / threads);
            const double moved = static_cast<double>(tiles) * threads * 8 *
                                 static_cast<double>(stream_arrays(row.kind));
            std::vector<double> rates;
            for (const double seconds : timed(options.repeat, [&] {
                     launch.kernel<<<tiles, threads, launch.shared>>>(memory.arrays(), tiles);
                 })) {
                rates.push_back(moved / seconds * 1e-9);
            }
            const std::int64_t resident = launch.blocks * threads;
            report.add(row.name,
                       {cell(std::int64_t{threads}), cell(resident * machine.sms()),
                        cell(100.0 * static_cast<double>(resident) /
                             static_cast<double>(machine.thread_slots()))},
                       summarise(rates), rates.size(), "GB/s");
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv, "Streams by threads per block (memory_stream_vs_occupancy.csv)",
                       measure);
}
