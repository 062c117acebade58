// SPDX-License-Identifier: Apache-2.0
// One GPU: owns the cores of its units, knows how they are wired, places tensors, builds kernels.
// Not modelled: NVLink, GPC boundaries, MIG (see DEVIATIONS.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/event_record.h"
#include "models/c2c/c2c_end.h"
#include "models/gpu/command_front_end/command_front_end.h"
#include "models/gpu/copy_engine/copy_engine.h"
#include "models/gpu/crossbar/crossbar.h"
#include "models/gpu/gpu_config.h"
#include "models/gpu/kernels/kernels.h"
#include "models/gpu/l2/l2.h"
#include "models/gpu/memory_layout.h"
#include "models/gpu/thread_block_scheduler/thread_block_scheduler.h"
#include "models/gpu/tpc/data_path.h"
#include "models/gpu/tpc/tpc.h"
#include "models/hbm4/hbm4.h"
#include "models/management_core/management_unit.h"
#include "models/transport/sparse_memory.h"
#include "models/transport/workload.h"

namespace vr {

namespace hbm4 {
class MemoryFaults;
}

/// What a GPU is built for.
struct GpuRequest {
    std::string path = "gpu";
    GpuIndex index{};
    std::uint64_t seed = 1;
    bool fold = true;
    EventRecord* events = nullptr;
    const ElfImage* firmware = nullptr;  ///< needed when boot = "firmware"; must outlive the GPU
    /// The link to a host, and where tensors lie in the host's memory (by tensor). Without it the
    /// GPU has neither copy engine nor C2C end. Needed while the GPU is built only.
    const C2cConfig* c2c = nullptr;
    const std::vector<TensorPlace>* host_places = nullptr;
};

/// What kernels' authors know of this GPU.
[[nodiscard]] KernelTarget kernel_target(const GpuConfig& config);

class Gpu {
  public:
    /// `workload` and `attribution` must outlive the GPU. Throws InputError when the workload does
    /// not fit.
    Gpu(const GpuConfig& config, const Workload& workload, const GpuRequest& request,
        Attribution& attribution);
    ~Gpu();

    /// Number of the unit in units() that a member is.
    enum UnitOrder : std::uint32_t { kFrontEnd, kScheduler, kCrossbar, kL2, kMemory, kFirstTpc };
    /// The copy engine and the C2C end come after the TPCs, where the GPU has them; the management
    /// core comes last, so that no other unit's number changes with it.
    [[nodiscard]] std::uint32_t copy_engine_number() const {
        return kFirstTpc + static_cast<std::uint32_t>(tpcs_.size());
    }
    [[nodiscard]] std::uint32_t c2c_number() const { return copy_engine_number() + 1; }
    [[nodiscard]] std::uint32_t management_number() const {
        return copy_engine_number() + (copy_engine_ != nullptr ? 2 : 0);
    }
    [[nodiscard]] const std::vector<Unit*>& units() const { return units_; }
    /// The hashes of all units, of the contents of the memory, and of what the SMs hold of them.
    void state_hashes(Time now, std::vector<StateHash>& out) const;

    /// Tells `binder` every link inside the GPU:
    /// binder(name, out port, number of the sending unit, in port, number of the receiving unit,
    /// latency).
    template <class Binder>
    void wire(Binder&& binder);

    [[nodiscard]] CommandFrontEnd& front_end() { return front_end_; }
    [[nodiscard]] const CommandFrontEnd& front_end() const { return front_end_; }
    /// The management core; null when no firmware runs.
    [[nodiscard]] const ManagementUnit* management() const { return management_.get(); }
    [[nodiscard]] const ThreadBlockScheduler& scheduler() const { return scheduler_; }
    [[nodiscard]] const L2& l2() const { return l2_; }
    [[nodiscard]] const Hbm4& memory() const { return memory_; }
    [[nodiscard]] Hbm4& memory() { return memory_; }
    [[nodiscard]] const Crossbar& crossbar() const { return crossbar_; }
    [[nodiscard]] const std::vector<std::unique_ptr<Tpc>>& tpcs() const { return tpcs_; }
    [[nodiscard]] const std::vector<TileProgram>& programs() const { return programs_; }
    [[nodiscard]] const std::vector<TensorPlace>& places() const { return places_; }
    [[nodiscard]] SparseMemory& contents() { return contents_; }
    [[nodiscard]] const SparseMemory& contents() const { return contents_; }
    /// Faults of the memory's cells; null where none can be.
    [[nodiscard]] hbm4::MemoryFaults* memory_faults() { return memory_faults_.get(); }
    [[nodiscard]] DataPath& data_path() { return data_path_; }
    [[nodiscard]] const GpuConfig& config() const { return config_; }
    /// Null where the GPU has no host.
    [[nodiscard]] const CopyEngine* copy_engine() const { return copy_engine_.get(); }
    [[nodiscard]] C2cEnd* c2c() { return c2c_.get(); }
    [[nodiscard]] const C2cEnd* c2c() const { return c2c_.get(); }
    /// Latency of the link to the host; kNever without one.
    [[nodiscard]] Time host_latency() const { return host_latency_; }
    /// Work items (tiles, chunks) of an operator, and how many of them are complete.
    [[nodiscard]] std::int64_t work_items(OperatorIndex index) const;
    [[nodiscard]] std::int64_t work_done(OperatorIndex index) const;
    [[nodiscard]] bool carries_data(OperatorIndex index) const;
    [[nodiscard]] Time signal_latency() const { return config_.command_front_end.peer_latency; }

  private:
    static std::vector<TileProgram> build_programs(const GpuConfig& config,
                                                   const Workload& workload, GpuIndex gpu,
                                                   const std::vector<TensorPlace>& places);
    static std::vector<CopyDescriptor> build_copies(const GpuConfig& config,
                                                    const Workload& workload,
                                                    const GpuRequest& request,
                                                    const std::vector<TensorPlace>& places);
    [[nodiscard]] bool is_copy(OperatorIndex index) const {
        return copy_engine_ != nullptr && copy_engine_->descriptor(index).bytes > 0;
    }
    std::string path_;
    GpuConfig config_;
    std::vector<TensorPlace> places_;
    std::vector<TileProgram> programs_;
    SparseMemory contents_;
    DataPath data_path_;
    CommandFrontEnd front_end_;
    ThreadBlockScheduler scheduler_;
    Crossbar crossbar_;
    L2 l2_;
    Hbm4 memory_;
    std::unique_ptr<hbm4::MemoryFaults> memory_faults_;
    std::vector<std::unique_ptr<Tpc>> tpcs_;
    std::unique_ptr<CopyEngine> copy_engine_;
    std::unique_ptr<C2cEnd> c2c_;
    Time host_latency_ = kNever;
    std::unique_ptr<ManagementUnit> management_;  // last, so that no other unit's number changes
    std::vector<Unit*> units_;
};

template <class Binder>
void Gpu::wire(Binder&& binder) {
    const Clock front(config_.command_front_end.clock);
    const Clock blocks(config_.thread_block_scheduler.clock);
    const Clock switching(config_.crossbar.clock);
    const Clock cache(config_.l2.clock);
    const Time to_scheduler = front.span(config_.command_front_end.scheduler_latency);
    binder("kernel_launch", front_end_.launches_out, kFrontEnd, scheduler_.launches_in, kScheduler,
           to_scheduler);
    binder("kernel_done", scheduler_.kernels_out, kScheduler, front_end_.kernels_in, kFrontEnd,
           to_scheduler);
    const Time link = cache.span(config_.l2.memory_link_latency);
    binder("l2_request", crossbar_.requests_out, kCrossbar, l2_.requests_in, kL2,
           switching.span(config_.crossbar.slice_latency));
    binder("l2_response", l2_.responses_out, kL2, crossbar_.responses_in, kCrossbar,
           switching.span(config_.crossbar.return_latency));
    binder("memory_request", l2_.memory_out, kL2, memory_.requests_in, kMemory, link);
    binder("memory_response", memory_.responses_out, kMemory, l2_.memory_in, kL2, link);
    for (std::uint32_t i = 0; i < tpcs_.size(); ++i) {
        Tpc& tpc = *tpcs_[i];
        const std::string number = std::to_string(i);
        binder("block_launch" + number, scheduler_.blocks_out[i], kScheduler, tpc.launches_in,
               kFirstTpc + i, blocks.span(config_.thread_block_scheduler.launch_latency));
        binder("block_done" + number, tpc.blocks_out, kFirstTpc + i, scheduler_.blocks_in,
               kScheduler, blocks.span(config_.thread_block_scheduler.completion_latency));
        binder("sm_request" + number, tpc.requests_out, kFirstTpc + i, crossbar_.requests_in,
               kCrossbar, switching.span(config_.crossbar.request_latency));
        binder("sm_response" + number, crossbar_.responses_out[i], kCrossbar, tpc.responses_in,
               kFirstTpc + i, switching.span(config_.crossbar.delivery_latency));
    }
    if (copy_engine_ != nullptr) {
        const std::uint32_t engine = copy_engine_number();
        const std::uint32_t end = c2c_number();
        const Time link_to_end =
            Clock(config_.copy_engine.clock).span(config_.copy_engine.link_latency);
        binder("copy_launch", front_end_.copies_out, kFrontEnd, copy_engine_->launches_in, engine,
               to_scheduler);
        binder("copy_done", copy_engine_->copies_out, engine, front_end_.kernels_in, kFrontEnd,
               to_scheduler);
        binder("hub_request", copy_engine_->requests_out, engine, crossbar_.requests_in, kCrossbar,
               switching.span(config_.crossbar.request_latency));
        binder("hub_response", crossbar_.hub_out, kCrossbar, copy_engine_->responses_in, engine,
               switching.span(config_.crossbar.delivery_latency));
        binder("c2c_request", copy_engine_->remote_out, engine, c2c_->messages_in, end,
               link_to_end);
        binder("c2c_free", copy_engine_->frees_out, engine, c2c_->frees_in, end, link_to_end);
        binder("c2c_response", c2c_->messages_out, end, copy_engine_->remote_in, engine,
               link_to_end);
        binder("doorbell", c2c_->doorbells_out, end, front_end_.doorbells_in, kFrontEnd,
               to_scheduler);
    }
    if (management_ != nullptr) {
        const Clock managing(config_.management_core.clock);
        const Time registers = managing.span(config_.management_core.register_latency);
        const auto core = management_number();
        binder("register_request", management_->registers_out, core, front_end_.registers_in,
               kFrontEnd, registers);
        binder("register_answer", front_end_.registers_out, kFrontEnd, management_->answers_in,
               core, registers);
        binder("management_interrupt", front_end_.interrupt_out, kFrontEnd,
               management_->interrupts_in, core, registers);
    }
}

}  // namespace vr
