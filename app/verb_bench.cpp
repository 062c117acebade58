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

}  // namespace

ExitCode verb_bench(const CommandLine& line) {
    constexpr int kRatioDigits = 6;
    const std::vector<Benchmark> selected = chosen(line.names);
    const Console console(line.common);
    JsonOutput json(line.common.json);
    JsonWriter document;
    document.begin_array();
    for (const Benchmark& benchmark : selected) {
        const BenchmarkResult result = benchmark.run();
        const std::string ratio = ratio_text(result.value, result.baseline, kRatioDigits);
        document.begin_object()
            .field("name", benchmark.name)
            .field("value", result.value)
            .field("unit", benchmark.unit)
            .field("baseline", result.baseline)
            .key("ratio")
            .raw(ratio)
            .field("description", benchmark.description)
            .field("note", result.note)
            .end_object();
        console.print(fmt::format(
            "{:<24} {:>16}  baseline {:>16}  ratio {}\n    {}\n{}", benchmark.name,
            amount_text(result.value, benchmark.unit), amount_text(result.baseline, benchmark.unit),
            ratio, benchmark.description, result.note.empty() ? "" : "    " + result.note + "\n"));
    }
    document.end_array();
    if (json.wanted()) {
        json.write(document.take());
    }
    return ExitCode::kComplete;
}

}  // namespace vr
