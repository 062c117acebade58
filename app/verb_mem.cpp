// SPDX-License-Identifier: Apache-2.0
// `vrsim mem`: accesses straight into an HBM4 channel or the memory of a whole GPU, without a GPU
// in front.
#include <fmt/format.h>

#include <optional>

#include "app/console.h"
#include "app/events/event_writer.h"
#include "app/host_usage.h"
#include "app/json_output.h"
#include "app/memory/memory_report.h"
#include "app/memory/memory_source.h"
#include "app/platform/platform_config.h"
#include "app/report/result_file.h"
#include "app/report/text.h"
#include "app/revision/revision.h"
#include "app/simulate.h"
#include "app/verbs.h"

namespace vr {

namespace {

void check_use(const CommandLine& line) {
    if (line.trace.empty() == line.pattern.empty()) {
        throw UsageError("mem: give either a TRACE or --pattern; see vrsim help mem");
    }
    if (line.pattern.empty() != (line.requests == 0)) {
        throw UsageError("mem: --pattern and --requests go together; see vrsim help mem");
    }
    if (line.common.level == Level::kRoofline && !line.common.events.empty()) {
        throw UsageError(
            "mem: --events needs --level detailed: the roofline gives no access a time of its own");
    }
}

// A slice per access is kept in memory until the file is written.
void check_events(std::int64_t accesses) {
    constexpr std::int64_t kMost = 200'000;
    if (accesses > kMost) {
        throw UsageError(
            fmt::format("mem: --events records every access: {} given; allowed: up to {}; give "
                        "fewer --requests or a shorter trace",
                        accesses, kMost));
    }
}

void write_event_file(const CommandLine& line, EventFormat format, const EventRecord& record,
                      const std::string& input, ResultFile& file) {
    EventNames names;
    names.title = fmt::format("mem {} on {}", input, line.common.platform);
    write_events(format, record, names, [&](std::string_view bytes) { file.write(bytes); });
    file.commit();
}

// Every request is answered unless the run was stopped, the buses carry at most their peak, and
// each tick of latency has one owner.
void check_memory_laws(const MemoryResult& r, std::int64_t total) {
    if (r.complete && r.answered != total) {
        throw LawBroken(
            fmt::format("a law is broken: every request is answered\n  witness: {} of "
                        "{} requests",
                        r.answered, total));
    }
    if (exceeds(r.bytes.value, r.peak.value, r.finish)) {
        throw LawBroken(
            fmt::format("a law is broken: achieved is at most peak\n  witness: {} B in "
                        "{} fs, peak {} B/s",
                        r.bytes.value, r.finish.value, r.peak.value));
    }
}

}  // namespace

ExitCode verb_mem(const CommandLine& line) {
    check_use(line);
    const CommonOptions& common = line.common;
    std::optional<EventFormat> format;
    if (!common.events.empty()) {
        format = event_format(common.events);
    }
    Configuration configuration = load_platform(common);
    const PlatformConfig platform = bind_platform_config(configuration);
    if (common.print_config) {
        Console::document(configuration.expanded());
        return ExitCode::kComplete;
    }
    const Hbm4Config memory =
        line.target == "gpu" ? platform.gpu.hbm4 : one_channel(platform.gpu.hbm4);
    const Console console(common);
    const MemoryInput input = open_memory_input(line, memory);
    JsonOutput json(common.json);
    EventRecord record;
    std::optional<ResultFile> event_file;
    MemoryDriverOptions options;
    options.stop = common.max_sim_time;
    if (format) {
        check_events(input.accesses);
        event_file.emplace(common.events, "--events");
        options.events = &record;
    }

    const std::int64_t cpu_before = cpu_microseconds();
    MemoryRun run;
    run.roofline = common.level == Level::kRoofline;
    run.result = run.roofline ? run_memory_roofline(memory, *input.source, common.max_sim_time)
                              : run_memory(memory, *input.source, options);
    run.cpu_microseconds = cpu_microseconds() - cpu_before;
    check_memory_laws(run.result, input.accesses);
    run.total = input.accesses;
    run.input = input.name;
    run.input_digest = input.digest;
    run.target = line.target;
    run.revision = revision_text();
    embed_configuration(configuration, run.embedded);
    if (event_file) {
        write_event_file(line, *format, record, input.name, *event_file);
    }
    if (json.wanted()) {
        json.write(memory_json(run));
    }
    console.print(memory_text(run));
    if (!run.result.complete) {
        throw Stalled(
            fmt::format("stopped at --max-sim-time {} with accesses left; the report shows what "
                        "is answered",
                        time_text(common.max_sim_time)));
    }
    return ExitCode::kComplete;
}

}  // namespace vr
