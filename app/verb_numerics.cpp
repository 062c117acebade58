// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "app/json_output.h"
#include "app/report/json_writer.h"
#include "app/verbs.h"
#include "models/numerics/check/vector_check.h"

namespace vr {

namespace {

std::string text(const CheckSummary& summary) {
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

}  // namespace

ExitCode verb_numerics(const CommandLine& line) {
    const Console console(line.common);
    JsonOutput json(line.common.json);
    JsonWriter document;
    document.begin_array();
    bool failed = false;
    for (const std::string& path : line.names) {
        const CheckSummary summary = check_vector_file(path);
        failed = failed || summary.failed > 0;
        write(document, summary);
        if (summary.failed > 0 && line.common.quiet) {
            fmt::print(stderr, "{}", text(summary));
        }
        console.print(text(summary));
    }
    document.end_array();
    if (json.wanted()) {
        json.write(document.take());
    }
    return failed ? ExitCode::kCheckFailed : ExitCode::kComplete;
}

}  // namespace vr
