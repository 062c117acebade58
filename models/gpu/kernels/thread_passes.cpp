// SPDX-License-Identifier: Apache-2.0
// The custom kernel "thread_passes": blocks that stay on their SMs, pass over the data again and
// again, and meet after each pass.
#include <algorithm>

#include "models/gpu/kernels/thread_kernels.h"

namespace vr {

namespace {

// Blocks that wait for each other must all be there.
void check_resident(const OperatorSpec& spec, const ThreadKernel& kernel,
                    const KernelTarget& target) {
    const SmConfig& sm = target.sm;
    std::int64_t on_sm = std::min({sm.block_slots, sm.thread_slots / kernel.threads,
                                   sm.registers / (kernel.threads * kernel.registers)});
    if (kernel.shared_bytes > 0) {
        on_sm = std::min(on_sm, sm.shared_bytes.value / kernel.shared_bytes);
    }
    if (kernel.tiles > on_sm * target.sms) {
        refuse_operator(spec,
                        fmt::format("{} blocks that wait for each other: {} find room on each SM",
                                    kernel.tiles, on_sm),
                        fmt::format("1 to {} blocks", on_sm * target.sms));
    }
}

class ThreadPasses final : public CustomKernel {
  public:
    TileProgram program(const Workload& workload, OperatorIndex index,
                        const std::vector<TensorPlace>& places,
                        const KernelTarget& target) const override {
        TileProgram program = timing_program(workload, index, 2);
        const OperatorSpec& spec = workload.operators[index.value];
        KernelArguments arguments(spec);
        ThreadKernel kernel;
        kernel.threads = arguments.get("threads", 256, 1, kMostThreads);
        kernel.element_bytes = arguments.get("element_bytes", 8, 1, 16);
        kernel.shared_bytes = arguments.get("shared_bytes", 0, 0, target.sm.shared_bytes.value);
        kernel.registers = arguments.get("registers", 32, 1, 255);
        kernel.tiles = arguments.get("blocks", 1, 1, kMostCount);
        kernel.passes = arguments.get("passes", 1, 1, kMostCount);
        kernel.rounds_in_flight = arguments.get("rounds_in_flight", 1, 1, 64);
        kernel.round_instructions = arguments.get("instructions", 6, 0, kMostInstructions);
        kernel.barrier_chain = arguments.get("chain", 0, 0, kLongestChain);
        kernel.barrier =
            arguments.get("flag", 0, 0, 1) != 0 ? GridBarrier::kUnanswered : GridBarrier::kAnswered;
        arguments.finish();
        check_resident(spec, kernel, target);
        const std::int64_t tile_bytes = kernel.threads * kernel.element_bytes;
        ThreadAccess load = whole_access("load", spec.inputs.front(), places);
        ThreadAccess store = whole_access("store", spec.output, places);
        kernel.rounds = divide_round_up(load.bytes, kernel.tiles * tile_bytes);
        for (ThreadAccess* access : {&load, &store}) {
            access->tile_stride = tile_bytes;
            access->round_stride = kernel.tiles * tile_bytes;
        }
        kernel.word = whole_access("word", spec.inputs.back(), places);
        kernel.loads = {load};
        kernel.stores = {store};
        add_threads(program, kernel);
        return program;
    }
    std::int64_t flops(const Workload&, const OperatorSpec&) const override { return 0; }
};

}  // namespace

std::unique_ptr<CustomKernel> thread_passes_kernel() {
    return std::make_unique<ThreadPasses>();
}

}  // namespace vr
