// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/gpu.h"

#include <registers/command_front_end_map.h>

#include "models/base/error.h"
#include "models/gpu/tensor_contents.h"

namespace vr {

std::vector<TileProgram> Gpu::build_programs(const GpuConfig& config, const Workload& workload,
                                             GpuIndex gpu, const std::vector<TensorPlace>& places) {
    const KernelTarget target{config.sms, config.sm, config.crossbar.return_width.value,
                              config.l2.capacity.value};
    std::vector<TileProgram> programs;
    for (std::uint32_t i = 0; i < workload.operators.size(); ++i) {
        // Recorded operators have no kernel: the front end alone knows them.
        const bool own =
            workload.operators[i].gpu == gpu && !is_recorded(workload.operators[i].kind);
        programs.push_back(own ? build_program(workload, OperatorIndex{i}, places, target)
                               : TileProgram{});
    }
    return programs;
}

Gpu::Gpu(const GpuConfig& config, const Workload& workload, const GpuRequest& request,
         Attribution& attribution)
    : config_(config),
      places_(place_tensors(workload, request.index,
                            static_cast<std::uint64_t>(config.tensor_alignment.value),
                            static_cast<std::uint64_t>(config.hbm4.capacity().value))),
      programs_(build_programs(config, workload, request.index, places_)),
      data_path_(contents_, static_cast<std::size_t>(config.sms), config.accumulation),
      front_end_(request.path + ".command_front_end", config.command_front_end, request.index,
                 workload, attribution, request.events),
      scheduler_(request.path + ".thread_block_scheduler", config.thread_block_scheduler,
                 config.sms, programs_, attribution),
      crossbar_(request.path + ".crossbar", config.crossbar, config.sms, attribution),
      l2_(request.path + ".l2", config.l2, config.sms, workload.tensors.size(),
          workload.operators.size(), attribution, request.events),
      memory_(request.path + ".hbm4", config.hbm4, attribution, request.events, request.fold) {
    const auto sms = static_cast<std::uint32_t>(config.sms);
    for (std::uint32_t first = 0; first < sms; first += 2) {
        tpcs_.push_back(std::make_unique<Tpc>(fmt::format("{}.tpc{}", request.path, first / 2),
                                              config.sm, first,
                                              std::min<std::uint32_t>(2, sms - first), programs_,
                                              attribution, &data_path_, request.events));
    }
    units_ = {&front_end_, &scheduler_, &crossbar_, &l2_, &memory_};
    for (const auto& tpc : tpcs_) {
        units_.push_back(tpc.get());
    }
    if (front_end_.waits_for_firmware()) {
        ensure(request.firmware != nullptr, "{}: boot = \"firmware\" without a firmware",
               request.path);
        management_ = std::make_unique<ManagementUnit>(
            request.path + ".management_core", config.management_core, request.index.value,
            *request.firmware, registers::command_front_end::kMap, request.events);
        units_.push_back(management_.get());
    }
    for (std::size_t i = 0; i < workload.tensors.size(); ++i) {
        if (workload.tensors[i].gpu == request.index) {
            write_contents(contents_, workload.tensors[i], places_[i], request.seed);
        }
    }
}

}  // namespace vr
