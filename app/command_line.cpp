// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "app/bench/benchmark.h"
#include "app/file_roles.h"
#include "app/memory/pattern_streams.h"
#include "app/option_groups.h"
#include "app/step/session.h"
#include "app/verbs.h"
#include "app/whole_number.h"
#include "app/workload_options.h"
#include "traces/formats/memory/memory_trace.h"

namespace vr {

namespace {

// Common options that `validate` does not have, and why.
constexpr std::pair<const char*, const char*> kNotOfValidate[] = {
    {"--platform", "the preset follows the device that a row was measured on"},
    {"--seed", "the contents of operands do not move the time of a row"},
    {"--events", "it runs many rows; give one of them to vrsim run for a timeline"},
    {"--max-sim-time", "a row that is cut short has no value to compare"},
    {"--fold", "rows always run with equal machines folded, which gives the same result"},
    {"--compose", "rows always run on the region, which gives the same result as the modules"},
    {"--print-config", "there is a preset per device; vrsim run --print-config prints one"},
    {"--strict", "a row outside of the model is counted as not modelled"},
};

// What only one verb has to explain: the names of benchmarks, options without effect.
std::string more_help(const std::string& verb) {
    if (verb == "mem") {
        return memory_help();
    }
    if (verb == "step") {
        return "Commands, read from standard input, one a line (# begins a comment):\n" +
               StepSession::help() +
               "In a script a wrong command is told on standard error, the others go on, and the "
               "exit code is 2.\nEverything is recorded, at about half a kilobyte of memory an "
               "event: "
               "--max-sim-time keeps a large run short.\n\n";
    }
    if (verb == "sweep") {
        return "The table has a row for each combination, in the order given: the varied keys, "
               "status, time, what bounds it, achieved\nrates of tensor cores and HBM, exit code "
               "and "
               "reason of a failure, and a hash of trace, expanded configuration and\nprogram: a "
               "point whose hash the table has already is not run again, so a sweep that was cut "
               "off "
               "goes on.\nExit code: 0 when every point is complete, 1 when one failed.\n\n";
    }
    if (verb == "fw") {
        return "Exit codes: 0 the firmware passed, 1 it failed or ended without the work, 3 the "
               "file is no firmware for\nthis core, 5 nothing can happen any more (the doorbell is "
               "never rung).\n\n";
    }
    if (verb != "bench") {
        return "";
    }
    std::string out = "Benchmarks:\n";
    for (const Benchmark& benchmark : benchmarks()) {
        out += fmt::format("  {} ({})\n      {}\n", benchmark.name, benchmark.unit,
                           benchmark.description);
    }
    return out + "\n";
}

// The parser, bound to the fields that it fills.
class Parser {
  public:
    Parser() : app_("") {
        app_.set_help_flag();
        for (const Verb& verb : verbs()) {
            CLI::App* sub = app_.add_subcommand(verb.name, verb.summary);
            sub->set_help_flag("-h,--help", "print this");
            sub->allow_extras();  // so that we can name the nearest flag ourselves
            sub->footer(fmt::format("{}Example:\n  {}", more_help(verb.name), verb.example));
            add_options(*sub, verb.name);
            subs_[verb.name] = sub;
        }
    }

    CommandLine parse(const std::string& verb, std::vector<std::string> arguments) {
        line.verb = verb;
        CLI::App& sub = *subs_.at(verb);
        std::reverse(arguments.begin(), arguments.end());  // the parser takes them from the back
        try {
            sub.parse(arguments);
        } catch (const CLI::CallForHelp&) {
            CommandLine help;
            help.verb = "help";
            help.key = verb;
            return help;
        } catch (const CLI::ParseError& error) {
            throw UsageError(fmt::format("{}: {}; see vrsim help {}", verb, error.what(), verb));
        }
        refuse_extras(sub, verb);
        convert(sub);
        check_file_roles(line);
        return line;
    }

    std::string help(const std::string& verb) {
        CLI::App& sub = *subs_.at(verb);
        return sub.help("vrsim");
    }

  private:
    void add_options(CLI::App& sub, const std::string& verb) {
        if (verb == "run") {
            sub.add_option("TRACE", line.trace, "a workload trace")->required();
            add_common(sub, line.common, raw_);
            add_waves(sub, "gpu.sm.tensor_core.impl");
            add_max_replay(sub, line.common);
            add_inspection(sub, line.common, raw_);
        } else if (verb == "step") {
            sub.add_option("TRACE", line.trace, "a workload trace")->required();
            add_platform(sub, line.common);
            add_seed(sub, line.common);
            add_max_sim_time(sub, raw_);
            add_compose(sub, raw_);
            sub.add_flag("--quiet", line.common.quiet, "no title and no progress line");
        } else if (verb == "sweep") {
            add_sweep(sub);
        } else if (verb == "convert") {
            add_conversion(sub);
        } else if (verb == "workload") {
            add_workload(sub, line, raw_workload_);
        } else if (verb == "fw") {
            sub.add_option("ACTION", action_, "run")->required()->check(CLI::IsMember({"run"}));
            sub.add_option("ELF", line.firmware,
                           "a firmware: ELF32, RV32IMC, linked to 0x80000000; or the name of one "
                           "that comes with vrsim or with a --with directory")
                ->required();
            sub.add_option("--trace", line.trace,
                           "the workload; the demo's when none is given, hello_gemm on tiny")
                ->type_name("FILE");
            add_common(sub, line.common, raw_);
            add_inspection(sub, line.common, raw_);
        } else if (verb == "mem") {
            add_common(sub, line.common, raw_);
            add_memory(sub);
            add_waves(sub, "gpu.hbm4.impl");
        } else if (verb == "demo") {
            add_common(sub, line.common, raw_);
        } else if (verb == "validate") {
            sub.add_option("FAMILY", line.names,
                           "families to compare; every judged one when none is named");
            sub.add_option("--data", line.data_folder, "folder with the CSV files")
                ->type_name("DIR");
            sub.add_option("--markdown", line.markdown, "write a table by family and device")
                ->type_name("FILE");
            add_jobs(sub, line);
            add_common(sub, line.common, raw_);
            for (const auto& [option, why] : kNotOfValidate) {
                sub.remove_option(sub.get_option(option));
            }
        } else if (verb == "numerics") {
            sub.add_option("ACTION", action_, "check")->required()->check(CLI::IsMember({"check"}));
            sub.add_option("FILE", line.names,
                           "vector files, plain or gzip, or directories; vrsim's own when none");
            sub.add_option("--rule", line.rule,
                           "changes of the accumulation rule: K=, L=, F=, floor=, "
                           "zero_group=in|out, result=nearest|cut")
                ->type_name("NAME=VALUE,...");
            add_json(sub, line.common);
            sub.add_flag("--quiet", line.common.quiet, "print failures only");
        } else if (verb == "lint") {
            sub.add_option("FILE", line.names,
                           "workload traces, Chakra traces (.et), PyTorch profiles (.json, "
                           ".json.gz), memory traces (.trace, .stl, .rstl), commands of a memory "
                           "(.csv of vrsim mem --events), platforms and memory devices "
                           "(.toml)")
                ->required();
            add_mapping(sub, line);
            add_platform(sub, line.common);
            add_device(sub, line);
            add_trace_format(sub, line);
        } else if (verb == "params") {
            sub.add_option("KEY", line.key, "a parameter or a group; its full path or a tail");
            add_platform(sub, line.common);
            add_json(sub, line.common);
        } else if (verb == "bench") {
            sub.add_option(
                "NAME", line.names,
                "benchmarks, or the first words of some of them; all when none is named");
            add_json(sub, line.common);
            sub.add_flag("--quiet", line.common.quiet, "print errors only");
        } else if (verb == "new") {
            sub.add_option("KIND", line.key,
                           "what to start from: policy, testbench, ...; an unknown "
                           "word lists them")
                ->required();
            sub.add_option("NAME", line.name, "its name: files, targets and classes are called so")
                ->required();
            sub.add_option("DIR", line.folder, "a directory that does not exist yet")->required();
        } else if (verb == "help") {
            sub.add_option("VERB", line.key, "a verb");
        }
    }

    void add_waves(CLI::App& sub, const std::string& key) {
        sub.add_option("--waves", line.common.waves,
                       "write the waveforms of the RTL twins (with " + key + "=rtl or both)")
            ->check(some_path())
            ->type_name("FILE.fst");
    }

    void add_conversion(CLI::App& sub) {
        sub.add_option("IN", line.trace,
                       "a workload trace, a Chakra trace, or a PyTorch profile (.json, .json.gz)")
            ->required();
        sub.add_option("OUT", line.output, "a workload trace (.jsonl) or a Chakra trace (.et)")
            ->required();
        add_mapping(sub, line);
        sub.add_flag("--force", line.force, "overwrite OUT where it exists");
        add_json(sub, line.common);
        sub.add_flag("--quiet", line.common.quiet, "print errors only");
    }

    void add_sweep(CLI::App& sub) {
        sub.add_option("TRACE", line.trace, "a workload trace")->required();
        sub.add_option("--vary", line.vary, "a parameter, as for --set, and its values; repeatable")
            ->type_name("KEY=A,B,...")
            ->allow_extra_args(false)
            ->required();
        sub.add_option("--csv", line.csv, "the table; finished points in it are not run again")
            ->check(some_path())
            ->type_name("FILE")
            ->required();
        add_jobs(sub, line);
        add_platform(sub, line.common);
        add_seed(sub, line.common);
        add_level(sub, raw_);
        add_max_sim_time(sub, raw_);
        sub.add_flag("--quiet", line.common.quiet, "print errors only");
    }

    void add_memory(CLI::App& sub) {
        sub.add_option("TRACE", line.trace,
                       "a memory trace: DRAMsim3, Ramulator LD/ST, DRAMSys .stl or .rstl");
        add_trace_format(sub, line);
        sub.add_option("--trace-clock", raw_.trace_clock,
                       "clock of the trace's cycles, e.g. 1 GHz; the memory's if left out")
            ->type_name("CLOCK");
        sub.add_option("--access", raw_.access,
                       "size of an access where the trace gives none (64 B)")
            ->type_name("BYTES");
        sub.add_option("--pattern", line.patterns,
                       "accesses by rule instead of a trace; repeatable: streams side by side")
            ->type_name("seq|rand|mixseq|mixrand[:PART...]")
            ->allow_extra_args(false);
        sub.add_option("--requests", line.requests, "how many accesses of each pattern")
            ->transform(whole_number<std::int64_t>(1))
            ->type_name("N");
        sub.add_option("--interval", line.interval,
                       "pacing: clocks of the memory from access to access, e.g. 4 or 7/2")
            ->type_name("N[/M]");
        sub.add_option("--rate", raw_.rate, "the same as a bandwidth of each pattern")
            ->type_name("BANDWIDTH");
        sub.add_option("--window", line.window,
                       "accesses in flight at most; what fills all queues if left out")
            ->transform(whole_number<std::int64_t>(1, 10'000'000))
            ->type_name("N");
        CLI::Option* target = sub.add_option("--target", line.target,
                                             "channel (one of the device) or gpu (all of them)")
                                  ->check(CLI::IsMember({"channel", "gpu"}))
                                  ->type_name("WORD")
                                  ->capture_default_str();
        sub.add_option("--channels", line.channels,
                       "how many pseudo-channels of the device, a power of two")
            ->transform(whole_number<std::int64_t>(1))
            ->excludes(target)
            ->type_name("N");
        add_device(sub, line);
    }

    void refuse_extras(const CLI::App& sub, const std::string& verb) const {
        for (const std::string& extra : sub.remaining()) {
            if (extra.size() < 2 || extra[0] != '-') {
                throw UsageError(fmt::format("{}: unexpected argument '{}'; see vrsim help {}",
                                             verb, extra, verb));
            }
            std::vector<std::string> known;
            for (const CLI::Option* option : sub.get_options()) {
                for (const std::string& name : option->get_lnames()) {
                    known.push_back("--" + name);
                }
            }
            const std::string given = extra.substr(0, extra.find('='));
            for (const auto& [option, why] : kNotOfValidate) {
                if (verb == "validate" && given == option) {
                    throw UsageError(
                        fmt::format("validate: {} has no meaning here: {}; leave it "
                                    "out",
                                    option, why));
                }
            }
            // A beginning of a flag means that flag, however far the rest is.
            const auto begun = std::find_if(known.begin(), known.end(), [&](const std::string& k) {
                return given.size() > 2 && k.starts_with(given);
            });
            const std::string nearest = begun != known.end() ? *begun : nearest_name(given, known);
            throw UsageError(fmt::format(
                "{}: unknown flag '{}'{}; see vrsim help {}", verb, given,
                nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest), verb));
        }
    }

    void convert(const CLI::App& sub) {
        const auto* level = sub.get_option_no_throw("--level");
        line.level_given = level != nullptr && level->count() > 0;
        line.common.level = raw_.level == "roofline" ? Level::kRoofline : Level::kDetailed;
        convert_workload(raw_workload_, line);
        line.common.fold = raw_.fold == "on";
        line.common.compose = raw_.compose == "modules" ? Compose::kModules : Compose::kRegion;
        convert_time("--max-sim-time", raw_.max_sim_time, line.common.max_sim_time);
        convert_time("--audit-at", raw_.audit_at, line.common.audit_at);
        convert_quantity("--trace-clock", "a clock", raw_.trace_clock, line.trace_clock);
        convert_quantity("--access", "a size", raw_.access, line.access);
        convert_quantity("--rate", "a bandwidth", raw_.rate, line.rate);
    }

    static void convert_time(const char* flag, const std::string& text, Time& value) {
        convert_quantity(flag, "a time", text, value);
    }

    template <class Quantity>
    static void convert_quantity(const char* flag, const char* kind, const std::string& text,
                                 Quantity& value) {
        std::string allowed;
        if (!text.empty() && (!parse_quantity(text, value, allowed) || value.value <= 0)) {
            throw UsageError(fmt::format("{} {}: not {}; allowed: {}", flag, text, kind,
                                         allowed.empty() ? "more than 0" : allowed));
        }
    }

    CLI::App app_;
    std::map<std::string, CLI::App*> subs_;
    RawOptions raw_;
    RawWorkload raw_workload_;
    std::string action_;

  public:
    CommandLine line;
};

void require_verb(const std::string& name) {
    std::vector<std::string> known;
    for (const Verb& verb : verbs()) {
        if (name == verb.name) {
            return;
        }
        known.emplace_back(verb.name);
    }
    const std::string nearest = nearest_name(name, known);
    throw UsageError(
        fmt::format("unknown verb '{}'{}; vrsim alone lists them", name,
                    nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
    CommandLine overview;
    overview.verb = "help";
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
        return overview;
    }
    const std::string verb = arguments[0] == "--version" ? "version" : arguments[0];
    require_verb(verb);
    return Parser().parse(verb, {arguments.begin() + 1, arguments.end()});
}

std::string help_overview() {
    std::string out = "vrsim: cycle-approximate, functional emulator of the Vera Rubin platform\n";
    const char* group = "";
    for (const Verb& verb : verbs()) {
        if (std::string_view(group) != verb.group) {
            group = verb.group;
            out += fmt::format("\n{}\n", group);
        }
        out += fmt::format("  {:<10} {}\n", verb.name, verb.summary);
    }
    return out + "\nvrsim help VERB prints its options and an example.\n";
}

std::string help_verb(const std::string& name) {
    require_verb(name);
    return Parser().help(name);
}

}  // namespace vr
