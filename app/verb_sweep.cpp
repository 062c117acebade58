// SPDX-License-Identifier: Apache-2.0
// vrsim sweep: one run of a trace for every combination of parameter values, as processes, into a
// table that can be gone on with.
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/console.h"
#include "app/option_groups.h"
#include "app/report/text.h"
#include "app/revision/revision.h"
#include "app/simulate.h"
#include "app/sweep/axes.h"
#include "app/sweep/processes.h"
#include "app/sweep/table.h"
#include "app/verbs.h"
#include "models/base/fnv.h"
#include "models/base/progress.h"

namespace vr {

namespace {

class Digest {
  public:
    void push(std::string_view text) {
        hash_.push(text);
        hash_.push(std::uint8_t{0});  // so that neighbours cannot run into each other
    }
    [[nodiscard]] std::string text() const { return hex_text(hash_.value()); }

  private:
    Fnv1a hash_;
};

// A revision names the sources, not the build, and says only "dirty" of changed ones: the bytes of
// the program decide.
std::string program_digest() {
    Digest digest;
    std::ifstream program("/proc/self/exe", std::ios::binary);
    digest.push(std::string{std::istreambuf_iterator<char>(program), {}});
    return digest.text();
}

CommonOptions options_of(const CommonOptions& common, const std::vector<SweepAxis>& axes,
                         const std::vector<std::string>& values) {
    CommonOptions point = common;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        point.sets.push_back(axes[i].key + "=" + values[i]);
    }
    return point;
}

std::vector<std::string> arguments_of(const CommonOptions& point, const std::string& trace) {
    std::vector<std::string> out = {"run", trace, "--platform", point.platform, "--quiet"};
    const auto add = [&](const char* flag, const std::string& value) {
        out.emplace_back(flag);
        out.push_back(value);
    };
    if (!point.profile.empty()) {
        add("--profile", point.profile);
    }
    for (const std::string& set : point.sets) {
        add("--set", set);
    }
    add("--seed", std::to_string(point.seed));
    add("--level", point.level == Level::kRoofline ? "roofline" : "detailed");
    if (point.max_sim_time != kNever) {
        add("--max-sim-time", fmt::format("{} fs", point.max_sim_time.value));
    }
    return out;
}

// The points of a sweep, each with its values and its hash, not run yet. Every configuration is
// expanded first: a key or value that is wrong stops the sweep before any run.
std::vector<SweepRow> expand(const CommandLine& line, const std::vector<SweepAxis>& axes) {
    std::vector<SweepRow> points;
    std::vector<Diagnostic> problems;
    const std::string program = program_digest();
    const std::string trace_digest =
        hex_text(load_run(line.common, line.trace).trace_digest);  // and the trace is read once
    for (const std::vector<std::string>& values : combinations(axes)) {
        try {
            Configuration configuration = load_platform(options_of(line.common, axes, values));
            (void)bind_platform(configuration);
            Digest digest;
            digest.push(trace_digest);
            digest.push(configuration.expanded());
            digest.push(revision_text());
            digest.push(program);
            digest.push(fmt::format("{} {} {}", line.common.seed,
                                    static_cast<int>(line.common.level),
                                    line.common.max_sim_time.value));
            SweepRow row;
            row.values = values;
            row.trace = line.trace;
            row.platform = line.common.platform;
            row.point = digest.text();
            points.push_back(std::move(row));
        } catch (const InputError& error) {
            for (const Diagnostic& problem : error.diagnostics()) {
                if (std::none_of(problems.begin(), problems.end(), [&](const Diagnostic& known) {
                        return known.text() == problem.text();
                    })) {
                    problems.push_back(problem);
                }
            }
        }
    }
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
    return points;
}

std::string percent(std::int64_t amount, std::int64_t whole) {
    return ratio_text(scaled_ratio(amount, whole, 10'000), 100, 2);
}

void fill(SweepRow& row, const ChildResult& child) {
    row.exit_code = std::to_string(child.exit_code);
    row.status = child.exit_code == 0 ? "complete" : "failed";
    if (child.exit_code != 0) {
        row.reason = child.errors.substr(0, child.errors.find('\n'));
        if (row.reason.starts_with("vrsim: ")) {
            row.reason.erase(0, 7);
        }
        if (row.reason.empty()) {
            row.reason = child.exit_code > 128
                             ? fmt::format("ended by signal {}", child.exit_code - 128)
                             : "it said nothing";
        }
        return;
    }
    const nlohmann::json report = nlohmann::json::parse(child.report);
    row.time_fs = report["makespan_fs"].get<std::string>();
    row.bound_by = report["bound_by"]["resource"];
    row.bound_percent =
        percent(std::stoll(report["bound_by"]["fs"].get<std::string>()), std::stoll(row.time_fs));
    std::int64_t flops = 0;
    std::int64_t share = 0;  // of the peak, in hundredths of a percent
    for (const nlohmann::json& resource : report["resources"]) {
        const std::string name = resource["name"];
        const auto achieved = resource["achieved"].get<std::int64_t>();
        const auto peak = resource["peak"].get<std::int64_t>();
        if (name.starts_with("tensor core")) {
            flops += achieved;
            share += scaled_ratio(achieved, peak, 10'000);
        } else if (name == "HBM") {
            row.hbm_bytes = std::to_string(achieved);
            row.hbm_percent = percent(achieved, peak);
        }
    }
    row.tensor_flops = std::to_string(flops);
    row.tensor_percent = ratio_text(share, 100, 2);
}

std::string table_text(const std::vector<SweepAxis>& axes, const std::vector<SweepRow>& rows) {
    std::vector<std::vector<std::string>> cells(1);
    for (const SweepAxis& axis : axes) {
        cells[0].push_back(axis.key);
    }
    cells[0].insert(cells[0].end(), {"time", "bound by", "tensor", "HBM", "status"});
    for (const SweepRow& row : rows) {
        std::vector<std::string> line = row.values;
        if (row.complete()) {
            line.insert(line.end(),
                        {time_text(Time{std::stoll(row.time_fs)}),
                         fmt::format("{} {} %", row.bound_by, row.bound_percent),
                         row.tensor_percent + " %", row.hbm_percent + " %", row.status});
        } else {
            line.insert(line.end(), {"-", "-", "-", "-",
                                     fmt::format("failed ({}): {}", row.exit_code, row.reason)});
        }
        cells.push_back(std::move(line));
    }
    std::vector<std::size_t> widths(cells[0].size());
    for (const auto& line : cells) {
        for (std::size_t i = 0; i + 1 < line.size(); ++i) {
            widths[i] = std::max(widths[i], line[i].size());
        }
    }
    std::string out;
    for (const auto& line : cells) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            out += fmt::format("{}{:<{}}", i == 0 ? "  " : "  ", line[i], widths[i]);
        }
        out += "\n";
    }
    return out;
}

}  // namespace

ExitCode verb_sweep(const CommandLine& line) {
    const std::vector<SweepAxis> axes = sweep_axes(line.vary);
    SweepTable table(line.csv, axes);
    std::vector<SweepRow> rows = expand(line, axes);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (const SweepRow* known = table.known(rows[i].point)) {
            SweepRow kept = *known;
            kept.values = rows[i].values;  // as this command writes them
            rows[i] = std::move(kept);
        } else {
            open.push_back(i);
        }
    }
    const auto write = [&] {
        std::vector<SweepRow> ended;
        std::copy_if(rows.begin(), rows.end(), std::back_inserter(ended),
                     [](const SweepRow& row) { return !row.status.empty(); });
        table.write(ended, rows);
    };
    write();  // a path that cannot be written is told before the work begins

    std::vector<std::vector<std::string>> commands;
    for (const std::size_t i : open) {
        commands.push_back(arguments_of(options_of(line.common, axes, rows[i].values), line.trace));
    }
    Progress::Options shown;
    shown.enabled = shown.enabled && !line.common.quiet;
    Progress progress("sweep", static_cast<std::int64_t>(open.size()), shown);
    Time simulated;
    std::int64_t ended = 0;
    const std::size_t jobs = processes_at_a_time(line);
    try {
        run_children(commands, jobs, [&](std::size_t number, const ChildResult& child) {
            SweepRow& row = rows[open[number]];
            fill(row, child);
            simulated += Time{row.complete() ? std::stoll(row.time_fs) : 0};
            progress.update(simulated, ++ended);
            write();
        });
    } catch (const SweepInterrupted& interrupt) {
        progress.clear();
        (void)::raise(interrupt.signal);  // with its own action again: ends this process
    }
    progress.clear();
    const auto failed = std::count_if(rows.begin(), rows.end(),
                                      [](const SweepRow& row) { return !row.complete(); });
    Console(line.common)
        .print(table_text(axes, rows) +
               fmt::format("  {} points: {} run now, {} known before, {} failed; table: {}\n",
                           rows.size(), open.size(), rows.size() - open.size(), failed, line.csv));
    return failed == 0 ? ExitCode::kComplete : ExitCode::kCheckFailed;
}

}  // namespace vr
