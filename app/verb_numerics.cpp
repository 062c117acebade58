// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "app/json_output.h"
#include "app/paths.h"
#include "app/report/json_writer.h"
#include "app/verbs.h"
#include "models/numerics/check/vector_set.h"

namespace vr {

namespace {

std::string text(const CheckSummary& summary) {
    if (!summary.judged) {
        return fmt::format("open  {}: {} ({})\n", summary.path, summary.note, summary.subject);
    }
    std::string out =
        fmt::format("{}  {}: {} of {} cases right ({})\n", summary.failed == 0 ? "ok  " : "FAIL",
                    summary.path, summary.passed, summary.cases, summary.subject);
    for (const CheckFailure& failure : summary.failures) {
        out += fmt::format("      {}\n", failure.text());
    }
    if (summary.failed > summary.failures.size()) {
        out += fmt::format("      ... {} more\n", summary.failed - summary.failures.size());
    }
    for (const Corner corner : corner_list(summary.corners)) {
        out += fmt::format("      open corner touched: {}\n", corner_text(corner));
    }
    return out;
}

void write(JsonWriter& json, const CheckSummary& summary) {
    json.begin_object()
        .field("path", summary.path)
        .field("subject", summary.subject)
        .field("judged", summary.judged)
        .field("note", summary.note)
        .field("cases", static_cast<std::int64_t>(summary.cases))
        .field("passed", static_cast<std::int64_t>(summary.passed))
        .field("failed", static_cast<std::int64_t>(summary.failed));
    json.key("failures").begin_array();
    for (const CheckFailure& failure : summary.failures) {
        json.begin_object()
            .field("line", std::int64_t{failure.line})
            .field("column", failure.column)
            .field("inputs", failure.inputs)
            .field("expected", failure.expected)
            .field("got", failure.got)
            .end_object();
    }
    json.end_array();
    json.key("open_corners").begin_array();
    for (const Corner corner : corner_list(summary.corners)) {
        json.text(corner_text(corner));
    }
    json.end_array().end_object();
}

void gather(const InputError& error, std::vector<Diagnostic>& problems) {
    problems.insert(problems.end(), error.diagnostics().begin(), error.diagnostics().end());
}

std::vector<std::string> all_files(const std::vector<std::string>& given,
                                   std::vector<Diagnostic>& problems) {
    std::vector<std::string> out;
    for (const std::string& name : given) {
        try {
            const std::vector<std::string> files = vector_files(name);
            out.insert(out.end(), files.begin(), files.end());
        } catch (const InputError& error) {
            gather(error, problems);
        }
    }
    return out;
}

}  // namespace

ExitCode verb_numerics(const CommandLine& line) {
    const Console console(line.common);
    JsonOutput json(line.common.json);
    CheckOptions options;
    options.switches = parse_rule_switches(line.rule);
    const std::vector<std::string> given =
        line.names.empty() ? std::vector{tree_path("testbenches/numerics/vectors")} : line.names;
    JsonWriter document;
    document.begin_array();
    CheckTotal total;
    std::vector<Diagnostic> problems;  // a bad file does not keep the others from being checked
    for (const std::string& path : all_files(given, problems)) {
        try {
            const CheckSummary summary = check_vector_file(path, options);
            total.add(summary);
            write(document, summary);
            if (summary.judged && summary.failed > 0 && line.common.quiet) {
                fmt::print(stderr, "{}", text(summary));
            }
            console.print(text(summary));
        } catch (const InputError& error) {
            gather(error, problems);
        }
    }
    document.end_array();
    if (total.any()) {
        console.print(total.text() + "\n");
    }
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
    if (json.wanted()) {
        json.write(document.take());
    }
    return total.passed == total.cases ? ExitCode::kComplete : ExitCode::kCheckFailed;
}

}  // namespace vr
