// SPDX-License-Identifier: Apache-2.0
// Family memory_latency_hopper_tma: the pointer chase by plain loads and by loads of the TMA
// (cp.async.bulk of 32 bytes into shared memory, without a tensor map; compute capability 9.0). Not
// yet run on silicon.
#include "testbenches/validation/cuda/device/barrier.h"
#include "testbenches/validation/cuda/device/program.h"
#include "testbenches/validation/cuda/device/walk.h"

namespace {

using namespace vr::kit;

constexpr std::int64_t kSmallest = 2048;
constexpr std::uint32_t kSteps = 8'192;  // of a timed stretch

// A load that the TMA makes: lane 0 asks, all lanes wait for the bytes and read the address in
// them.
struct TmaLoad {
    static constexpr std::uint32_t kBytes = 32;
    std::uint32_t bytes;
    std::uint32_t barrier;
    std::uint32_t parity = 0;

    __device__ explicit TmaLoad(void* scratch)
        : bytes(shared_address(scratch)), barrier(bytes + 64) {
        if (threadIdx.x == 0) {
            barrier_init(barrier, 1);
        }
        __syncwarp();
    }
    __device__ std::uint64_t operator()(std::uint64_t at) {
        if (threadIdx.x == 0) {
            barrier_expect(barrier, kBytes);
            bulk_load(bytes, at, kBytes, barrier);
        }
        barrier_wait(barrier, parity);
        parity ^= 1;
        std::uint64_t next = 0;
        asm volatile("ld.shared.u64 %0, [%1];" : "=l"(next) : "r"(bytes) : "memory");
        __syncwarp();  // all have read before the next bytes come
        return next;
    }
};

void measure(const Options& options, const Machine& machine) {
    machine.needs(90, "TMA");
    Report report(options, machine, "memory_latency_hopper_tma");
    const auto sizes =
        geometric_sizes(kSmallest, options.most_bytes, options.quick ? 8 : 1.5, kLineBytes);
    const auto add = [&](const char* experiment, std::int64_t bytes, const WalkFigures& figures) {
        report.add(experiment,
                   {cell(static_cast<double>(bytes) / 1000),
                    cell(static_cast<std::int64_t>(std::llround(figures.megahertz)))},
                   summarise(figures.cycles), figures.cycles.size(), "cycles");
    };
    for (const std::int64_t bytes : sizes) {
        add("pointer_chase_ldg", bytes,
            walk_buffer<PlainLoad>(machine, bytes, options.repeat, kSteps));
    }
    for (const std::int64_t bytes : sizes) {
        add("pointer_chase_tma", bytes,
            walk_buffer<TmaLoad>(machine, bytes, options.repeat, kSteps));
    }
}

}  // namespace

int main(int argc, char** argv) {
    return run_program(argc, argv,
                       "Pointer chase by plain loads and by TMA (memory_latency_hopper_tma.csv)",
                       measure);
}
