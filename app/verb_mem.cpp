// SPDX-License-Identifier: Apache-2.0
// `vrsim mem`: accesses straight into an HBM4 channel or the memory of a whole GPU, without a GPU
// in front.
#include <fmt/format.h>

#include "app/console.h"
#include "app/host_usage.h"
#include "app/json_output.h"
#include "app/memory/memory_report.h"
#include "app/memory/memory_source.h"
#include "app/platform/platform_config.h"
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
    if (line.common.level == Level::kRoofline) {
        throw UsageError("mem: --level roofline has no meaning for single accesses; leave it out");
    }
    if (!line.common.events.empty()) {
        throw UsageError("mem: --events is not recorded for memory runs yet; leave it out");
    }
}

// Every request is answered, the buses carry at most their peak, and each tick of latency has one
// owner.
void check_memory_laws(const MemoryResult& r) {
    if (r.answered != r.requests) {
        throw LawBroken(
            fmt::format("a law is broken: every request is answered\n  witness: {} of "
                        "{} requests",
                        r.answered, r.requests));
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
    Configuration configuration = load_platform(line.common);
    const PlatformConfig platform = bind_platform_config(configuration);
    if (line.common.print_config) {
        Console::document(configuration.expanded());
        return ExitCode::kComplete;
    }
    const Hbm4Config memory =
        line.target == "gpu" ? platform.gpu.hbm4 : one_channel(platform.gpu.hbm4);
    const Console console(line.common);
    const MemoryInput input = open_memory_input(line, memory);
    JsonOutput json(line.common.json);

    const std::int64_t cpu_before = cpu_microseconds();
    MemoryRun run;
    run.result = run_memory(memory, *input.source, {});
    run.cpu_microseconds = cpu_microseconds() - cpu_before;
    check_memory_laws(run.result);
    run.input = input.name;
    run.input_digest = input.digest;
    run.target = line.target;
    run.revision = revision_text();
    embed_configuration(configuration, run.embedded);
    if (json.wanted()) {
        json.write(memory_json(run));
    }
    console.print(memory_text(run));
    if (run.result.finish > line.common.max_sim_time) {
        throw Stalled(fmt::format("the last response comes at {}, after --max-sim-time {}",
                                  time_text(run.result.finish),
                                  time_text(line.common.max_sim_time)));
    }
    return ExitCode::kComplete;
}

}  // namespace vr
