// SPDX-License-Identifier: Apache-2.0
// Family memory_latency_gpu: one warp walks over a buffer in random order, each load after the one
// before it, by size of the buffer. The value is cycles of the SM per load. Not yet run on silicon.
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/device/walk.h"

namespace {

using namespace vr::kit;

constexpr std::int64_t kSmallest = 2048;
constexpr std::uint32_t kSteps = 16'384;  // of a timed stretch

void measure(const Options& options, const Machine& machine) {
    Report report(options, machine, "memory_latency_gpu");
    for (const std::int64_t bytes :
         geometric_sizes(kSmallest, options.most_bytes, options.quick ? 8 : 1.2, kLineBytes)) {
        const WalkFigures figures = walk_buffer<PlainLoad>(machine, bytes, options.repeat, kSteps);
        report.add("pointer_chase_1warp_random",
                   {cell(static_cast<double>(bytes) / 1000),
                    cell(static_cast<std::int64_t>(std::llround(figures.megahertz)))},
                   summarise(figures.cycles), figures.cycles.size(), "cycles");
    }
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv, "Pointer chase of one warp (memory_latency_gpu.csv)", measure);
}
