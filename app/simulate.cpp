// SPDX-License-Identifier: Apache-2.0
#include "app/simulate.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "app/audit.h"
#include "app/beside.h"
#include "app/events/event_writer.h"
#include "app/host_usage.h"
#include "app/json_output.h"
#include "app/paths.h"
#include "app/platform/platform_config.h"
#include "app/platform/roofline.h"
#include "app/platform/simulation.h"
#include "app/platform/what_if.h"
#include "app/report/firmware_text.h"
#include "app/report/json_report.h"
#include "app/report/laws.h"
#include "app/report/terminal_report.h"
#include "app/report/text.h"
#include "app/revision/revision.h"
#include "models/base/progress.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr {

namespace {

// Runs steps that read input and throws all their problems together.
void collect_problems(const std::vector<std::function<void()>>& steps) {
    std::vector<Diagnostic> problems;
    for (const auto& step : steps) {
        try {
            step();
        } catch (const InputError& error) {
            problems.insert(problems.end(), error.diagnostics().begin(), error.diagnostics().end());
        }
    }
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
}

void check_gpus(const Workload& workload, const std::string& file, const PlatformPeaks& peaks) {
    const std::string allowed = fmt::format("0 to {}, the GPUs of this platform", peaks.gpus - 1);
    std::vector<Diagnostic> problems;
    for (const OperatorSpec& op : workload.operators) {
        if (op.gpu.value >= peaks.gpus) {
            problems.push_back({file, op.line, 0,
                                fmt::format("operator '{}' is on GPU {}", op.id, op.gpu.value),
                                allowed, ""});
        }
    }
    for (const TensorSpec& tensor : workload.tensors) {
        if (tensor.gpu.value >= peaks.gpus) {
            problems.push_back(
                {file, 0, 0, fmt::format("tensor '{}' is on GPU {}", tensor.name, tensor.gpu.value),
                 allowed, ""});
        }
    }
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
}

// Communication between ranks has no model: a run must say so instead of leaving it out.
void refuse_communication(const Workload& workload, const std::string& file) {
    std::vector<Diagnostic> problems;
    for (const OperatorSpec& op : workload.operators) {
        if (op.kind == OperatorKind::kCollective) {
            problems.push_back(
                {file, op.line, 0,
                 fmt::format("operator '{}' is {} of {} B between ranks, which "
                             "cannot be run yet",
                             op.id, collective_name(op.collective.kind), op.collective.bytes),
                 "operators of one GPU", "vrsim lint and vrsim convert take such traces"});
        }
    }
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
}

void judge_replayed(const CommonOptions& common, RunResult& result) {
    constexpr std::int64_t kPercent = 100;
    __extension__ using Wide = __int128;
    const Wide covered = static_cast<Wide>(result.replayed.covered.value) * kPercent;
    if (covered > static_cast<Wide>(result.makespan.value) * common.max_replay) {
        result.outside_envelope.push_back(fmt::format(
            "replayed operators run for {} of the time, more than --max-replay {}",
            percent_text(result.replayed.covered.value, result.makespan.value), common.max_replay));
    }
}

void write_event_file(const CommonOptions& common, EventFormat format, const EventRecord& record,
                      const RunRequest& request, ResultFile& file) {
    write_events(format, record, event_names(common, request.workload),
                 [&](std::string_view bytes) { file.write(bytes); });
    file.commit();
}

}  // namespace

void check_waves(const CommonOptions& common) {
    if (common.waves.empty()) {
        return;
    }
    if (!common.waves.ends_with(".fst")) {
        throw UsageError(
            fmt::format("--waves {}: waveforms are written as FST; give a name that ends in .fst",
                        common.waves));
    }
    if (common.level == Level::kRoofline) {
        throw UsageError(
            fmt::format("--waves {}: formulas have no waveforms; leave out --level", common.waves));
    }
}

void refuse_faults_in_formulas(const Hbm4Config& memory) {
    if (memory.faults.any()) {
        throw UsageError(
            "gpu.hbm4.faults: formulas move no data that could be wrong; leave out --level "
            "roofline, or list, file and upset_rate of hbm4.faults");
    }
}

void complete_result(RunResult& result, const CommonOptions& common, const RunRequest& request,
                     const PlatformPeaks& peaks) {
    result.level = common.level == Level::kRoofline ? "roofline" : "detailed";
    result.trace_name = request.workload.name;
    result.tokens = request.workload.tokens;
    result.layers = request.workload.layers;
    result.model_layers = request.workload.model_layers;
    result.seed = request.seed;
    result.revision = revision_text();
    const RooflineBound bound = roofline_bound(request.workload, peaks);
    result.roofline = bound.makespan;
    for (std::size_t i = 0; i < result.operators.size(); ++i) {
        result.operators[i].roofline = bound.operators.at(i);
    }
}

Configuration load_platform(const CommonOptions& common) {
    ConfigurationRequest request;
    request.platform = common.platform;
    request.profile = common.profile;
    request.sets = common.sets;
    request.preset_folders = {tree_path("models/platforms")};
    return Configuration::load(request);
}

LoadedRun load_run(const CommonOptions& common, const std::string& trace_path) {
    LoadedRun loaded;
    WorkloadTrace trace;
    collect_problems({[&] {
                          loaded.configuration = load_platform(common);
                          loaded.peaks = bind_platform(*loaded.configuration);
                      },
                      [&] { trace = read_workload(trace_path); }});
    check_gpus(trace.workload, trace_path, loaded.peaks);
    refuse_communication(trace.workload, trace_path);
    if (auto found = platform_problems(bind_platform_config(*loaded.configuration), trace.workload,
                                       trace_path);
        !found.empty()) {
        throw InputError(std::move(found));
    }
    loaded.trace_digest = trace.digest;
    loaded.request.workload =
        common.level == Level::kRoofline
            ? std::move(trace.workload)
            : in_kernels(bind_platform_config(*loaded.configuration), trace.workload);
    loaded.request.seed = common.seed;
    loaded.request.max_sim_time = common.max_sim_time;
    loaded.request.fold = common.fold;
    loaded.request.compose = common.compose;
    return loaded;
}

EventNames event_names(const CommonOptions& common, const Workload& workload) {
    EventNames names;
    names.title = fmt::format("{} on {}", workload.name, common.platform);
    for (const OperatorSpec& op : workload.operators) {
        names.operators.push_back(op.id);
    }
    return names;
}

void embed_configuration(const Configuration& configuration, RunResult& result) {
    result.platform = configuration.platform();
    result.profile = configuration.profile();
    for (const LedgerEntry& entry : configuration.ledger()) {
        result.configuration.push_back({entry.path, entry.value,
                                        std::string(status_name(entry.status)), entry.source,
                                        entry.without_effect});
    }
}

std::string repeat_options(const CommonOptions& common) {
    std::string out;
    if (common.platform != CommonOptions{}.platform) {
        out += " --platform " + common.platform;
    }
    if (!common.profile.empty()) {
        out += " --profile " + common.profile;
    }
    for (const std::string& set : common.sets) {
        out += " --set '" + set + "'";
    }
    if (common.seed != CommonOptions{}.seed) {
        out += fmt::format(" --seed {}", common.seed);
    }
    if (common.max_replay != CommonOptions{}.max_replay) {
        out += fmt::format(" --max-replay {}", common.max_replay);
    }
    return out;
}

ExitCode simulate(const CommandLine& line, const std::string& trace_path,
                  const std::string& command, const ElfImage* firmware) {
    const CommonOptions& common = line.common;
    const Console console(common);
    if (common.audit_at != kNever && common.level == Level::kRoofline) {
        throw UsageError("--audit-at: formulas have no state; leave out --level roofline");
    }
    if (common.what_if && (common.level == Level::kRoofline || firmware != nullptr)) {
        throw UsageError("--what-if: re-runs are of the detailed level and without firmware");
    }
    if (!common.beside.empty() && firmware != nullptr) {
        throw UsageError("--beside: the other platform has no firmware; run the trace without");
    }
    std::optional<EventFormat> format;
    if (!common.events.empty()) {
        format = event_format(common.events);
    }
    check_waves(common);
    LoadedRun loaded = load_run(common, trace_path);
    Configuration& configuration = *loaded.configuration;
    const PlatformPeaks& peaks = loaded.peaks;
    RunRequest& request = loaded.request;
    if (common.print_config) {
        Console::document(configuration.expanded());
        return ExitCode::kComplete;
    }
    if (common.level == Level::kRoofline) {
        refuse_faults_in_formulas(bind_platform_config(configuration).gpu.hbm4);
    }
    JsonOutput json(common.json);
    std::optional<ResultFile> event_file;
    EventRecord record;
    if (format) {
        event_file.emplace(common.events, "--events");
        request.events = &record;
    }
    request.waves = common.waves;
    request.firmware = firmware;
    Progress::Options shown;
    shown.enabled = shown.enabled && !common.quiet;
    Progress progress(request.workload.name, 0, shown);
    Audit audit(request, common.audit_at);
    request.progress = [&](Time now, std::int64_t done) {
        if (!audit.is_copy()) {
            progress.update(now, done);
        }
    };

    const std::int64_t cpu_before = cpu_microseconds();
    RunResult result = audit.guard([&] {
        return common.level == Level::kRoofline ? run_roofline(peaks, request)
                                                : run_detailed(configuration, request);
    });
    if (common.what_if && result.complete && !audit.is_copy()) {
        result.what_if = what_if(configuration, request, result);
    }
    if (!common.beside.empty() && result.complete && !audit.is_copy()) {
        result.beside = run_beside(common, trace_path, common.beside, result);
    }
    result.host.cpu_microseconds = cpu_microseconds() - cpu_before;
    result.host.peak_memory_bytes = peak_memory_bytes();
    progress.clear();
    complete_result(result, common, request, peaks);
    result.trace_digest = hex_text(loaded.trace_digest);
    embed_configuration(configuration, result);
    judge_replayed(common, result);
    audit.guard([&] { check_laws(result); });
    const std::string audited = audit.conclude(result);
    if (event_file) {
        write_event_file(common, *format, record, request, *event_file);
    }
    if (json.wanted()) {
        json.write(json_report(result));
    }
    console.print(terminal_report(result, {command, event_file.has_value(), json.wanted()}) +
                  audited);
    if (result.firmware) {
        console.print("\n" + firmware_verdict(*result.firmware) + firmware_tail(*result.firmware) +
                      "\n");
        if (result.firmware->verdict == "none") {
            throw Stalled(fmt::format("stopped at --max-sim-time {} before the firmware's verdict",
                                      time_text(common.max_sim_time)));
        }
    }
    if (!result.complete) {
        throw Stalled(
            fmt::format("stopped at --max-sim-time {} with work left; the report shows "
                        "what is complete",
                        time_text(common.max_sim_time)));
    }
    if (result.firmware && result.firmware->verdict != "pass") {
        return ExitCode::kCheckFailed;
    }
    if (std::any_of(result.memory_faults.begin(), result.memory_faults.end(),
                    [](const MemoryFaultResult& memory) { return !memory.failed.empty(); })) {
        return ExitCode::kCheckFailed;
    }
    if (common.strict && !result.outside_envelope.empty()) {
        return ExitCode::kOutsideEnvelope;
    }
    return ExitCode::kComplete;
}

}  // namespace vr
