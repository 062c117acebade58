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
    /// Hashes of all declared states at `now`.
    [[nodiscard]] std::vector<StateHash> state_hashes(Time now) const;
    /// Latest time at which anything ended.
    [[nodiscard]] Time now() const;

    [[nodiscard]] const std::vector<std::unique_ptr<Gpu>>& gpus() const { return gpus_; }
    [[nodiscard]] const Attribution& attribution() const { return attribution_; }
    /// Twins of the tensor cores, if the configuration asks for any.
    [[nodiscard]] const RtlTensorCores& rtl() const { return *rtl_; }

  private:
    void stop_at(Time end);
    struct Modules;  // the SystemC side
    // No request of L2 or memory is without its answer.
    [[nodiscard]] bool drained() const;
    [[nodiscard]] bool ended() const;
    [[nodiscard]] std::int64_t firmware_progress() const;
    void watch_firmware(Time reached);
    const RunRequest& request_;
    Attribution attribution_;
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
