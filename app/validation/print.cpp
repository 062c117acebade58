// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "app/report/json_writer.h"
#include "app/validation/validate.h"

namespace vr {

namespace {

// "3 rows: no preset for device X" for every reason, in order of first appearance.
std::string reasons(const std::vector<JudgedRow>& rows, RowState state) {
    std::vector<std::pair<std::string, std::size_t>> counts;
    for (const JudgedRow& judged : rows) {
        if (judged.prediction.state != state) {
            continue;
        }
        const auto found = std::find_if(counts.begin(), counts.end(), [&](const auto& c) {
            return c.first == judged.prediction.why;
        });
        if (found == counts.end()) {
            counts.emplace_back(judged.prediction.why, 1);
        } else {
            ++found->second;
        }
    }
    std::string out;
    for (const auto& [why, count] : counts) {
        out += fmt::format("      {} x {}\n", count, why);
    }
    return out;
}

std::string decimal(double value) {
    return fmt::format("{:.4f}", value);
}

// The rows with the largest errors, with their parameters.
std::string worst_rows(const FamilySummary& s) {
    constexpr std::size_t kWorst = 5;
    std::vector<const JudgedRow*> rows;
    for (const JudgedRow& row : s.judged) {
        rows.push_back(&row);
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const JudgedRow* a, const JudgedRow* b) { return a->error > b->error; });
    std::string out = rows.empty() ? "" : "  worst rows (line: simulated against measured)\n";
    for (std::size_t i = 0; i < std::min(kWorst, rows.size()); ++i) {
        const JudgedRow& row = *rows[i];
        const bool modelled = row.prediction.state == RowState::kModelled;
        std::string parameters;
        for (const auto& [name, value] : row.row.parameters) {
            if (!value.empty() && name != "source" && name != "note") {
                parameters += fmt::format(" {}={}", name, value);
            }
        }
        out += fmt::format("    {}: {:.5g} against {:.5g} {}{}, {} {}{}\n", row.row.line,
                           modelled ? row.prediction.simulated : row.prediction.roofline,
                           row.row.value, row.row.unit, modelled ? "" : " (roofline)",
                           row.row.device, row.row.experiment, parameters);
    }
    return out;
}

// Whether the family is judged, and how it did.
std::string verdict(const FamilySummary& s) {
    if (s.roofline) {
        return "  level roofline: its figures stand as the simulated ones; printed, not judged\n";
    }
    if (!s.judged_by_limits()) {
        return "  printed, not judged: no limit is set for this family\n";
    }
    const std::string allowed = fmt::format("median up to {}, 90th percentile up to {}",
                                            decimal(s.median_limit), decimal(s.percentile90_limit));
    std::string out;
    for (const ExperimentSummary& e : s.experiments) {
        if (!s.within_limits(e)) {
            out += fmt::format("  FAILED: {} has median {}, 90th percentile {}; allowed: {}\n",
                               e.name, decimal(e.median), decimal(e.percentile90), allowed);
        }
    }
    return !out.empty() ? out : fmt::format("  passed in every experiment: {}\n", allowed);
}

void write_errors(JsonWriter& json, double median, double percentile90, double roofline) {
    json.key("median_abs_log_ratio").raw(decimal(median));
    json.key("p90_abs_log_ratio").raw(decimal(percentile90));
    json.key("roofline_median_abs_log_ratio").raw(decimal(roofline));
}

void write_rows(JsonWriter& json, const char* key, const std::vector<JudgedRow>& rows) {
    json.key(key).begin_array();
    for (const JudgedRow& judged : rows) {
        json.begin_object()
            .field("line", std::int64_t{judged.row.line})
            .field("device", judged.row.device)
            .field("experiment", judged.row.experiment)
            .field("unit", judged.row.unit)
            .key("measured")
            .raw(fmt::format("{:.6g}", judged.row.value));
        if (judged.prediction.state == RowState::kModelled) {
            json.key("simulated").raw(fmt::format("{:.6g}", judged.prediction.simulated));
        }
        if (judged.prediction.state != RowState::kLeftOut) {
            json.key("roofline").raw(fmt::format("{:.6g}", judged.prediction.roofline));
            json.key("error").raw(decimal(judged.error));
            json.key("roofline_error").raw(decimal(judged.roofline_error));
        }
        json.field("why", judged.prediction.why).end_object();
    }
    json.end_array();
}

}  // namespace

std::string validation_table(const std::vector<FamilySummary>& summaries) {
    std::string out = fmt::format("{:<28} {:>6} {:>9}   {:>8} {:>8}   {:>8} {:>8}\n", "family",
                                  "judged", "modelled", "median", "90th", "median", "90th");
    out += fmt::format("{:<28} {:>6} {:>9}   {:>17}   {:>17}\n", "", "rows", "rows",
                       "|ln(sim/meas)|", "roofline's");
    for (const FamilySummary& s : summaries) {
        out += fmt::format("{:<28} {:>6} {:>9}   {:>8} {:>8}   {:>8} {:>8}\n", s.name,
                           s.judged.size(), s.modelled, decimal(s.median), decimal(s.percentile90),
                           decimal(s.roofline_median), decimal(s.roofline_percentile90));
        for (const ExperimentSummary& e : s.experiments) {
            out += fmt::format("  {:<26.26} {:>6} {:>9}   {:>8} {:>8}\n", e.name, e.rows, "",
                               decimal(e.median), decimal(e.percentile90));
        }
    }
    for (const FamilySummary& s : summaries) {
        out += fmt::format("\n{}: {} rows in the file, {} slower than another of the same case\n{}",
                           s.name, s.rows, s.slower, verdict(s));
        out += fmt::format("  medians of two halves of the rows: {} and {}\n",
                           decimal(s.half_medians[0]), decimal(s.half_medians[1]));
        out += worst_rows(s);
        if (s.modelled < s.judged.size()) {
            out += fmt::format("  not modelled, counted with the roofline's error: {}\n{}",
                               s.judged.size() - s.modelled,
                               reasons(s.judged, RowState::kNotModelled));
        }
        if (!s.left_out.empty()) {
            out += fmt::format("  left out, a needed parameter is missing: {}\n{}",
                               s.left_out.size(), reasons(s.left_out, RowState::kLeftOut));
        }
    }
    return out;
}

std::string validation_markdown(const std::vector<FamilySummary>& summaries) {
    std::string out =
        "| family | device | rows | not modelled | median | 90th percentile | roofline's median |\n"
        "|---|---|---:|---:|---:|---:|---:|\n";
    const auto percent = [](double error) { return fmt::format("{:.1f} %", error * 100); };
    for (const FamilySummary& s : summaries) {
        out += fmt::format("| **{}** | all | {} | {} | **{}** | {} | {} |\n", s.name,
                           s.judged.size(), s.judged.size() - s.modelled, percent(s.median),
                           percent(s.percentile90), percent(s.roofline_median));
        for (const DeviceSummary& d : s.devices) {
            out +=
                fmt::format("| | {} | {} | {} | {} | {} | {} |\n", d.name, d.rows, d.not_modelled,
                            percent(d.median), percent(d.percentile90), percent(d.roofline_median));
        }
    }
    return out;
}

std::string validation_json(const std::vector<FamilySummary>& summaries) {
    JsonWriter json;
    json.begin_array();
    for (const FamilySummary& s : summaries) {
        json.begin_object()
            .field("family", s.name)
            .field("device", "all")
            .field("not_modelled", static_cast<std::int64_t>(s.judged.size() - s.modelled))
            .field("level", s.roofline ? "roofline" : "detailed")
            .field("rows", static_cast<std::int64_t>(s.rows))
            .field("slower", static_cast<std::int64_t>(s.slower))
            .field("judged", static_cast<std::int64_t>(s.judged.size()))
            .field("modelled", static_cast<std::int64_t>(s.modelled));
        json.key("median").raw(decimal(s.median));
        json.key("percentile90").raw(decimal(s.percentile90));
        json.key("roofline_median").raw(decimal(s.roofline_median));
        json.key("roofline_percentile90").raw(decimal(s.roofline_percentile90));
        write_errors(json, s.median, s.percentile90, s.roofline_median);
        json.key("half_medians")
            .begin_array()
            .raw(decimal(s.half_medians[0]))
            .raw(decimal(s.half_medians[1]))
            .end_array();
        const bool limits = s.judged_by_limits();
        json.key("median_limit").raw(limits ? decimal(s.median_limit) : "null");
        json.key("percentile90_limit").raw(limits ? decimal(s.percentile90_limit) : "null");
        json.key("passed").raw(!limits ? "null" : s.passed() ? "true" : "false");
        json.key("experiments").begin_array();
        for (const ExperimentSummary& e : s.experiments) {
            json.begin_object()
                .field("name", e.name)
                .field("rows", static_cast<std::int64_t>(e.rows));
            json.key("median").raw(decimal(e.median));
            json.key("percentile90").raw(decimal(e.percentile90)).end_object();
        }
        json.end_array();
        write_rows(json, "judged_rows", s.judged);
        write_rows(json, "left_out_rows", s.left_out);
        json.end_object();
        for (const DeviceSummary& d : s.devices) {
            json.begin_object()
                .field("family", s.name)
                .field("device", d.name)
                .field("rows", static_cast<std::int64_t>(d.rows))
                .field("not_modelled", static_cast<std::int64_t>(d.not_modelled));
            write_errors(json, d.median, d.percentile90, d.roofline_median);
            json.end_object();
        }
    }
    json.end_array();
    return json.take();
}

}  // namespace vr
