// SPDX-License-Identifier: Apache-2.0
#include "app/simulate.h"

#include <fmt/format.h>

#include <functional>
#include <optional>

#include "app/events/event_writer.h"
#include "app/host_usage.h"
#include "app/json_output.h"
#include "app/paths.h"
#include "app/platform/roofline.h"
#include "app/platform/simulation.h"
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

void write_event_file(const CommonOptions& common, EventFormat format, const EventRecord& record,
                      const RunRequest& request, ResultFile& file) {
    EventNames names;
    names.title = fmt::format("{} on {}", request.workload.name, common.platform);
    for (const OperatorSpec& op : request.workload.operators) {
        names.operators.push_back(op.id);
    }
    write_events(format, record, names, [&](std::string_view bytes) { file.write(bytes); });
    file.commit();
}

void complete_result(RunResult& result, const CommonOptions& common, const RunRequest& request,
                     const PlatformPeaks& peaks) {
    result.level = common.level == Level::kRoofline ? "roofline" : "detailed";
    result.trace_name = request.workload.name;
    result.seed = request.seed;
    result.revision = revision_text();
    const RooflineBound bound = roofline_bound(request.workload, peaks);
    result.roofline = bound.makespan;
    for (std::size_t i = 0; i < result.operators.size(); ++i) {
        result.operators[i].roofline = bound.operators.at(i);
    }
}

}  // namespace

Configuration load_platform(const CommonOptions& common) {
    ConfigurationRequest request;
    request.platform = common.platform;
    request.profile = common.profile;
    request.sets = common.sets;
    request.preset_folders = {tree_path("models/platforms")};
    return Configuration::load(request);
}

void embed_configuration(const Configuration& configuration, RunResult& result) {
    result.platform = configuration.platform();
    result.profile = configuration.profile();
    for (const LedgerEntry& entry : configuration.ledger()) {
        result.configuration.push_back(
            {entry.path, entry.value, std::string(status_name(entry.status)), entry.source});
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
    return out;
}

ExitCode simulate(const CommandLine& line, const std::string& trace_path,
                  const std::string& command, const ElfImage* firmware) {
    const CommonOptions& common = line.common;
    const Console console(common);
    std::optional<EventFormat> format;
    if (!common.events.empty()) {
        format = event_format(common.events);
    }
    std::optional<Configuration> configuration;
    PlatformPeaks peaks;
    WorkloadTrace trace;
    collect_problems({[&] {
                          configuration = load_platform(common);
                          peaks = bind_platform(*configuration);
                      },
                      [&] { trace = read_workload(trace_path); }});
    check_gpus(trace.workload, trace_path, peaks);
    if (common.print_config) {
        Console::document(configuration->expanded());
        return ExitCode::kComplete;
    }
    JsonOutput json(common.json);
    std::optional<ResultFile> event_file;
    EventRecord record;
    RunRequest request;
    if (format) {
        event_file.emplace(common.events, "--events");
        request.events = &record;
    }
    request.workload = std::move(trace.workload);
    request.seed = common.seed;
    request.max_sim_time = common.max_sim_time;
    request.fold = common.fold;
    request.compose = common.compose;
    request.firmware = firmware;
    Progress::Options shown;
    shown.enabled = shown.enabled && !common.quiet;
    Progress progress(request.workload.name, 0, shown);
    request.progress = [&](Time now, std::int64_t done) { progress.update(now, done); };

    const std::int64_t cpu_before = cpu_microseconds();
    RunResult result = common.level == Level::kRoofline ? run_roofline(peaks, request)
                                                        : run_detailed(*configuration, request);
    result.host.cpu_microseconds = cpu_microseconds() - cpu_before;
    result.host.peak_memory_bytes = peak_memory_bytes();
    progress.clear();
    complete_result(result, common, request, peaks);
    result.trace_digest = hex_text(trace.digest);
    embed_configuration(*configuration, result);
    check_laws(result);
    if (event_file) {
        write_event_file(common, *format, record, request, *event_file);
    }
    if (json.wanted()) {
        json.write(json_report(result));
    }
    console.print(terminal_report(result, {command, event_file.has_value(), json.wanted()}));
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
    if (common.strict && !result.outside_envelope.empty()) {
        return ExitCode::kOutsideEnvelope;
    }
    return ExitCode::kComplete;
}

}  // namespace vr
