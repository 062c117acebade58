// SPDX-License-Identifier: Apache-2.0
#include "app/platform/resource_results.h"

#include <array>
#include <map>

#include "app/platform/host_results.h"
#include "models/transport/operator_work.h"

namespace vr {

void gather_resources(const Machine& machine, const PlatformConfig& config,
                      const Workload& workload, RunResult& result) {
    const GpuConfig& gpu = config.gpu;
    const std::int64_t gpus = config.system.gpus;
    const TensorCore core(gpu.sm.tensor_core, gpu.sm.shared_memory.read_width);
    std::map<NumberKind, std::int64_t> flops;
    RunActivity& activity = result.activity;
    for (std::size_t i = 0; i < workload.operators.size(); ++i) {
        const OperatorSpec& spec = workload.operators[i];
        if (tensor_flops(workload, spec) > 0 && result.operators[i].total > 0) {
            __extension__ using Wide = __int128;
            flops[kind_of(workload.tensors[spec.inputs.front().value].type)] +=
                static_cast<std::int64_t>(static_cast<Wide>(tensor_flops(workload, spec)) *
                                          result.operators[i].completed /
                                          result.operators[i].total);
        }
    }
    constexpr std::array<const char*, 3> kNames = {"tensor core BF16", "tensor core FP8",
                                                   "tensor core NVFP4"};
    for (const auto& [kind, amount] : flops) {
        result.resources.push_back({kNames[static_cast<std::size_t>(kind)], amount,
                                    2 * core.multiply_adds_per_clock(kind) *
                                        core.clock(kind).frequency().value * gpu.sms * gpus,
                                    "FLOP/s"});
    }
    std::int64_t shared = 0;
    std::int64_t served = 0;
    std::int64_t returned = 0;
    std::int64_t memory = 0;
    for (const auto& unit : machine.gpus()) {
        for (const auto& tpc : unit->tpcs()) {
            for (std::size_t sm = 0; sm < tpc->sms(); ++sm) {
                shared += tpc->work(sm).shared_read;
                activity.vector_operations += tpc->work(sm).vector_operations;
            }
        }
        served += unit->l2().bytes_served();
        returned += unit->crossbar().bytes_returned();
        memory += unit->memory().bytes_moved_by(result.makespan);
    }
    const auto multiply_adds = [&](NumberKind kind) { return flops[kind] / 2; };
    activity.bf16_multiply_adds = multiply_adds(NumberKind::kBf16);
    activity.fp8_multiply_adds = multiply_adds(NumberKind::kFp8);
    activity.fp4_multiply_adds = multiply_adds(NumberKind::kNvfp4);
    activity.shared_memory_bytes = shared;
    activity.l2_bytes = served;
    activity.memory_bytes = memory;
    result.resources.push_back(
        {"shared memory read", shared,
         gpu.sm.shared_memory.read_width.value * gpu.sm.clock.value * gpu.sms * gpus, "B/s"});
    result.resources.push_back(
        {"L2 to SM", returned,
         gpu.crossbar.return_width.value * gpu.crossbar.clock.value * gpu.sms * gpus, "B/s"});
    result.resources.push_back(
        {"L2", served, gpu.l2.slice_width.value * gpu.l2.clock.value * gpu.l2.slices * gpus,
         "B/s"});
    result.resources.push_back({"HBM", memory, gpu.hbm4.peak_bandwidth().value * gpus, "B/s"});
    gather_host_resources(machine, config, result);
}

}  // namespace vr
