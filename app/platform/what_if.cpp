// SPDX-License-Identifier: Apache-2.0
#include "app/platform/what_if.h"

#include <algorithm>
#include <map>

namespace vr {

namespace {

template <class Quantity>
void twice(Quantity& value) {
    value = Quantity{value.value * 2};
}
void twice(std::int64_t& value) {
    value *= 2;
}
template <class Quantity>
void half(Quantity& value) {
    value = Quantity{value.value == 0 ? 0 : std::max<std::int64_t>(value.value / 2, 1)};
}

// The way to the memory and back takes as long as before.
void twice_hbm(PlatformConfig& config) {
    twice(config.gpu.hbm4.clock);
    twice(config.gpu.hbm4.front_latency);
    twice(config.gpu.hbm4.back_latency);
}

void twice_tma(PlatformConfig& config) {
    TmaConfig& tma = config.gpu.sm.tma;
    twice(tma.line_rate);
    twice(tma.load_window);
    twice(tma.store_window);
    half(tma.instruction_interval);
    half(tma.issue_latency);
}

void half_launch(PlatformConfig& config) {
    half(config.gpu.command_front_end.launch_latency);
    half(config.gpu.command_front_end.stream_latency);
    half(config.gpu.command_front_end.submission_interval);
    half(config.gpu.command_front_end.scheduler_latency);
    half(config.gpu.thread_block_scheduler.launch_latency);
    half(config.gpu.thread_block_scheduler.completion_latency);
    half(config.gpu.thread_block_scheduler.block_interval);
    half(config.gpu.sm.code_latency);
}

void half_l2_latency(PlatformConfig& config) {
    L2Config& l2 = config.gpu.l2;
    half(l2.hit_latency);
    half(l2.far_latency);
    half(l2.lookup_latency);
    CrossbarConfig& crossbar = config.gpu.crossbar;
    half(crossbar.request_latency);
    half(crossbar.slice_latency);
    half(crossbar.return_latency);
    half(crossbar.delivery_latency);
}

void half_hbm_latency(PlatformConfig& config) {
    half(config.gpu.l2.fill_latency);
    half(config.gpu.l2.memory_link_latency);
    half(config.gpu.hbm4.front_latency);
    half(config.gpu.hbm4.back_latency);
}

void half_sm_latency(PlatformConfig& config) {
    SmConfig& sm = config.gpu.sm;
    half(sm.barrier_latency);
    half(sm.tensor_core.pipeline);
    half(sm.tensor_core.pair_pipeline);
    half(sm.tensor_core.commit);
    half(sm.load_store.hit_latency);
    half(sm.load_store.miss_latency);
    half(sm.translation.miss_latency);
}

}  // namespace

const std::vector<Doubling>& doublings() {
    static const std::vector<Doubling> all = {
        {"tensor core", "twice the tensor cores",
         [](PlatformConfig& c) { twice(c.gpu.sm.tensor_core.columns_per_clock); }},
        {"HBM", "twice the HBM's rate", twice_hbm},
        {"L2", "twice the width of L2's slices",
         [](PlatformConfig& c) { twice(c.gpu.l2.slice_width); }},
        {"crossbar", "twice the width of the crossbar's ports",
         [](PlatformConfig& c) {
             twice(c.gpu.crossbar.return_width);
             twice(c.gpu.crossbar.write_width);
         }},
        {"shared memory", "twice the width of shared memory",
         [](PlatformConfig& c) {
             twice(c.gpu.sm.shared_memory.read_width);
             twice(c.gpu.sm.shared_memory.write_width);
         }},
        {"tensor memory", "twice the width of tensor memory",
         [](PlatformConfig& c) { twice(c.gpu.sm.tensor_memory.read_width); }},
        {"vector pipes", "twice the vector pipes",
         [](PlatformConfig& c) {
             twice(c.gpu.sm.vector_pipes.lanes);
             twice(c.gpu.sm.vector_pipes.exponentials);
         }},
        {"TMA", "twice the rate and the windows of TMA", twice_tma},
        {"load-store unit", "twice the rate and the windows of load-store units",
         [](PlatformConfig& c) {
             twice(c.gpu.sm.load_store.lines_per_clock);
             twice(c.gpu.sm.load_store.load_window);
             twice(c.gpu.sm.load_store.store_window);
         }},
        {"launch", "half the latencies of launching", half_launch},
        {"L2 latency", "half the latencies to L2", half_l2_latency},
        {"HBM latency", "half the latencies beside the HBM", half_hbm_latency},
        {"SM latency", "half the latencies within the SM", half_sm_latency},
    };
    return all;
}

std::vector<WhatIfResult> what_if(Configuration& configuration, const RunRequest& request,
                                  const RunResult& result, std::int64_t least_share) {
    std::map<std::string, Time> charged;
    for (const ChargeResult& charge : result.attribution) {
        charged[charge.resource] += charge.amount;
    }
    RunRequest again = request;
    again.events = nullptr;
    again.audit = nullptr;
    again.waves.clear();
    const PlatformConfig config = bind_platform_config(configuration);
    std::vector<WhatIfResult> found;
    for (const Doubling& doubling : doublings()) {
        const Time amount = charged[doubling.resource];
        if (amount.value * 100 < result.makespan.value * least_share) {
            continue;
        }
        PlatformConfig changed = config;
        doubling.apply(changed);
        const RunResult run = run_platform(changed, again);
        found.push_back({doubling.resource, doubling.change, amount, run.makespan});
    }
    std::stable_sort(found.begin(), found.end(), [](const WhatIfResult& a, const WhatIfResult& b) {
        return a.charged > b.charged;
    });
    return found;
}

}  // namespace vr
