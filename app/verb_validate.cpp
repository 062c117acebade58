// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <optional>

#include "app/json_output.h"
#include "app/option_groups.h"
#include "app/paths.h"
#include "app/validation/validate.h"
#include "app/verbs.h"
#include "models/base/progress.h"

namespace vr {

namespace {

std::vector<Family> chosen_families(const std::vector<std::string>& names) {
    const std::vector<Family> all = families();
    if (names.empty()) {
        return all;  // the verb leaves out those that it would not judge
    }
    std::vector<std::string> known;
    for (const Family& family : all) {
        known.push_back(family.name);
    }
    std::vector<Family> chosen;
    for (const std::string& name : names) {
        const auto found = std::find(known.begin(), known.end(), name);
        if (found == known.end()) {
            const std::string nearest = nearest_name(name, known);
            std::string list;
            for (const std::string& family : known) {
                list += (list.empty() ? "" : ", ") + family;
            }
            throw UsageError(
                fmt::format("validate: no family '{}'; allowed: {}{}", name, list,
                            nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
        }
        chosen.push_back(all[static_cast<std::size_t>(found - known.begin())]);
    }
    return chosen;
}

}  // namespace

ExitCode verb_validate(const CommandLine& line) {
    const std::string folder =
        line.data_folder.empty() ? tree_path("testbenches/validation/data") : line.data_folder;
    const Console console(line.common);
    const std::vector<Family> chosen = chosen_families(line.names);
    JsonOutput json(line.common.json);
    std::optional<ResultFile> markdown;
    if (!line.markdown.empty()) {
        markdown.emplace(line.markdown, "--markdown");
    }
    Presets presets(line.common);
    const std::size_t jobs = processes_at_a_time(line);
    std::vector<FamilySummary> summaries;
    std::string not_run;
    for (const Family& family : chosen) {
        if (line.names.empty() && family.median_limit == 0 &&
            line.common.level == Level::kDetailed) {
            not_run += fmt::format(
                "\n{}: not run, as it is not judged; to print it:\n"
                "  vrsim validate {}\n",
                family.name, family.name);
            continue;
        }
        const std::string path = folder + "/" + family.name + ".csv";
        if (line.names.empty() && !std::filesystem::exists(path)) {
            console.print(fmt::format("{}: no file in {}\n", family.name, folder));
            continue;
        }
        const std::vector<MeasuredRow> rows = read_measured(path);
        Progress::Options shown;
        shown.enabled = shown.enabled && !line.common.quiet;
        Progress progress(family.name, static_cast<std::int64_t>(rows.size()), shown);
        prepare(family, rows, fastest_rows(family, rows), presets, jobs);
        summaries.push_back(judge(family, rows, presets, [&](std::size_t done) {
            progress.update(Time{}, static_cast<std::int64_t>(done));
        }));
    }
    if (summaries.empty()) {
        throw InputError(Diagnostic{folder, 0, 0, "no measured data of any family",
                                    "a folder with FAMILY.csv files", ""});
    }
    const Simulations& simulations = presets.simulations();
    console.print(validation_table(summaries) + not_run);
    if (simulations.simulated() > 0) {
        console.print(fmt::format("\nsimulations: {} different ones\n", simulations.simulated()));
    }
    if (json.wanted()) {
        json.write(validation_json(summaries));
    }
    if (markdown) {
        markdown->write(validation_markdown(summaries));
        markdown->commit();
    }
    const bool passed = std::all_of(summaries.begin(), summaries.end(),
                                    [](const FamilySummary& s) { return s.passed(); });
    return passed ? ExitCode::kComplete : ExitCode::kCheckFailed;
}

}  // namespace vr
