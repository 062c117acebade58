// SPDX-License-Identifier: Apache-2.0
// The thread-block scheduler: hands groups of thread blocks to SM pairs with room, as its policy
// (block_policy.h) says; by default kernels in order of launch. A block's room is free when its
// threads have ended; a kernel is done when its stores are taken over as well. Not modelled:
// priorities, preemption, cluster placement beyond the pair.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/parameter.h"
#include "models/gpu/messages.h"
#include "models/gpu/thread_block_scheduler/block_policy.h"
#include "models/gpu/tile_program/tile_program.h"
#include "models/transport/clock.h"
#include "models/transport/port.h"
#include "models/transport/unit.h"

namespace vr {

struct ThreadBlockSchedulerConfig {
    Frequency clock{};
    Cycles launch_latency{};
    Cycles completion_latency{};
    Cycles block_interval{};
    std::string policy = "in_order";
    template <class Visitor>
    void parameters(Visitor& p) {
        p("clock", clock, {"100 MHz", "10 GHz"}, "clock of the scheduler");
        p("launch_latency", launch_latency, {"1 clk", "100000 clk"},
          "scheduler to a block's first instruction");
        p("completion_latency", completion_latency, {"1 clk", "100000 clk"},
          "last store taken to scheduler told");
        p("block_interval", block_interval, {"1 clk", "10000 clk"},
          "between two launches of groups of blocks");
        Allowed policies;
        policies.values = block_policies().names();
        p.optional("policy", policy, "in_order", policies, "which group goes to which SM next");
    }
};

class ThreadBlockScheduler final : public Unit {
  public:
    /// `space` is that of one of the `sms` SMs.
    ThreadBlockScheduler(std::string path, const ThreadBlockSchedulerConfig& config,
                         std::int64_t sms, const SmSpace& space,
                         const std::vector<TileProgram>& programs, Attribution& attribution);

    InPort<KernelLaunch> launches_in;
    InPort<BlockDone> blocks_in;
    OutPort<KernelDone> kernels_out;
    std::vector<OutPort<BlockLaunch>> blocks_out;  ///< one per SM pair

    [[nodiscard]] Time next() const override;
    void run(Time horizon) override;
    [[nodiscard]] Time look_ahead() const override;
    void waits(std::vector<Wait>& out) const override;
    void statistics(StatisticsRegistry& out) const override;
    void state(StateHasher& out) const override;
    static constexpr auto state_members() {
        using S = ThreadBlockScheduler;
        return vr::state_members(&S::launches_in, &S::blocks_in, &S::kernels_out, &S::blocks_out,
                                 &S::policy_, &S::room_, &S::running_, &S::tiles_done_,
                                 &S::free_at_, &S::groups_launched_);
    }
    /// Tiles finished so far by each kernel.
    [[nodiscard]] const std::vector<std::int64_t>& tiles_done() const { return tiles_done_; }

  private:
    struct Running {
        OperatorIndex kernel{};
        std::int64_t next_group = 0;
        std::int64_t groups_done = 0;  // with their stores
        Time since;
        Cause cause;  // latest of: launch, room on an SM
        static constexpr auto state_members() {
            using R = Running;
            return vr::state_members(&R::kernel, &R::next_group, &R::groups_done, &R::since,
                                     &R::cause);
        }
    };
    void take_done(Stamped<BlockDone>&& stamped);
    void place(Time now, const Cause& cause);
    [[nodiscard]] static BlockNeeds needs_of(const TileProgram& program);
    void launch_group(Running& running, std::uint32_t sm, Time now, const Cause& cause);
    void list_waiting();
    void check(const BlockChoice& choice) const;
    Clock clock_;
    ThreadBlockSchedulerConfig config_;
    const std::vector<TileProgram>& programs_;
    Attribution& attribution_;
    std::unique_ptr<BlockPolicy> policy_;
    SmRoom room_;
    std::deque<Running> running_;
    std::vector<WaitingKernel> waiting_;   // of running_, what the policy sees
    std::vector<std::size_t> waiting_at_;  // where each stands in running_
    std::vector<std::int64_t> tiles_done_;
    Time free_at_;
    std::int64_t groups_launched_ = 0;
    OwnerId launch_owner_;
    OwnerId schedule_owner_;
    OwnerId completion_owner_;
};

}  // namespace vr
