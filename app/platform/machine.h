// SPDX-License-Identifier: Apache-2.0
// The simulated machine: GPUs as SystemC modules, joined, run to their end. No SystemC in this
// header.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "app/platform/platform_config.h"
#include "app/platform/rtl_tensor_cores.h"
#include "app/platform/simulation.h"
#include "models/gpu/gpu.h"
#include "models/vera/vera.h"

namespace vr {

/// GPUs on one attribution. The request outlives the machine. One machine lives at a time: SystemC
/// has one context, and making the next machine replaces it.
class Machine {
  public:
    Machine(const PlatformConfig& config, const RunRequest& request);
    ~Machine();

    /// Runs until nothing can happen any more, or `request.max_sim_time`.
    void run();
    /// Every operator has ended.
    [[nodiscard]] bool finished() const;
    /// Nothing can happen any more.
    [[nodiscard]] bool starved() const { return starved_; }
    /// A firmware without a verdict did nothing for `patience` while no work was under way.
    [[nodiscard]] bool firmware_stalled() const { return firmware_stalled_; }
    /// Every wait of every unit, for the report of a stall.
    [[nodiscard]] std::vector<Wait> waits() const;
    /// Hashes at `now` of the state of every unit, of all contents, and of every RTL twin.
    [[nodiscard]] std::vector<StateHash> state_hashes(Time now) const;
    /// Latest time at which anything ended.
    [[nodiscard]] Time now() const;

    [[nodiscard]] const std::vector<std::unique_ptr<Gpu>>& gpus() const { return gpus_; }
    /// Host sides, each of gpus_per_host() neighbouring GPUs; none where the run needs none.
    [[nodiscard]] const std::vector<std::unique_ptr<Vera>>& hosts() const { return hosts_; }
    /// The host of a GPU, and the place of a tensor in its memory.
    [[nodiscard]] Vera& host_of(GpuIndex gpu) const { return *hosts_[gpu.value / gpus_per_host_]; }
    [[nodiscard]] const TensorPlace& host_place(TensorIndex tensor, GpuIndex gpu) const {
        return host_places_[gpu.value / gpus_per_host_][tensor.value];
    }
    /// Every credit of every link to a host is back.
    [[nodiscard]] bool credits_are_back() const;
    [[nodiscard]] const Attribution& attribution() const { return attribution_; }
    /// Twins of the tensor cores, if the configuration asks for any.
    [[nodiscard]] const RtlTensorCores& rtl() const { return *rtl_; }

  private:
    void stop_at(Time end);
    struct Modules;  // the SystemC side
    void make_hosts(const PlatformConfig& config);
    void join_hosts(const PlatformConfig& config);
    // No request of L2 or memory is without its answer, no credit of C2C is out.
    [[nodiscard]] bool drained() const;
    [[nodiscard]] bool ended() const;
    [[nodiscard]] std::int64_t firmware_progress() const;
    void watch_firmware(Time reached);
    const RunRequest& request_;
    Attribution attribution_;
    std::uint32_t gpus_per_host_ = 1;
    std::vector<std::vector<TensorPlace>> host_places_;  // by host
    std::vector<std::unique_ptr<Vera>> hosts_;
    std::vector<std::unique_ptr<Gpu>> gpus_;
    std::unique_ptr<RtlTensorCores> rtl_;
    std::unique_ptr<Modules> modules_;
    Time patience_;
    Time progressed_at_;
    std::int64_t progress_ = 0;
    bool starved_ = false;
    bool firmware_stalled_ = false;
};

}  // namespace vr
