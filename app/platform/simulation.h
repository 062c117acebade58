// SPDX-License-Identifier: Apache-2.0
// The one interface between the verbs and the simulators: a request in, a result out.
// No SystemC here: the verbs know nothing of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "app/platform/platform.h"
#include "app/report/run_result.h"
#include "models/base/configuration.h"
#include "models/base/event_record.h"
#include "models/transport/unit.h"
#include "models/transport/workload.h"

namespace vr {

/// How the units of a chip are joined: one region (fast), or a module with sockets per unit (the
/// oracle).
enum class Compose { kRegion, kModules };

/// When an audit is told of the state of all units: at RunRequest::audit_at, and at the end.
enum class AuditMoment { kPause, kEnd };
struct ElfImage;
struct PlatformConfig;

/// What to run.
struct RunRequest {
    Workload workload;
    std::uint64_t seed = 1;
    Time max_sim_time = kNever;
    bool fold = true;
    Compose compose = Compose::kRegion;
    const ElfImage* firmware = nullptr;  ///< for boot = "firmware"; outlives the run
    EventRecord* events = nullptr;       ///< null: recording is off and costs nothing
    std::string waves;                   ///< FST file of the RTL twins, "" for none
    /// Told now and then: simulated time, work items complete. May be empty.
    std::function<void(Time now, std::int64_t completed)> progress;
    /// Everything due before this time is run, nothing else; then `audit` is called, and the run
    /// goes on. A run that ends earlier does not call it.
    Time audit_at = kNever;
    std::function<void(AuditMoment, const std::vector<StateHash>&)> audit;
};

/// Runs a workload on the machine that `configuration` describes, which bind_platform() has bound
/// and finished. Fills of RunResult: complete, makespan, bound_by, operators (without `roofline`),
/// attribution, resources, tensors, statistics, resource_parameters, numeric_corners,
/// outside_envelope, firmware, host.fold, host.compose, host.counters. Throws LawBroken or Stalled,
/// and an Error of exit code 1 when the firmware ends before the work does; a run that max_sim_time
/// ends returns with complete = false.
[[nodiscard]] RunResult run_detailed(Configuration& configuration, const RunRequest& request);

/// The same on a bound platform.
[[nodiscard]] RunResult run_platform(const PlatformConfig& config, const RunRequest& request);

/// The workload in kernels, as run_detailed() takes it: an operator that the platform's kernel
/// library runs as several becomes as many (attention of few queries: with its keys split).
[[nodiscard]] Workload in_kernels(const PlatformConfig& config, const Workload& workload);

/// Whether run_detailed() is part of this build.
[[nodiscard]] bool detailed_is_built();

/// The same by formula, operators of a GPU one after another: per operator the longest of FLOPs at
/// the peak of its type, operand bytes at the HBM's peak, and launch. No caches, no overlap, no
/// data.
[[nodiscard]] RunResult run_roofline(const PlatformPeaks& peaks, const RunRequest& request);

}  // namespace vr
