// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "app/bench/benchmark.h"
#include "app/json_output.h"
#include "app/report/json_writer.h"
#include "app/report/text.h"
#include "app/verbs.h"

namespace vr {

namespace {

constexpr int kRatioDigits = 6;

std::vector<Benchmark> chosen(const std::vector<std::string>& names) {
    std::vector<Benchmark> all = benchmarks();
    if (names.empty()) {
        return all;
    }
    std::vector<std::string> known;
    for (const Benchmark& benchmark : all) {
        known.push_back(benchmark.name);
    }
    std::vector<bool> wanted(all.size());
    for (const std::string& name : names) {
        bool any = false;
        for (std::size_t i = 0; i < known.size(); ++i) {
            const bool meant = known[i] == name || known[i].starts_with(name + "_");
            wanted[i] = wanted[i] || meant;
            any |= meant;
        }
        if (!any) {
            const std::string nearest = nearest_name(name, known);
            std::string list;
            for (const std::string& benchmark : known) {
                list += (list.empty() ? "" : ", ") + benchmark;
            }
            throw UsageError(fmt::format(
                "bench: no benchmark '{}'; allowed: {}, or the first words of some of them{}", name,
                list, nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
        }
    }
    std::vector<Benchmark> out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (wanted[i]) {
            out.push_back(all[i]);
        }
    }
    return out;
}

void write_json(JsonWriter& document, const Benchmark& benchmark, const BenchmarkResult& result) {
    document.begin_object()
        .field("name", benchmark.name)
        .field("value", result.value)
        .field("unit", benchmark.unit)
        .field("baseline", result.baseline)
        .key("ratio")
        .raw(ratio_text(result.value, result.baseline, kRatioDigits))
        .field("description", benchmark.description)
        .field("note", result.note);
    if (const Rival& rival = result.rival; !rival.name.empty()) {
        document.key("rival")
            .begin_object()
            .field("name", rival.name)
            .field("value", rival.value)
            .key("ratio")
            .raw(ratio_text(result.value, rival.value, 1))
            .field("cost", rival.cost(result.baseline))
            .field("most_cost", rival.most_cost)
            .field("passed", !rival.fell(result.baseline))
            .end_object();
    }
    document.end_object();
}

std::string text_of(const Benchmark& benchmark, const BenchmarkResult& result) {
    std::string text = fmt::format(
        "{:<24} {:>16}  baseline {:>16}  ratio {}\n    {}\n", benchmark.name,
        amount_text(result.value, benchmark.unit), amount_text(result.baseline, benchmark.unit),
        ratio_text(result.value, result.baseline, kRatioDigits), benchmark.description);
    if (const Rival& rival = result.rival; !rival.name.empty()) {
        text += fmt::format(
            "    {} {}, ratio to it {}; one of its costs {} of the baseline's; allowed: up to "
            "{}{}\n",
            rival.name, amount_text(rival.value, benchmark.unit),
            ratio_text(result.value, rival.value, 1), rival.cost(result.baseline), rival.most_cost,
            rival.fell(result.baseline) ? ": it became SLOWER" : "");
    }
    return result.note.empty() ? text : text + "    " + result.note + "\n";
}

}  // namespace

ExitCode verb_bench(const CommandLine& line) {
    const std::vector<Benchmark> selected = chosen(line.names);
    const Console console(line.common);
    JsonOutput json(line.common.json);
    JsonWriter document;
    document.begin_array();
    bool passed = true;
    for (const Benchmark& benchmark : selected) {
        const BenchmarkResult result = benchmark.run();
        write_json(document, benchmark, result);
        console.print(text_of(benchmark, result));
        passed = passed && !result.rival.fell(result.baseline);
    }
    document.end_array();
    if (json.wanted()) {
        json.write(document.take());
    }
    return passed ? ExitCode::kComplete : ExitCode::kCheckFailed;
}

}  // namespace vr
