// SPDX-License-Identifier: Apache-2.0
#include "app/option_groups.h"

#include <unistd.h>

#include <algorithm>

#include "app/whole_number.h"
#include "traces/formats/memory/memory_trace.h"

namespace vr {

void add_platform(CLI::App& verb, CommonOptions& common) {
    verb.add_option("--platform", common.platform, "a preset, or a platform file ending in .toml")
        ->type_name("NAME|FILE.toml")
        ->capture_default_str();
    verb.add_option("--profile", common.profile, "an overlay in the preset")->type_name("NAME");
    verb.add_option("--set", common.sets, "change a parameter; repeatable")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);  // one value each time, so that a TRACE may follow
}

void add_max_replay(CLI::App& verb, CommonOptions& common) {
    verb.add_option("--max-replay", common.max_replay,
                    "percent of the time that replayed operators may run; more is outside the "
                    "envelope")
        ->transform(whole_number<std::int64_t>(0, 100))
        ->type_name("PERCENT")
        ->capture_default_str();
}

void add_jobs(CLI::App& verb, CommandLine& line) {
    constexpr std::int64_t kMostJobs = 4096;  // each is a process
    verb.add_option("--jobs", line.jobs, "runs at a time; one for each processor if left out")
        ->transform(whole_number<std::int64_t>(1, kMostJobs))
        ->type_name("N");
}

std::size_t processes_at_a_time(const CommandLine& line) {
    return line.jobs > 0 ? static_cast<std::size_t>(line.jobs)
                         : static_cast<std::size_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

void add_mapping(CLI::App& verb, CommandLine& line) {
    verb.add_option("--mapping", line.mappings,
                    "rules from names in foreign traces to operators, tried before our own; "
                    "repeatable")
        ->type_name("FILE.toml")
        ->allow_extra_args(false);
}

void add_device(CLI::App& verb, CommandLine& line) {
    verb.add_option("--device", line.device,
                    "a device of models/hbm4/devices, or a file ending in .toml, instead of a "
                    "platform's memory")
        ->excludes(verb.get_option("--platform"))
        ->type_name("NAME|FILE.toml");
}

void add_trace_format(CLI::App& verb, CommandLine& line) {
    verb.add_option("--format", line.trace_format,
                    "of a memory trace; else the suffix or its first line tells")
        ->check(CLI::IsMember(memory_trace_formats()))
        ->type_name("WORD");
}

CLI::Validator some_path() {
    return {[](std::string& text) {
                return std::string(
                    text.empty() ? "no path given; leave the option out, or name a file" : "");
            },
            ""};
}

void add_json(CLI::App& verb, CommonOptions& common) {
    verb.add_option("--json", common.json, "write the report as JSON; - for standard output")
        ->check(some_path())
        ->type_name("FILE|-");
}

void add_seed(CLI::App& verb, CommonOptions& common) {
    verb.add_option("--seed", common.seed, "seed of all pseudo-random contents")
        ->transform(whole_number<std::uint64_t>(0))
        ->type_name("N")
        ->capture_default_str();
}

void add_level(CLI::App& verb, RawOptions& raw) {
    verb.add_option("--level", raw.level, "detailed (the machine) or roofline (formulas)")
        ->check(CLI::IsMember({"detailed", "roofline"}))
        ->type_name("LEVEL");
}

void add_max_sim_time(CLI::App& verb, RawOptions& raw) {
    verb.add_option("--max-sim-time", raw.max_sim_time, "stop at this simulated time, e.g. 20 ms")
        ->type_name("TIME");
}

void add_compose(CLI::App& verb, RawOptions& raw) {
    verb.add_option("--compose", raw.compose, "region (fast) or modules (one per unit, slow)")
        ->check(CLI::IsMember({"region", "modules"}))
        ->type_name("WORD");
}

void add_inspection(CLI::App& verb, CommonOptions& common, RawOptions& raw) {
    verb.add_flag("--what-if", common.what_if,
                  "run again with twice of each resource that owned time");
    verb.add_option("--beside", common.beside,
                    "run the same trace on this platform too and print the ratios")
        ->type_name("NAME|FILE");
    verb.add_option("--audit-at", raw.audit_at,
                    "print state hashes at this time; a copy taken there must agree at the end")
        ->type_name("TIME");
}

void add_common(CLI::App& verb, CommonOptions& common, RawOptions& raw) {
    add_platform(verb, common);
    add_seed(verb, common);
    add_json(verb, common);
    verb.add_option("--events", common.events, "write a timeline: .pftrace, .json or .txt")
        ->check(some_path())
        ->type_name("FILE");
    add_level(verb, raw);
    add_max_sim_time(verb, raw);
    verb.add_option("--fold", raw.fold, "run equal machines once (same result): on or off")
        ->check(CLI::IsMember({"on", "off"}))
        ->type_name("WORD");
    add_compose(verb, raw);
    verb.add_flag("--print-config", common.print_config, "print the expanded configuration, stop");
    verb.add_flag("--quiet", common.quiet, "print errors only");
    verb.add_flag("--strict", common.strict, "exit 6 when the run leaves the checked envelope");
}

}  // namespace vr
