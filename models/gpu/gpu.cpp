// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/gpu.h"

#include <registers/command_front_end_map.h>

#include "models/base/error.h"
#include "models/gpu/tensor_contents.h"
#include "models/hbm4/ecc/memory_faults.h"

namespace vr {

namespace {
// Of L2: what a larger copy writes goes before all else, as kernels do with large outputs.
constexpr std::int64_t kResidentShare = 4;

SmSpace sm_space(const SmConfig& sm) {
    return {sm.block_slots, sm.thread_slots, sm.registers, sm.shared_bytes.value};
}
}  // namespace

KernelTarget kernel_target(const GpuConfig& config) {
    return {
        config.sms,
        config.sm,
        config.crossbar.return_width.value,
        std::max<std::int64_t>(config.l2.slice_width.value * config.l2.slices *
                                   (config.l2.clock.value / 1000) / (config.sm.clock.value / 1000),
                               1),
        config.l2.capacity.value,
        std::max<std::int64_t>(config.hbm4.peak_bandwidth().value / config.sm.clock.value, 1),
        Clock(config.sm.clock).first_edge(config.command_front_end.launch_latency)};
}

std::vector<TileProgram> Gpu::build_programs(const GpuConfig& config, const Workload& workload,
                                             GpuIndex gpu, const std::vector<TensorPlace>& places) {
    const KernelTarget target = kernel_target(config);
    std::vector<TileProgram> programs;
    for (std::uint32_t i = 0; i < workload.operators.size(); ++i) {
        // Recorded operators have no kernel: the front end alone knows them.
        const OperatorSpec& spec = workload.operators[i];
        const bool own =
            spec.gpu == gpu && !is_recorded(spec.kind) && !crosses_to_host(workload, spec);
        programs.push_back(own ? build_program(workload, OperatorIndex{i}, places, target)
                               : TileProgram{});
    }
    return programs;
}

std::vector<CopyDescriptor> Gpu::build_copies(const GpuConfig& config, const Workload& workload,
                                              const GpuRequest& request,
                                              const std::vector<TensorPlace>& places) {
    std::vector<CopyDescriptor> copies(workload.operators.size());
    for (std::uint32_t i = 0; i < workload.operators.size(); ++i) {
        const OperatorSpec& spec = workload.operators[i];
        if (spec.gpu != request.index || !crosses_to_host(workload, spec)) {
            continue;
        }
        const TensorIndex source = spec.inputs.front();
        const TensorSpec& from = workload.tensors[source.value];
        CopyDescriptor& copy = copies[i];
        copy.operator_index = OperatorIndex{i};
        copy.name = spec.id;
        copy.to_gpu = from.home == TensorHome::kHost;
        copy.gpu_tensor = copy.to_gpu ? spec.output : source;
        const TensorPlace& host =
            (*request.host_places)[copy.to_gpu ? source.value : spec.output.value];
        const TensorPlace& gpu = places[copy.gpu_tensor.value];
        copy.gpu_address = gpu.base;
        copy.host_address = host.base;
        copy.bytes = static_cast<std::int64_t>(gpu.end - gpu.base);
        if (host.end - host.base != gpu.end - gpu.base ||
            (host.pitch != gpu.pitch && element_bytes(from) != copy.bytes)) {
            throw InputError(Diagnostic{
                "", spec.line, 0,
                fmt::format("operator '{}': rows of {} and {} bytes are padded differently in "
                            "memory",
                            spec.id, gpu.pitch, host.pitch),
                "tensors of equal shape, or rows of a multiple of 32 bytes",
                "give them the same shape"});
        }
        copy.evict_first = copy.bytes > config.l2.capacity.value / kResidentShare;
        copy.carries_data = moves_data(workload, spec);
    }
    return copies;
}

Gpu::Gpu(const GpuConfig& config, const Workload& workload, const GpuRequest& request,
         Attribution& attribution)
    : path_(request.path),
      config_(config),
      places_(place_tensors(workload, request.index,
                            static_cast<std::uint64_t>(config.tensor_alignment.value),
                            static_cast<std::uint64_t>(config.hbm4.capacity().value))),
      programs_(build_programs(config, workload, request.index, places_)),
      data_path_(contents_, static_cast<std::size_t>(config.sms), config.accumulation,
                 config.accumulation_rule),
      front_end_(request.path + ".command_front_end", config.command_front_end, request.index,
                 workload, attribution, request.events),
      scheduler_(request.path + ".thread_block_scheduler", config.thread_block_scheduler,
                 config.sms, sm_space(config.sm), programs_, attribution),
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
    if (request.c2c != nullptr) {
        copy_engine_ =
            std::make_unique<CopyEngine>(request.path + ".copy_engine", config.copy_engine,
                                         build_copies(config, workload, request, places_),
                                         contents_, attribution, request.events);
        c2c_ = std::make_unique<C2cEnd>(request.path + ".c2c", *request.c2c, C2cSide::kGpu,
                                        attribution, request.events);
        host_latency_ = request.c2c->latency;
        units_.push_back(copy_engine_.get());
        units_.push_back(c2c_.get());
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
        if (workload.tensors[i].gpu == request.index &&
            workload.tensors[i].home == TensorHome::kGpu) {
            write_contents(contents_, workload.tensors[i], places_[i], request.seed);
        }
    }
    if (config.hbm4.faults.any()) {  // what is loaded is right; faults come after it
        memory_faults_ = std::make_unique<hbm4::MemoryFaults>(
            memory_.config(), memory_.address_map(), memory_.path(), request.index.value);
        contents_.set_guard(memory_faults_.get());
        front_end_.judge_operators([faults = memory_faults_.get()](OperatorIndex index) {
            return faults->uncorrectable_of(index.value) > 0;
        });
    }
}

Gpu::~Gpu() = default;

void Gpu::state_hashes(Time now, std::vector<StateHash>& out) const {
    for (const Unit* unit : units_) {
        unit->state_hashes(now, out);
    }
    add_state_hash(out, path_ + ".contents", [&](StateHasher& to) { to(contents_); });
    if (memory_faults_ != nullptr) {
        add_state_hash(out, path_ + ".memory_faults",
                       [&](StateHasher& to) { to(*memory_faults_); });
    }
    add_state_hash(out, path_ + ".data_path", [&](StateHasher& to) { to(data_path_); });
    for (std::size_t sm = 0; sm < data_path_.sms(); ++sm) {
        add_state_hash(out, fmt::format("{}.sm{}.data", path_, sm),
                       [&](StateHasher& to) { data_path_.state_of_sm(sm, to); });
    }
}

std::int64_t Gpu::work_items(OperatorIndex index) const {
    return is_copy(index) ? copy_engine_->chunks(index) : programs_[index.value].tiles();
}

std::int64_t Gpu::work_done(OperatorIndex index) const {
    return is_copy(index) ? copy_engine_->chunks_done(index) : scheduler_.tiles_done()[index.value];
}

bool Gpu::carries_data(OperatorIndex index) const {
    return is_copy(index) ? copy_engine_->descriptor(index).carries_data
                          : programs_[index.value].carries_data;
}

}  // namespace vr
