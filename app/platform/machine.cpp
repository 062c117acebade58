// SPDX-License-Identifier: Apache-2.0
#include "app/platform/machine.h"

#include <algorithm>
#include <cstdlib>
#include <systemc>

#include "app/memory/rtl_memory.h"
#include "models/base/error.h"
#include "models/gpu/gpu_module.h"
#include "models/gpu/tensor_contents.h"
#include "models/vera/vera_module.h"
#include "tlm/fresh_simulation.h"
#include "tlm/process_errors.h"

namespace vr {

namespace {
// How much simulated time passes between two looks at the progress bar.
constexpr Time kProgressStep = nanoseconds(5000);

sc_core::sc_time systemc_time(Time time) {
    return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(time.value));
}

// Both directions of one C2C link. Sockets are made inside a module.
struct HostLink final : sc_core::sc_module {
    explicit HostLink(const sc_core::sc_module_name& name) : sc_module(name) {
        to_host.bind(at_host);
        to_gpu.bind(at_gpu);
    }
    MessageOut<C2cFrame> to_host{"to_host"};
    MessageIn<C2cFrame> at_host{"at_host"};
    MessageOut<C2cFrame> to_gpu{"to_gpu"};
    MessageIn<C2cFrame> at_gpu{"at_gpu"};
};
// Ports of links between chips come after those inside every GPU and before those of hosts.
constexpr std::uint32_t kFirstHostLinkPort = 1U << 23;
}  // namespace

struct Machine::Modules {
    FreshSimulation context;
    std::vector<std::unique_ptr<GpuModule>> gpus;
    std::vector<std::unique_ptr<VeraModule>> hosts;
    std::vector<std::unique_ptr<HostLink>> host_links;
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
    if (auto found = platform_problems(config, request.workload, ""); !found.empty()) {
        throw InputError(std::move(found));
    }
    const bool with_host = needs_host(config, request.workload);
    if (with_host) {
        gpus_per_host_ = config.gpus_per_host();
        make_hosts(config);
    }
    for (std::uint32_t i = 0; i < config.system.gpus; ++i) {
        GpuRequest gpu;
        gpu.path = config.system.gpus == 1 ? "gpu" : fmt::format("gpu{}", i);
        gpu.index = GpuIndex{i};
        gpu.seed = request.seed;
        gpu.fold = request.fold;
        gpu.events = request.events;
        gpu.firmware = request.firmware;
        if (with_host) {
            gpu.c2c = &config.host->c2c;
            gpu.host_places = &host_places_[i / gpus_per_host_];
        }
        gpus_.push_back(std::make_unique<Gpu>(config.gpu, request.workload, gpu, attribution_));
    }
    refuse_rtl_memory(config.gpu.hbm4);
    rtl_ = std::make_unique<RtlTensorCores>(config, request, gpus_);
    for (std::size_t i = 0; i < gpus_.size(); ++i) {
        const std::string name = gpus_.size() == 1 ? "gpu" : fmt::format("gpu{}", i);
        if (request.compose == Compose::kModules) {
            modules_->gpus.push_back(std::make_unique<GpuUnitModules>(name.c_str(), *gpus_[i]));
        } else {
            modules_->gpus.push_back(std::make_unique<GpuRegionModule>(name.c_str(), *gpus_[i]));
        }
    }
    if (with_host) {
        join_hosts(config);
    }
    stop_at(std::min(request.audit_at, request.max_sim_time));
    for (std::uint32_t a = 0; a < gpus_.size(); ++a) {
        for (std::uint32_t b = a + 1; b < gpus_.size(); ++b) {
            GpuModule::join(*modules_->gpus[a], GpuIndex{a}, *modules_->gpus[b], GpuIndex{b});
        }
    }
}

void Machine::make_hosts(const PlatformConfig& config) {
    const auto gpus = static_cast<std::uint32_t>(config.system.gpus);
    const bool one = gpus <= gpus_per_host_;
    for (std::uint32_t first = 0; first < gpus; first += gpus_per_host_) {
        const std::uint32_t here = std::min(gpus_per_host_, gpus - first);
        host_places_.push_back(place_host_tensors(
            request_.workload, GpuIndex{first}, here,
            static_cast<std::uint64_t>(config.gpu.tensor_alignment.value),
            static_cast<std::uint64_t>(config.host->vera.lpddr5x.capacity.value)));
        hosts_.push_back(std::make_unique<Vera>(
            one ? "host" : fmt::format("host{}", first / gpus_per_host_), config.host->vera,
            config.host->c2c, here, attribution_, request_.events));
        Vera& host = *hosts_.back();
        for (std::uint32_t i = 0; i < here; ++i) {
            if (config.gpu.command_front_end.host == "c2c") {
                host.fabric().ring_at_start(i);
            }
        }
        for (std::size_t i = 0; i < request_.workload.tensors.size(); ++i) {
            const TensorSpec& tensor = request_.workload.tensors[i];
            if (tensor.home == TensorHome::kHost && tensor.gpu.value >= first &&
                tensor.gpu.value < first + here) {
                write_contents(host.contents(), tensor, host_places_.back()[i], request_.seed);
            }
        }
    }
}

void Machine::join_hosts(const PlatformConfig& config) {
    const Time latency = config.host->c2c.latency;
    for (std::size_t h = 0; h < hosts_.size(); ++h) {
        const std::string name = hosts_.size() == 1 ? "host" : fmt::format("host{}", h);
        if (request_.compose == Compose::kModules) {
            modules_->hosts.push_back(std::make_unique<VeraUnitModules>(name.c_str(), *hosts_[h]));
        } else {
            modules_->hosts.push_back(
                std::make_unique<VeraRegionModule>(name.c_str(), *hosts_[h], latency));
        }
        VeraModule& host = *modules_->hosts.back();
        for (std::size_t i = 0; i < hosts_[h]->ends(); ++i) {
            const std::size_t g = h * gpus_per_host_ + i;
            modules_->host_links.push_back(
                std::make_unique<HostLink>(fmt::format("c2c{}", g).c_str()));
            HostLink& link = *modules_->host_links.back();
            const auto port = kFirstHostLinkPort + 2 * static_cast<std::uint32_t>(g);
            host.connect_frames(i, link.at_host, latency);
            gpus_[g]->c2c()->frames_out.bind_sink(link.to_host, port, latency);
            modules_->gpus[g]->connect_frames(link.at_gpu, latency);
            hosts_[h]->end(i).frames_out.bind_sink(link.to_gpu, port + 1, latency);
        }
    }
}

// Modules go before the context in which they live.
Machine::~Machine() {
    modules_->host_links.clear();
    modules_->hosts.clear();
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
                for (std::uint32_t i = 0; i < request_.workload.operators.size(); ++i) {
                    tiles += gpu->work_done(OperatorIndex{i});
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
    for (const auto& host : modules_->hosts) {
        host->stop_at(end);
    }
}

std::vector<StateHash> Machine::state_hashes(Time now) const {
    std::vector<StateHash> hashes;
    for (const auto& gpu : gpus_) {
        gpu->state_hashes(now, hashes);
    }
    for (const auto& host : hosts_) {
        host->state_hashes(now, hashes);
    }
    rtl_->state_hashes(hashes);
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
    return credits_are_back() && std::all_of(gpus_.begin(), gpus_.end(), [](const auto& gpu) {
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
    for (const auto& host : hosts_) {
        for (const Unit* unit : host->units()) {
            unit->waits(waits);
        }
    }
    return waits;
}

bool Machine::credits_are_back() const {
    const auto settled = [](const C2cEnd* end) { return end == nullptr || end->settled(); };
    return std::all_of(gpus_.begin(), gpus_.end(),
                       [&](const auto& gpu) { return settled(gpu->c2c()); }) &&
           std::all_of(hosts_.begin(), hosts_.end(), [&](const auto& host) {
               for (std::size_t i = 0; i < host->ends(); ++i) {
                   if (!settled(&host->end(i))) {
                       return false;
                   }
               }
               return true;
           });
}

Time Machine::now() const {
    return Time{static_cast<std::int64_t>(sc_core::sc_time_stamp().value())};
}

}  // namespace vr
