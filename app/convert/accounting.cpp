// SPDX-License-Identifier: Apache-2.0
#include "app/convert/accounting.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/report/json_writer.h"
#include "app/report/text.h"

namespace vr {

namespace {

constexpr int kRatioDigits = 6;
constexpr std::size_t kMostNames = 20;
constexpr std::size_t kMostWarnings = 12;
constexpr std::int64_t kJsonVersion = 1;

struct Total {
    const char* key;
    const char* text;
    std::int64_t (*get)(const TraceTotals&);
};
constexpr std::array<Total, 7> kTotals = {{
    {"operators", "operators", [](const TraceTotals& t) { return t.operators; }},
    {"flops", "FLOPs", [](const TraceTotals& t) { return t.flops; }},
    {"bytes", "bytes", [](const TraceTotals& t) { return t.bytes; }},
    {"communications", "communications", [](const TraceTotals& t) { return t.communications; }},
    {"communicated_bytes", "bytes communicated",
     [](const TraceTotals& t) { return t.communicated; }},
    {"replayed_operators", "replayed operators", [](const TraceTotals& t) { return t.replayed; }},
    {"replayed_fs", "replayed time (fs)",
     [](const TraceTotals& t) { return t.replayed_time.value; }},
}};

void write_totals(JsonWriter& json, const char* key, const TraceTotals& totals) {
    json.key(key).begin_object();
    for (const Total& total : kTotals) {
        const std::int64_t value = total.get(totals);
        if (std::string_view(total.key).ends_with("_fs")) {
            json.field(total.key, Time{value});
        } else {
            json.field(total.key, value);
        }
    }
    json.end_object();
}

std::string cut(const std::string& text, std::size_t width) {
    return text.size() <= width ? text : text.substr(0, width - 2) + "..";
}

std::string names_text(const ImportNotes& notes) {
    if (notes.unmapped.empty()) {
        return "";
    }
    std::string out = "\n  replayed names, by recorded time\n";
    const std::size_t shown = std::min(notes.unmapped.size(), kMostNames);
    for (std::size_t i = 0; i < shown; ++i) {
        const UnmappedName& name = notes.unmapped[i];
        out += fmt::format("  {:<36} {:>7} {:>11}  {} times: {}\n", cut(name.name, 36),
                           percent_text(name.time.value, notes.recorded_time.value),
                           time_text(name.time), name.count, name.why);
    }
    if (shown < notes.unmapped.size()) {
        out += fmt::format("  ... {} more (see --json)\n", notes.unmapped.size() - shown);
    }
    return out;
}

}  // namespace

std::string accounting_text(const Accounting& a) {
    std::string out =
        fmt::format("{} ({}) to {} ({})\n", a.input, a.input_format, a.output, a.output_format);
    out += fmt::format("\n  {:<20} {:>24} {:>24}\n", "", "before", "after");
    for (const Total& total : kTotals) {
        const std::int64_t before = total.get(a.notes.source);
        const std::int64_t after = total.get(a.after);
        out += fmt::format("  {:<20} {:>24} {:>24}{}\n", total.text, before, after,
                           before == after ? "" : "  DIFFERS");
    }
    if (!a.same_workload) {
        out += "  the file that was written does not read back to the same workload\n";
    }
    if (a.notes.recorded_time.value > 0) {
        out += fmt::format(
            "\n  recorded time {}: {} has a shape and is simulated, {} is replayed\n",
            time_text(a.notes.recorded_time),
            percent_text(a.notes.modelled_time.value, a.notes.recorded_time.value),
            percent_text(a.notes.source.replayed_time.value, a.notes.recorded_time.value));
    }
    if (a.notes.left_out_bytes > 0) {
        out += fmt::format("  left out: {} of recorded operands that our operators do not have\n",
                           amount_text(a.notes.left_out_bytes, "B"));
    }
    out += names_text(a.notes);
    const std::size_t shown = std::min(a.notes.warnings.size(), kMostWarnings);
    for (std::size_t i = 0; i < shown; ++i) {
        out += fmt::format("{}  note: {}\n", i == 0 ? "\n" : "", a.notes.warnings[i]);
    }
    if (shown < a.notes.warnings.size()) {
        out += fmt::format("  ... {} more notes (see --json)\n", a.notes.warnings.size() - shown);
    }
    if (a.balanced() && a.output.ends_with(".jsonl") && a.after.communications == 0) {
        out += fmt::format("\n  next\n    vrsim run {}\n", a.output);
    }
    return out;
}

std::string accounting_json(const Accounting& a) {
    JsonWriter json;
    json.begin_object()
        .field("schema_version", kJsonVersion)
        .field("input", a.input)
        .field("input_format", a.input_format)
        .field("output", a.output)
        .field("output_format", a.output_format);
    write_totals(json, "before", a.notes.source);
    write_totals(json, "after", a.after);
    json.field("balanced", a.balanced())
        .field("recorded_fs", a.notes.recorded_time)
        .field("simulated_fs", a.notes.modelled_time)
        .key("replayed_share")
        .raw(ratio_text(a.notes.source.replayed_time.value, a.notes.recorded_time.value,
                        kRatioDigits))
        .field("left_out_bytes", a.notes.left_out_bytes)
        .field("merged_kernels", a.notes.merged);
    json.key("replayed_names").begin_array();
    for (const UnmappedName& name : a.notes.unmapped) {
        json.begin_object()
            .field("name", name.name)
            .field("why", name.why)
            .field("count", name.count)
            .field("fs", name.time)
            .key("share")
            .raw(ratio_text(name.time.value, a.notes.recorded_time.value, kRatioDigits))
            .end_object();
    }
    json.end_array();
    json.key("notes").begin_array();
    for (const std::string& warning : a.notes.warnings) {
        json.text(warning);
    }
    json.end_array().end_object();
    return json.take();
}

}  // namespace vr
