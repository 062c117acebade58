// SPDX-License-Identifier: Apache-2.0
#include "app/platform/resource_parameters.h"

namespace vr {

std::vector<ResourceParameters> resource_parameters(Submission submission) {
    std::vector<ResourceParameters> all = {
        {"HBM", {"gpu.hbm4"}},
        {"", {"gpu.hbm4.energy"}},  // no figure of energy takes time
        {"HBM latency",
         {"gpu.hbm4.front_latency", "gpu.hbm4.back_latency", "gpu.l2.memory_link_latency",
          "gpu.l2.fill_latency"}},
        {"L2", {"gpu.l2.slices", "gpu.l2.slice_width", "gpu.l2.clock"}},
        {"L2 latency",
         {"gpu.l2.hit_latency", "gpu.l2.far_latency", "gpu.l2.lookup_latency",
          "gpu.crossbar.request_latency", "gpu.crossbar.slice_latency",
          "gpu.crossbar.return_latency", "gpu.crossbar.delivery_latency"}},
        {"crossbar",
         {"gpu.crossbar.return_width", "gpu.crossbar.write_width", "gpu.crossbar.clock"}},
        {"TMA", {"gpu.sm.tma"}},
        {"shared memory", {"gpu.sm.shared_memory"}},
        {"tensor core", {"gpu.sm.tensor_core"}},
        {"tensor memory", {"gpu.sm.tensor_memory"}},
        {"vector pipes", {"gpu.sm.vector_pipes"}},
        {"SM latency",
         {"gpu.sm.barrier_latency", "gpu.sm.tensor_core.pipeline", "gpu.sm.tensor_core.commit"}},
        {"launch", {"gpu.command_front_end", "gpu.thread_block_scheduler"}},
        {"fabric", {"gpu.command_front_end.peer_latency"}},
    };
    if (submission == Submission::kGraph) {  // which none of these takes time of
        all.push_back({"",
                       {"gpu.command_front_end.stream_latency",
                        "gpu.command_front_end.submission_interval"}});
    }
    return all;
}

}  // namespace vr
