// SPDX-License-Identifier: Apache-2.0
#include "app/platform/machine.h"

#include <algorithm>
#include <cstdlib>
#include <systemc>

#include "models/gpu/gpu_module.h"
#include "tlm/fresh_simulation.h"
#include "tlm/process_errors.h"

namespace vr {

namespace {
// How much simulated time passes between two looks at the progress bar.
constexpr Time kProgressStep = nanoseconds(5000);

sc_core::sc_time systemc_time(Time time) {
    return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(time.value));
}
}  // namespace

struct Machine::Modules {
    FreshSimulation context;
    std::vector<std::unique_ptr<GpuModule>> gpus;
};

Machine::Machine(const PlatformConfig& config, const RunRequest& request)
    : request_(request), patience_(config.gpu.management_core.patience) {
    const bool boots = config.gpu.command_front_end.boot == "firmware";
    if (boots != (request.firmware != nullptr)) {
        throw UsageError(boots
                             ? "gpu.command_front_end.boot is \"firmware\" and there is no "
                               "firmware to boot; allowed: \"preset\"; vrsim fw run ELF boots one"
                             : "a firmware is given and gpu.command_front_end.boot is \"preset\"; "
                               "allowed: \"firmware\"");
    }
    ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
    modules_ = std::make_unique<Modules>();
    for (std::uint32_t i = 0; i < config.system.gpus; ++i) {
        GpuRequest gpu;
        gpu.path = config.system.gpus == 1 ? "gpu" : fmt::format("gpu{}", i);
        gpu.index = GpuIndex{i};
        gpu.seed = request.seed;
        gpu.fold = request.fold;
        gpu.events = request.events;
        gpu.firmware = request.firmware;
        gpus_.push_back(std::make_unique<Gpu>(config.gpu, request.workload, gpu, attribution_));
    }
    rtl_ = std::make_unique<RtlTensorCores>(config, request, gpus_);
    for (std::size_t i = 0; i < gpus_.size(); ++i) {
        const std::string name = gpus_.size() == 1 ? "gpu" : fmt::format("gpu{}", i);
        if (request.compose == Compose::kModules) {
            modules_->gpus.push_back(std::make_unique<GpuUnitModules>(name.c_str(), *gpus_[i]));
        } else {
            modules_->gpus.push_back(std::make_unique<GpuRegionModule>(name.c_str(), *gpus_[i]));
        }
    }
    stop_at(std::min(request.audit_at, request.max_sim_time));
    for (std::uint32_t a = 0; a < gpus_.size(); ++a) {
        for (std::uint32_t b = a + 1; b < gpus_.size(); ++b) {
            GpuModule::join(*modules_->gpus[a], GpuIndex{a}, *modules_->gpus[b], GpuIndex{b});
        }
    }
}

// Modules go before the context in which they live.
Machine::~Machine() {
    modules_->gpus.clear();
}

void Machine::run() {
    const Time end = request_.max_sim_time;
    Time reached;
    while (reached < end) {
        const bool in_steps = request_.progress || request_.firmware != nullptr;
        const Time step = in_steps && end - reached > kProgressStep ? reached + kProgressStep : end;
        const bool pauses = request_.audit_at > reached && request_.audit_at <= step;
        Time target = pauses ? request_.audit_at : step;
        if (!pauses && reached.value > 0 && sc_core::sc_pending_activity()) {
            // A replayed operator may leave nothing to do for longer than a step, and SystemC warns
            // of a start in which nothing happens.
            const Time pending{
                static_cast<std::int64_t>(sc_core::sc_time_to_pending_activity().value())};
            if (now() + pending > end) {
                return;  // nothing happens any more before --max-sim-time
            }
            target = std::max(target, now() + pending);
        }
        if (target == kNever) {
            start_simulation();
        } else {  // SystemC's time stays at the last event, so that a stall is named with its time
            start_simulation(systemc_time(target - now()), sc_core::SC_EXIT_ON_STARVATION);
        }
        reached = target;
        starved_ = !sc_core::sc_pending_activity();
        if (request_.firmware != nullptr) {
            watch_firmware(reached);
        }
        // On to the last write after the last operator: what a report counts does not depend on
        // when somebody looked. A management core may go on for ever: its verdict ends the run.
        if (starved_ || firmware_stalled_ ||
            (request_.firmware != nullptr && ended() && drained())) {
            return;
        }
        if (pauses) {
            request_.audit(AuditMoment::kPause, state_hashes(target));
            stop_at(end);
        }
        if (request_.progress) {
            std::int64_t tiles = 0;
            for (const auto& gpu : gpus_) {
                for (const std::int64_t done : gpu->scheduler().tiles_done()) {
                    tiles += done;
                }
            }
            request_.progress(reached, tiles);
        }
    }
}

void Machine::stop_at(Time end) {
    for (const auto& gpu : modules_->gpus) {
        gpu->stop_at(end);
    }
}

std::vector<StateHash> Machine::state_hashes(Time now) const {
    std::vector<StateHash> hashes;
    for (const auto& gpu : gpus_) {
        for (const Unit* unit : gpu->units()) {
            unit->state_hashes(now, hashes);
        }
    }
    return hashes;
}

bool Machine::finished() const {
    return std::all_of(gpus_.begin(), gpus_.end(),
                       [](const auto& gpu) { return gpu->front_end().finished(); });
}

// With firmware a run ends with its verdict: of every core, or of one that failed.
bool Machine::ended() const {
    if (request_.firmware == nullptr) {
        return finished();
    }
    bool all = true;
    for (const auto& gpu : gpus_) {
        const FirmwareVerdict verdict = gpu->management()->verdict();
        if (verdict == FirmwareVerdict::kFailed || verdict == FirmwareVerdict::kLocked) {
            return true;
        }
        all = all && verdict == FirmwareVerdict::kPassed;
    }
    return all;
}

bool Machine::drained() const {
    return std::all_of(gpus_.begin(), gpus_.end(), [](const auto& gpu) {
        return gpu->l2().unanswered() + gpu->memory().unanswered() == 0;
    });
}

std::int64_t Machine::firmware_progress() const {
    std::int64_t progress = 0;
    for (const auto& gpu : gpus_) {
        progress += gpu->front_end().doorbells() + gpu->front_end().completed() +
                    gpu->management()->devices().log_lines();
    }
    return progress;
}

// Work under way is progress by itself: the units' own waits tell when that stalls.
void Machine::watch_firmware(Time reached) {
    const std::int64_t progress = firmware_progress();
    const bool busy = std::any_of(gpus_.begin(), gpus_.end(),
                                  [](const auto& gpu) { return gpu->front_end().busy(); });
    if (busy || progress != progress_) {
        progress_ = progress;
        progressed_at_ = reached;
    }
    firmware_stalled_ = !ended() && reached - progressed_at_ >= patience_;
}

std::vector<Wait> Machine::waits() const {
    std::vector<Wait> waits;
    for (const auto& gpu : gpus_) {
        for (const Unit* unit : gpu->units()) {
            unit->waits(waits);
        }
    }
    return waits;
}

Time Machine::now() const {
    return Time{static_cast<std::int64_t>(sc_core::sc_time_stamp().value())};
}

}  // namespace vr
