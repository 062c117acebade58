// SPDX-License-Identifier: Apache-2.0
// The detailed level: simulate the machine and gather what it says of the run.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "app/platform/fault_results.h"
#include "app/platform/governed_run.h"
#include "app/platform/host_results.h"
#include "app/platform/machine.h"
#include "app/platform/platform_config.h"
#include "app/platform/resource_parameters.h"
#include "app/platform/resource_results.h"
#include "app/platform/roofline.h"
#include "app/platform/simulation.h"
#include "app/report/firmware_text.h"
#include "app/report/matter.h"
#include "app/report/replayed.h"
#include "app/report/text.h"
#include "models/base/error.h"
#include "models/gpu/tensor_contents.h"
#include "models/hbm4/policies/policies.h"
#include "models/numerics/corner.h"
#include "models/transport/fold_parts.h"
#include "models/transport/operator_work.h"
#include "models/transport/region.h"

namespace vr {

namespace {

// The charges on the way to an operator's end from `begin`, in order of the owners' registration.
std::vector<ChargeResult> charges_to(const Attribution& attribution, const OperatorRun& run,
                                     Time begin) {
    std::vector<ChargeResult> out;
    for (const Charge& charge : attribution.charges(run.cause, begin)) {
        out.push_back({attribution.owner_name(charge.owner),
                       attribution.owner_resource(charge.owner), charge.amount});
    }
    return out;
}

// The resource that owns most of an operator's time.
std::string bound_by(const Attribution& attribution, const OperatorRun& run) {
    const BoundResult bound = bound_of(charges_to(attribution, run, run.ready));
    return bound.resource.empty() ? "launch" : bound.resource;
}

void gather_operators(const Machine& machine, const Workload& workload, RunResult& result) {
    for (std::size_t i = 0; i < workload.operators.size(); ++i) {
        const OperatorSpec& spec = workload.operators[i];
        const Gpu& gpu = *machine.gpus()[spec.gpu.value];
        const OperatorRun& run = gpu.front_end().runs()[i];
        const OperatorTraffic& traffic = gpu.l2().operator_traffic()[i];
        OperatorResult op;
        op.id = spec.id;
        op.kind = operator_name(spec);
        op.shape = shape_text(workload, spec);
        op.begin = run.ready;
        op.launched = run.completed ? run.launched : run.ready;
        op.end = run.completed ? run.ended : run.ready;
        const OperatorIndex index{static_cast<std::uint32_t>(i)};
        op.completed = gpu.work_done(index);
        op.total = gpu.work_items(index);
        op.bound_by = run.completed ? bound_by(machine.attribution(), run) : "not complete";
        op.flops = operator_flops(workload, spec);
        op.requested_bytes = traffic.requested;
        op.hbm_bytes = traffic.memory_read;
        op.fidelity = !gpu.carries_data(index)              ? "timing only"
                      : !gpu.programs()[i].products.empty() ? machine.rtl().fidelity()
                                                            : "exact (reference)";
        if (spec.kind == OperatorKind::kReplay) {
            op.begin = run.completed ? run.launched : run.ready;
            op.completed = run.completed ? 1 : 0;
            op.total = 1;
            op.fidelity = "replayed";
        }
        result.operators.push_back(std::move(op));
        if (run.completed) {
            result.makespan = std::max(result.makespan, run.ended);
        }
    }
}

// The chain of the operator that ended last; ties go to the first in the trace. Where
// --max-sim-time cut the run, the time after that operator belongs to those that are not complete.
void gather_attribution(const Machine& machine, const Workload& workload, Time end,
                        RunResult& result) {
    const OperatorRun* last = nullptr;
    for (std::size_t i = 0; i < workload.operators.size(); ++i) {
        const OperatorRun& run =
            machine.gpus()[workload.operators[i].gpu.value]->front_end().runs()[i];
        if (run.completed && (last == nullptr || run.ended > last->ended)) {
            last = &run;
        }
    }
    if (last != nullptr) {
        result.attribution = charges_to(machine.attribution(), *last, Time{});
    }
    if (!result.complete) {
        result.makespan = end;
        const Time rest = last == nullptr ? end : end - last->ended;
        result.attribution.push_back({"operators cut by --max-sim-time", "not complete", rest});
    }
    result.bound_by = bound_of(result.attribution);  // before sorting: ties go to the first owner
    std::stable_sort(
        result.attribution.begin(), result.attribution.end(),
        [](const ChargeResult& a, const ChargeResult& b) { return a.amount > b.amount; });
}

void gather_tensors(const Machine& machine, const Workload& workload, RunResult& result) {
    std::set<std::uint32_t> written;
    std::map<std::uint32_t, std::int64_t> read;  // bytes at least
    for (const OperatorSpec& spec : workload.operators) {
        if (is_recorded(spec.kind)) {
            continue;
        }
        for (std::size_t n = 0; n < spec.inputs.size(); ++n) {
            const std::uint32_t input = spec.inputs[n].value;
            if (!written.count(input)) {
                read[input] = std::max(read[input], read_bytes(workload, spec, n));
            }
        }
        written.insert(spec.output.value);
    }
    std::vector<std::vector<TensorTraffic>> traffic;
    for (const auto& gpu : machine.gpus()) {
        traffic.push_back(gpu->l2().traffic());
    }
    for (std::uint32_t i = 0; i < workload.tensors.size(); ++i) {
        const TensorSpec& spec = workload.tensors[i];
        const Gpu& gpu = *machine.gpus()[spec.gpu.value];
        const TensorTraffic& moved = traffic[spec.gpu.value][i];
        TensorResult tensor;
        if (spec.home == TensorHome::kHost) {
            gather_host_tensor(machine, workload, TensorIndex{i}, read.count(i) > 0, result);
            continue;
        }
        tensor.name = spec.name;
        tensor.role = tensor_role_name(spec.role);
        tensor.bytes = element_bytes(spec) + scale_bytes(spec);
        tensor.requested_bytes = moved.requested;
        tensor.l2_hit_bytes = moved.hits;
        tensor.l2_miss_bytes = moved.misses;
        tensor.hbm_read_bytes = moved.memory_read;
        tensor.l2_prefetched_bytes = moved.prefetched;
        tensor.hbm_write_bytes = moved.written_back;
        tensor.dirty_bytes = moved.dirty_at_end;
        tensor.dirty_lines = moved.dirty_lines_at_end;
        tensor.read = read.count(i) > 0;
        tensor.needed_bytes = tensor.read ? read.at(i) : 0;
        if (spec.data != TensorData::kNone) {
            tensor.digest =
                hex_text(digest_of(read_contents(gpu.contents(), spec, gpu.places()[i])));
        }
        result.tensors.push_back(std::move(tensor));
    }
}

// However a run ends, its chains become plain data before their arena goes.
struct SettleCauses {
    EventRecord* events;
    const Attribution& attribution;
    ~SettleCauses() {
        if (events != nullptr && events->explains()) {
            events->settle(attribution);
        }
    }
};

void gather_fold(const FoldStatistics& folded, RunResult& result) {
    const auto add = [&](const char* name, std::uint64_t value) {
        result.host.counters.emplace_back(name, static_cast<std::int64_t>(value));
    };
    add("pseudo_channels", folded.members);
    add("pseudo_channel_classes_maximum", folded.maximum_classes);
    add("pseudo_channel_classes_minimum", folded.minimum_classes);
    add("pseudo_channel_classes_at_end", folded.classes);
    add("pseudo_channel_splits", folded.splits);
    add("pseudo_channel_merges", folded.merges);
    add("pseudo_channel_runs_simulated", folded.simulated_runs);
    add("pseudo_channel_runs_requested", folded.requested_runs);
}

FirmwareResult gather_firmware(const Machine& machine, const ElfImage& image) {
    static constexpr std::array<const char*, 4> kVerdicts = {"none", "pass", "fail", "locked"};
    FirmwareResult out;
    out.file = image.file;
    out.digest = hex_text(image.digest);
    FirmwareVerdict worst = FirmwareVerdict::kPassed;
    const auto rank = [](FirmwareVerdict v) {  // a failure counts most, then no verdict
        return v == FirmwareVerdict::kPassed ? 0 : v == FirmwareVerdict::kNone ? 1 : 2;
    };
    for (const auto& gpu : machine.gpus()) {
        const ManagementUnit& unit = *gpu->management();
        out.doorbells += gpu->front_end().doorbells();
        out.instructions += unit.core().state().retired;
        out.log_lines += unit.devices().log_lines();
        const std::string prefix = machine.gpus().size() == 1 ? "" : unit.path() + ": ";
        for (const std::string& line : unit.devices().log()) {
            out.log.push_back(prefix + line);
        }
        out.ended = std::max(out.ended, unit.ended());
        if (out.where.empty() || rank(unit.verdict()) > rank(worst)) {
            worst = unit.verdict();
            out.code = unit.code();
            out.where = prefix + unit.where();
            out.refusal = unit.refusal();
        }
    }
    out.verdict = kVerdicts[static_cast<std::size_t>(worst)];
    return out;
}

// What ends a run with firmware before its work is done. A stop by --max-sim-time does not.
void check_firmware(const Machine& machine, const ElfImage& image) {
    const FirmwareResult firmware = gather_firmware(machine, image);
    if (firmware.verdict != "none" && !machine.finished()) {
        throw Error(ExitCode::kCheckFailed,
                    firmware_verdict(firmware) + "; operators of the workload are not complete" +
                        describe_waits(machine.waits(), machine.now()) + firmware_tail(firmware));
    }
    if (firmware.verdict == "none" && (machine.starved() || machine.firmware_stalled())) {
        const char* what = machine.finished()
                               ? "the work is complete and the firmware gives no verdict"
                               : "the command front end waits for the doorbell";
        Time at = machine.now();  // a core may have run ahead of SystemC's last event
        for (const Wait& wait : machine.waits()) {
            at = std::max(at, wait.since);
        }
        throw Stalled(fmt::format("the run stalled at {} fs: {}", at.value, what) +
                      describe_waits(machine.waits(), at) + firmware_tail(firmware));
    }
}

// One run of the machine with the clocks of `clocked`; peaks are those of `config`.
RunResult run_machine(const PlatformConfig& config, const PlatformConfig& clocked,
                      const RunRequest& request) {
    Machine machine(clocked, request);
    const SettleCauses settled{request.events, machine.attribution()};
    machine.run();
    if (request.firmware != nullptr) {
        check_firmware(machine, *request.firmware);
    }
    if (!machine.finished() && machine.starved()) {
        throw Stalled(
            fmt::format("the run stalled at {} fs: nothing can happen any more and work is left",
                        machine.now().value) +
            describe_waits(machine.waits(), machine.now()));
    }
    check_host_credits(machine);
    if (request.audit) {
        request.audit(AuditMoment::kEnd, machine.state_hashes(machine.now()));
    }
    RunResult result;
    result.complete = machine.finished();
    gather_operators(machine, request.workload, result);
    gather_attribution(machine, request.workload, request.max_sim_time, result);
    result.replayed = replayed_share(result);
    observe_contents(machine, result.makespan);
    gather_tensors(machine, request.workload, result);
    gather_faults(machine, request.workload, result);
    gather_resources(machine, config, request.workload, result);
    result.resource_parameters = resource_parameters(request.workload.submission);
    gather_host_parameters(machine, result);
    StatisticsRegistry statistics;
    std::set<std::uint64_t> sm_classes;
    for (const auto& gpu : machine.gpus()) {
        for (const Unit* unit : gpu->units()) {
            unit->statistics(statistics);
        }
        for (const auto& tpc : gpu->tpcs()) {
            sm_classes.insert(tpc->input_digest());
        }
        for (const Corner corner : corner_list(gpu->data_path().corners())) {
            const std::string text(corner_text(corner));
            if (std::find(result.numeric_corners.begin(), result.numeric_corners.end(), text) ==
                result.numeric_corners.end()) {
                result.numeric_corners.push_back(text);
            }
        }
        if (gpu->l2().bypasses() > 0) {
            result.outside_envelope.push_back(
                "L2: every way of a set waited for memory; lines went round the cache");
        }
        if (const std::string policy = hbm4::without_normal_form(gpu->config().hbm4);
            !policy.empty()) {
            result.speed_ups_off.push_back(
                gpu->memory().path() + ": " + policy +
                " has no normal form, so that nothing of it is shared or skipped");
        }
        if (const FoldStatistics* folded = gpu->memory().folded()) {
            gather_fold(*folded, result);
        }
    }
    for (const auto& gpu : machine.gpus()) {
        result.unanswered_requests += gpu->l2().unanswered() + gpu->memory().unanswered();
        for (const auto& tpc : gpu->tpcs()) {
            result.credits_out += tpc->bytes_in_flight();
        }
    }
    for (const auto& host : machine.hosts()) {
        for (const Unit* unit : host->units()) {
            unit->statistics(statistics);
        }
    }
    result.statistics = statistics.all();
    if (request.firmware != nullptr) {
        result.firmware = gather_firmware(machine, *request.firmware);
        result.resource_parameters.push_back(
            {"firmware", {"gpu.management_core", "gpu.command_front_end.clock"}});
    }
    result.host.fold = request.fold;
    result.host.compose = request.compose == Compose::kModules ? "modules" : "region";
    if (machine.rtl().steps() > 0) {
        result.host.counters.emplace_back("rtl_leaf_steps", machine.rtl().steps());
        result.host.counters.emplace_back("rtl_leaf_clocks", machine.rtl().clocks());
    }
    result.host.counters.emplace_back("sm_pair_classes",
                                      static_cast<std::int64_t>(sm_classes.size()));
    return result;
}

}  // namespace

Workload in_kernels(const PlatformConfig& config, const Workload& workload) {
    return expand_operators(workload, kernel_target(config.gpu));
}

bool detailed_is_built() {
    return true;
}

RunResult run_detailed(Configuration& configuration, const RunRequest& request) {
    return run_platform(bind_platform_config(configuration), request);
}

RunResult run_platform(const PlatformConfig& config, const RunRequest& request) {
    const bool observed = request.events != nullptr || request.audit || !request.waves.empty();
    return run_governed(config, observed, [&](const PlatformConfig& clocked, bool trial) {
        if (!trial || !observed) {
            return run_machine(config, clocked, request);
        }
        RunRequest unseen = request;
        unseen.events = nullptr;
        unseen.audit = nullptr;
        unseen.waves.clear();
        return run_machine(config, clocked, unseen);
    });
}

}  // namespace vr
