// SPDX-License-Identifier: Apache-2.0
// `vrsim mem`: accesses straight into an HBM4 channel or the memory of a whole GPU, without a GPU
// in front.
#include <fmt/format.h>

#include <numeric>
#include <optional>
#include <vector>

#include "app/console.h"
#include "app/events/event_writer.h"
#include "app/host_usage.h"
#include "app/json_output.h"
#include "app/memory/command_file.h"
#include "app/memory/memory_report.h"
#include "app/memory/memory_source.h"
#include "app/memory/rtl_memory.h"
#include "app/memory_device.h"
#include "app/platform/fault_results.h"
#include "app/report/result_file.h"
#include "app/report/text.h"
#include "app/revision/revision.h"
#include "app/simulate.h"
#include "app/verbs.h"
#include "models/hbm4/ecc/memory_faults.h"

namespace vr {

namespace {

void check_use(const CommandLine& line) {
    if (line.trace.empty() == line.patterns.empty()) {
        throw UsageError("mem: give either a TRACE or --pattern; see vrsim help mem");
    }
    if (line.patterns.empty() != (line.requests == 0)) {
        throw UsageError("mem: --pattern and --requests go together; see vrsim help mem");
    }
    if (!line.interval.empty() && line.rate.value > 0) {
        throw UsageError("mem: give either --interval or --rate");
    }
    if (line.patterns.empty() && line.rate.value > 0) {
        throw UsageError(
            "mem: --rate goes with --pattern; a trace without cycles takes --interval");
    }
    if (!line.patterns.empty() && line.access.value > 0) {
        throw UsageError(
            "mem: --access goes with a TRACE; a pattern takes size=, as in seq:size='64 B'");
    }
    if (!line.patterns.empty() && (!line.trace_format.empty() || line.trace_clock.value > 0)) {
        throw UsageError("mem: --format and --trace-clock go with a TRACE");
    }
    if (line.common.level == Level::kRoofline && !line.common.events.empty()) {
        throw UsageError(
            "mem: --events needs --level detailed: the roofline gives no access a time of its own");
    }
}

Hbm4Config memory_of(const CommandLine& line, const Hbm4Config& gpu) {
    if (line.channels == -1) {
        return line.target == "gpu" ? gpu : one_channel(gpu);
    }
    try {
        return with_pseudo_channels(gpu, line.channels);
    } catch (const UsageError& error) {
        throw UsageError(fmt::format("mem: --channels: {}", error.what()));
    }
}

// What --events asks for: a table of commands, or a timeline of accesses and commands, both kept in
// memory until the run is over.
class EventOutput {
  public:
    EventOutput(const CommandLine& line, std::int64_t accesses) : line_(line) {
        constexpr std::int64_t kMost = 200'000;
        const std::string& path = line.common.events;
        if (path.empty()) {
            return;
        }
        if (!path.ends_with(".csv")) {
            try {
                format_ = event_format(path);
            } catch (const UsageError& error) {
                throw UsageError(fmt::format("{}; or .csv: the trace of commands", error.what()));
            }
        }
        if (accesses > kMost) {
            throw UsageError(
                fmt::format("mem: --events records every access: {} given; allowed: up to {}; give "
                            "fewer --requests or a shorter trace",
                            accesses, kMost));
        }
        file_.emplace(path, "--events");
    }
    void record(MemoryDriverOptions& options) {
        if (file_) {
            options.commands = &commands_;
            options.events = format_ ? &record_ : nullptr;
            options.idle_commands = !format_;  // a timeline of mostly idle banks would show refresh
        }
    }
    void write(const Hbm4Config& memory, const std::string& input) {
        if (!file_) {
            return;
        }
        if (format_) {
            EventNames names;
            names.title = fmt::format("mem {} on {}", input,
                                      line_.device.empty() ? line_.common.platform : line_.device);
            record_commands(commands_, memory, record_);
            write_events(*format_, record_, names,
                         [&](std::string_view bytes) { file_->write(bytes); });
        } else {
            file_->write(command_table(commands_, memory));
        }
        file_->commit();
    }

  private:
    const CommandLine& line_;
    std::optional<EventFormat> format_;
    std::optional<ResultFile> file_;
    EventRecord record_;
    std::vector<MemoryCommand> commands_;
};

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
    const std::int64_t bus = std::accumulate(r.bus.begin(), r.bus.end(), std::int64_t{0});
    if (bus != r.bus_ticks) {
        throw LawBroken(
            fmt::format("a law is broken: each tick of a data bus has one use\n  witness: {} of {} "
                        "ticks",
                        bus, r.bus_ticks));
    }
}

}  // namespace

ExitCode verb_mem(const CommandLine& line) {
    check_use(line);
    const CommonOptions& common = line.common;
    check_waves(common);
    const LoadedMemory loaded = load_memory(common, line.device);
    const Configuration& configuration = loaded.configuration;
    if (common.print_config) {
        Console::document(configuration.expanded());
        return ExitCode::kComplete;
    }
    const Hbm4Config memory = memory_of(line, loaded.memory);
    const Console console(common);
    const MemoryInput input = open_memory_input(line, memory);
    JsonOutput json(common.json);
    EventOutput events(line, input.accesses);
    MemoryDriverOptions options;
    options.stop = common.max_sim_time;
    options.window = line.window;
    options.account = true;
    events.record(options);

    const hbm4::AddressMap map(memory);
    std::optional<hbm4::MemoryFaults> faults;
    if (memory.faults.any()) {
        if (common.level == Level::kRoofline) {
            refuse_faults_in_formulas(memory);
        }
        // There is one memory, so the list strikes it whatever GPU it names.
        options.faults =
            &faults.emplace(memory, map, "hbm4", static_cast<std::uint32_t>(memory.faults.gpu));
    }
    const RtlMemory rtl(memory, line);
    options.channels = rtl.channels();

    const std::int64_t cpu_before = cpu_microseconds();
    MemoryRun run;
    run.roofline = common.level == Level::kRoofline;
    run.result = run.roofline ? run_memory_roofline(memory, *input.source, common.max_sim_time)
                              : run_memory(memory, *input.source, options);
    run.cpu_microseconds = cpu_microseconds() - cpu_before;
    check_memory_laws(run.result, input.accesses);
    run.total = input.accesses;
    run.memory = memory;
    run.fidelity = rtl.fidelity();
    run.rtl_clocks = rtl.clocks();
    if (faults) {
        run.faults.push_back(
            fault_result(*faults, memory.faults, "hbm4", faults->counts(run.result.finish)));
        run.faults.back().carries_data = false;
    }
    run.input = input.name;
    run.input_digest = input.digest;
    run.drive = input.drive;
    run.target = line.channels == -1 ? line.target : "channels";
    run.revision = revision_text();
    embed_configuration(configuration, run.embedded);
    events.write(memory, input.name);
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
