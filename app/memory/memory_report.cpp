// SPDX-License-Identifier: Apache-2.0
#include "app/memory/memory_report.h"

#include <fmt/format.h>

#include "app/report/json_report.h"
#include "app/report/json_writer.h"
#include "app/report/text.h"

namespace vr {

namespace {

constexpr int kRatioDigits = 6;

Time latency_sum(const MemoryResult& r) {
    return r.queue + r.refresh + r.row + r.data + r.controller;
}

// What only the simulation of the machine tells.
void write_measured(JsonWriter& json, const MemoryResult& r) {
    const hbm4::Counters& c = r.totals;
    json.key("latency").begin_object();
    json.field("mean_fs", r.latency_mean)
        .field("median_fs", r.latency_p50)
        .field("percentile99_fs", r.latency_p99)
        .field("most_fs", r.latency_max)
        .end_object();
    json.key("attribution").begin_array();  // of the sum of all latencies
    for (const auto& [name, amount] :
         {std::pair{"queue", r.queue}, std::pair{"refresh", r.refresh}, std::pair{"row", r.row},
          std::pair{"data", r.data}, std::pair{"controller", r.controller}}) {
        json.begin_object().field("owner", name).field("fs", amount).end_object();
    }
    json.end_array();
    json.field("latency_sum_fs", latency_sum(r));
    json.key("counters").begin_object();
    json.field("reads", c.reads)
        .field("writes", c.writes)
        .field("columns_read", c.columns_read)
        .field("columns_written", c.columns_written)
        .field("row_hits", c.row_hits)
        .field("row_misses", c.row_misses)
        .field("row_conflicts", c.row_conflicts)
        .field("activates", c.activates)
        .field("precharges", c.precharges)
        .field("refreshes", c.refreshes)
        .field("forced_refreshes", c.forced_refreshes)
        .field("turns", c.turns)
        .end_object();
    json.field("pseudo_channels", r.pseudo_channels)
        .field("busiest_columns", r.busiest_columns)
        .field("idlest_columns", r.idlest_columns)
        .field("refresh_mode", r.refresh_mode)
        .field("address_map", r.address_map);
}

}  // namespace

std::string memory_text(const MemoryRun& run) {
    const MemoryResult& r = run.result;
    const hbm4::Counters& c = r.totals;
    const std::int64_t rows = c.row_hits + c.row_misses + c.row_conflicts;
    std::string out = fmt::format("{} into {} of {}: {} of {} completed\n", run.input,
                                  run.target == "gpu" ? "the memory of one GPU" : "one channel",
                                  run.embedded.platform, r.answered, run.total);
    if (!r.complete) {
        out += "  stopped by --max-sim-time; what follows counts the answered requests\n";
    }
    out += fmt::format("  time         {}\n", time_text(r.finish));
    out += fmt::format("  bandwidth    {} of {} peak, utilisation {}\n",
                       amount_text(r.achieved.value, "B/s"), amount_text(r.peak.value, "B/s"),
                       percent_text(r.achieved.value, r.peak.value));
    if (run.roofline) {
        return out +
               "  level        roofline: the bytes at the peak bandwidth; latencies, rows and "
               "refresh are not part of it\n";
    }
    out += fmt::format("  latency      mean {}, median {}, 99th percentile {}, most {}\n",
                       time_text(r.latency_mean), time_text(r.latency_p50),
                       time_text(r.latency_p99), time_text(r.latency_max));
    out += fmt::format("  rows         hits {}, misses {}, conflicts {}\n",
                       percent_text(c.row_hits, rows), percent_text(c.row_misses, rows),
                       percent_text(c.row_conflicts, rows));
    out += fmt::format("  refresh      {}: {} commands, {} of them forced\n", r.refresh_mode,
                       c.refreshes, c.forced_refreshes);
    out += fmt::format("  address map  {}\n", r.address_map);
    out += fmt::format(
        "  channels     {} pseudo-channels, columns of the busiest {}, of the idlest "
        "{}\n",
        r.pseudo_channels, r.busiest_columns, r.idlest_columns);
    out += fmt::format("  where the latency went (sum over requests: {})\n",
                       time_text(latency_sum(r)));
    const std::int64_t sum = latency_sum(r).value;
    for (const auto& [name, amount] :
         {std::pair{"queue", r.queue}, std::pair{"refresh", r.refresh}, std::pair{"row", r.row},
          std::pair{"data", r.data}, std::pair{"controller", r.controller}}) {
        out += fmt::format("    {:<11} {:>7}\n", name, percent_text(amount.value, sum));
    }
    return out;
}

std::string memory_json(const MemoryRun& run) {
    const MemoryResult& r = run.result;
    JsonWriter json;
    json.begin_object()
        .field("schema_version", std::int64_t{kReportSchemaVersion})
        .field("level", run.roofline ? "roofline" : "memory")
        .field("input", run.input)
        .field("input_digest", run.input_digest)
        .field("target", run.target)
        .field("revision", run.revision)
        .field("complete", r.complete)
        .field("makespan_fs", r.finish)
        .field("requests", r.requests)
        .field("answered", r.answered)
        .field("completed", r.answered)
        .field("total", run.total)
        .field("bytes", r.bytes.value)
        .field("peak", r.peak.value);
    json.key("utilisation").raw(ratio_text(r.achieved.value, r.peak.value, kRatioDigits));
    json.key("resources").begin_array().begin_object();
    json.field("name", "HBM")
        .field("achieved", r.achieved.value)
        .field("peak", r.peak.value)
        .field("unit", "B/s")
        .field("amount", r.bytes.value)
        .key("utilisation")
        .raw(ratio_text(r.achieved.value, r.peak.value, kRatioDigits));
    json.end_object().end_array();
    if (!run.roofline) {
        write_measured(json, r);
    }
    write_configuration(json, run.embedded);
    json.key("host").begin_object();
    json.key("cpu_seconds").raw(ratio_text(run.cpu_microseconds, 1'000'000, kRatioDigits));
    json.key("requests_per_cpu_second")
        .number(scaled_ratio(r.requests, run.cpu_microseconds, 1'000'000));
    json.end_object().end_object();
    return json.take();
}

}  // namespace vr
