// SPDX-License-Identifier: Apache-2.0
// The command front end: takes a workload's operators, waits for what they depend on, launches
// kernels and copies; with boot = "firmware" only what the management core's doorbell has released,
// with host = "c2c" only when the host's doorbell has come. A replayed operator holds its stream
// for its recorded time and uses no SM. A workload comes as a graph, or launch by launch as the
// host submits it. Not modelled: programmatic dependent launch, a bound on submitted launches.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/event_record.h"
#include "models/base/parameter.h"
#include "models/gpu/command_front_end/launch_registers.h"
#include "models/gpu/messages.h"
#include "models/transport/clock.h"
#include "models/transport/port.h"
#include "models/transport/remote_message.h"
#include "models/transport/unit.h"
#include "models/transport/workload.h"

namespace vr {

struct CommandFrontEndConfig {
    Frequency clock{};
    Time launch_latency{};
    Time stream_latency{};
    Time submission_interval{};
    Cycles scheduler_latency{};
    Time peer_latency{};
    std::string boot;
    std::string host;
    template <class Visitor>
    void parameters(Visitor& p) {
        p("clock", clock, {"1 kHz", "10 GHz"}, "launches fall on edges of this clock");
        p("launch_latency", launch_latency, {"0 ns", "1 ms"},
          "an operator's last dependency to its kernel's launch (graph launch)");
        p("stream_latency", stream_latency, {"0 ns", "1 ms"},
          "the same for a launch that the host submitted by itself (stream launch)");
        p("submission_interval", submission_interval, {"0 ns", "1 ms"},
          "between two launches that the host submits by themselves, in the order of the trace");
        p("scheduler_latency", scheduler_latency, {"1 clk", "10000 clk"},
          "front end to thread-block scheduler, cycles of `clock`");
        p("peer_latency", peer_latency, {"1 ns", "1 ms"},
          "completion signal to another GPU's front end");
        p.optional("boot", boot, "preset", {"preset", "firmware"},
                   "who launches: preset (all at time 0) or firmware on the management core");
        p.optional("host", host, "none", {"none", "c2c"},
                   "how work comes: it stands in the front end at the start (none), or the host "
                   "rings a doorbell across C2C (c2c)");
    }
};

/// When an operator ran.
struct OperatorRun {
    bool completed = false;
    Time ready;     ///< its last dependency had ended
    Time launched;  ///< its kernel was handed to the scheduler
    Time ended;
    Cause cause;  ///< chain that ends at `ended`
    static constexpr auto state_members() {
        using R = OperatorRun;
        return vr::state_members(&R::completed, &R::ready, &R::launched, &R::ended, &R::cause);
    }
};

class CommandFrontEnd final : public Unit {
  public:
    CommandFrontEnd(std::string path, const CommandFrontEndConfig& config, GpuIndex gpu,
                    const Workload& workload, Attribution& attribution, EventRecord* events);

    InPort<KernelDone> kernels_in;
    InPort<OperatorSignal> signals_in;
    InPort<RegisterRequest> registers_in;   ///< from the management core
    OutPort<RegisterAnswer> registers_out;  ///< to it
    OutPort<InterruptLevel> interrupt_out;  ///< to it
    InPort<RemoteMessage> doorbells_in;     ///< from the host
    OutPort<KernelLaunch> launches_out;
    OutPort<KernelLaunch> copies_out;                         ///< copies between GPU and host
    std::map<GpuIndex, OutPort<OperatorSignal>> signals_out;  ///< by peer

    [[nodiscard]] Time next() const override;
    void run(Time horizon) override;
    [[nodiscard]] Time look_ahead() const override;
    void waits(std::vector<Wait>& out) const override;
    void state(StateHasher& out) const override;
    static constexpr auto state_members() {
        using C = CommandFrontEnd;
        return vr::state_members(&C::kernels_in, &C::signals_in, &C::registers_in,
                                 &C::registers_out, &C::interrupt_out, &C::doorbells_in,
                                 &C::launches_out, &C::copies_out, &C::signals_out, &C::pending_,
                                 &C::runs_, &C::due_, &C::replaying_, &C::held_, &C::own_left_,
                                 &C::released_, &C::completed_, &C::registers_, &C::rung_,
                                 &C::last_done_, &C::interrupt_high_, &C::handed_over_);
    }
    /// `judge` says whether an operator that is complete met an uncorrectable error of the memory.
    void judge_operators(std::function<bool(OperatorIndex)> judge) {
        has_failed_ = std::move(judge);
    }
    [[nodiscard]] bool finished() const { return own_left_ == 0; }
    [[nodiscard]] const std::vector<OperatorRun>& runs() const { return runs_; }
    /// Whether firmware launches.
    [[nodiscard]] bool waits_for_firmware() const { return config_.boot == "firmware"; }
    /// Whether operators that may run are not complete.
    [[nodiscard]] bool busy() const {
        return waits_for_firmware() ? released_ > completed_ : own_left_ > 0;
    }
    [[nodiscard]] std::int64_t completed() const { return completed_; }
    [[nodiscard]] std::uint32_t doorbells() const { return registers_.rings(); }

  private:
    // A replayed operator that runs: no SM knows of it.
    struct Replaying {
        OperatorIndex index{};
        Time end;
        Cause cause;
        static constexpr auto state_members() {
            using R = Replaying;
            return vr::state_members(&R::index, &R::end, &R::cause);
        }
    };
    struct Pending {
        std::int64_t dependencies = 0;
        Time submitted;  // not before; 0 in a graph
        Time launch_at = kNever;
        Cause cause;
        bool released = false;  // by firmware
        static constexpr auto state_members() {
            using P = Pending;
            return vr::state_members(&P::dependencies, &P::submitted, &P::launch_at, &P::cause,
                                     &P::released);
        }
    };
    // A doorbell takes effect at the next edge of the front end's clock.
    struct Rung {
        Time at;
        RungLaunch launch;
        static constexpr auto state_members() {
            using R = Rung;
            return vr::state_members(&R::at, &R::launch);
        }
    };
    void take_access(const RegisterRequest& request, Time now);
    void release(const RungLaunch& launch, Time now);
    void drive_interrupt(Time now);
    void launch(Time now);
    void complete(OperatorIndex index, Time now, const Cause& cause);
    void ready(OperatorIndex index, Time now, const Cause& cause);
    [[nodiscard]] bool streams() const { return workload_.submission == Submission::kStream; }
    /// Ends the replayed operator that is due; false when none is.
    bool end_replayed(Time now);
    void end(OperatorIndex index, Time now, const Cause& cause);
    void take_doorbell(Stamped<RemoteMessage>&& stamped);
    [[nodiscard]] bool is_own(OperatorIndex index) const {
        return workload_.operators[index.value].gpu == gpu_;
    }
    Clock clock_;
    CommandFrontEndConfig config_;
    GpuIndex gpu_;
    const Workload& workload_;
    Attribution& attribution_;
    EventRecord* events_;
    std::uint32_t track_ = 0;
    std::vector<Pending> pending_;
    std::vector<std::vector<OperatorIndex>> followers_;
    std::vector<OperatorRun> runs_;
    std::vector<OperatorIndex> due_;  // launch times are set, not launched yet
    std::vector<Replaying> replaying_;
    // Until when a replayed operator holds a stream, and the cause that ends there
    std::map<std::uint32_t, Replaying> held_;
    std::vector<OperatorIndex> own_;  // operators of this GPU
    std::int64_t own_left_ = 0;
    std::int64_t released_ = 0;
    std::int64_t completed_ = 0;
    LaunchRegisters registers_;
    std::function<bool(OperatorIndex)> has_failed_;  // none: no operator can
    std::vector<Rung> rung_;
    Cause last_done_;  // of the operator that ended last
    bool interrupt_high_ = false;
    bool handed_over_ = false;  // the host has rung, or need not
    OwnerId launch_owner_;
    OwnerId done_owner_;
    OwnerId signal_owner_;
    OwnerId replay_owner_;
    OwnerId firmware_owner_ = 0;
    OwnerId doorbell_owner_ = 0;    // registered where the host rings
    OwnerId submission_owner_ = 0;  // registered where launches come one by one
};

}  // namespace vr
