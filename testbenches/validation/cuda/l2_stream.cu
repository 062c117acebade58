// SPDX-License-Identifier: Apache-2.0
// Family l2_stream: streams that pass over the same arrays again and again, by the size of each
// array, two blocks on an SM. Timed are the later passes of a long launch: a short one's time is
// taken off. Not yet run on silicon.
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/device/stream_kernel.h"

namespace {

using namespace vr::kit;

constexpr std::int64_t kBlocks = 2;  // on an SM
constexpr std::int64_t kSmallest = 256'000;
constexpr double kTimedBytes = 4e9;  // that the timed part moves, at least a pass

void measure(const Options& options, const Machine& machine) {
    Report report(options, machine, "l2_stream");
    const std::int64_t most = options.most_bytes / 5;
    const StreamMemory memory(static_cast<std::size_t>(most / 8));
    struct Row {
        const char* name;
        StreamKind kind;
    };
    constexpr Row kRows[] = {{"l2_stream_load", StreamKind::kRead},
                             {"l2_stream_scale", StreamKind::kScale},
                             {"l2_stream_triad", StreamKind::kTriad},
                             {"l2_stream_store", StreamKind::kInit}};
    for (const int threads : {256, 1024}) {
        const std::int64_t tile = std::int64_t{threads} * 8;
        for (const std::int64_t bytes :
             geometric_sizes(kSmallest / tile * tile, most, options.quick ? 4 : 1.25, tile)) {
            for (const Row& row : kRows) {
                const StreamLaunch launch = held_to(machine, row.kind, threads, kBlocks);
                const std::int64_t tiles = bytes / tile;
                const double pass =
                    static_cast<double>(bytes) * static_cast<double>(stream_arrays(row.kind));
                const std::int64_t passes =
                    std::max<std::int64_t>(1, std::llround(kTimedBytes / pass));
                const std::int64_t before = std::max<std::int64_t>(1, passes / 4);
                std::vector<double> rates;
                for (const double seconds : timed_difference(options.repeat, [&](int which) {
                         const std::int64_t all = before + (which == 1 ? passes : 0);
                         launch.kernel<<<static_cast<unsigned>(all * tiles), threads,
                                         launch.shared>>>(memory.arrays(),
                                                          static_cast<std::uint32_t>(tiles));
                     })) {
                    rates.push_back(pass * static_cast<double>(passes) / seconds * 1e-9);
                }
                const std::int64_t resident = launch.blocks * threads;
                report.add(row.name,
                           {cell(std::int64_t{threads}),
                            cell(100.0 * static_cast<double>(resident) /
                                 static_cast<double>(machine.thread_slots())),
                            cell(static_cast<double>(bytes) / 1000)},
                           summarise(rates), rates.size(), "GB/s");
            }
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv, "Streams by working set (l2_stream.csv)", measure);
}
