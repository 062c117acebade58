// SPDX-License-Identifier: Apache-2.0
// The simulations behind a family's rows: each different one runs once, and several at a time in
// processes of their own (SystemC's kernel is one per process). Not modelled: a memo across runs of
// the program.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/report/run_result.h"
#include "models/base/quantity.h"
#include "models/transport/workload.h"

namespace vr {

struct PlatformConfig;

/// What a family learns from one run.
struct SimulatedRun {
    struct Kernel {
        Time launched;  ///< handed to the GPU's scheduler
        Time ended;
    };
    std::vector<Kernel> kernels;  ///< by operator
    Time makespan;
    RunActivity activity;
    std::int64_t l2_lookups = 0;    ///< of lines, one from the other die twice
    std::int64_t l2_requested = 0;  ///< bytes
    double rate = 0;                ///< bytes/s of a memory without a GPU before it
};

/// Runs of workloads by preset, workload and clock. Equal ones are run once: results are exact, as
/// a run depends on nothing else.
class Simulations {
  public:
    /// The run of `workload` on the platform called `preset`. Clock 0: the governed one, as `vrsim
    /// run` does; else the SM clock, whatever power it draws. While planning, a run that is not
    /// known is noted, and kernels of a nanosecond each stand for it.
    [[nodiscard]] SimulatedRun run(const std::string& preset,
                                   const std::shared_ptr<const PlatformConfig>& config,
                                   const Workload& workload, Frequency clock = {});
    /// The rate that `measure` finds, known by `key` from then on; 1 byte/s while planning.
    [[nodiscard]] double rate(const std::string& key, std::function<double()> measure);
    /// From now on runs that are not known are noted only.
    void plan();
    /// Ends planning and runs what was noted, `jobs` at a time; false when nothing was.
    bool run_planned(std::size_t jobs);
    /// Runs that were simulated, and those that were asked for.
    [[nodiscard]] std::size_t simulated() const { return known_.size(); }
    [[nodiscard]] std::size_t asked() const { return asked_; }

  private:
    struct Planned {
        std::string key;
        std::function<SimulatedRun()> simulate;
    };
    // What is known of it, or what it yields now; `stand_in` while planning.
    [[nodiscard]] SimulatedRun find(Planned wanted, SimulatedRun stand_in);
    std::map<std::string, SimulatedRun> known_;
    std::vector<Planned> planned_;
    std::map<std::string, std::size_t> noted_;
    bool planning_ = false;
    std::size_t asked_ = 0;
};

/// Everything of a workload that its run depends on, as text.
[[nodiscard]] std::string workload_key(const Workload& workload);

}  // namespace vr
