// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "app/memory/memory_report.h"
#include "app/report/json_report.h"
#include "app/report/json_writer.h"
#include "app/report/text.h"
#include "models/hbm4/address_map/address_map.h"

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
        .field("percentile90_fs", r.latency_p90)
        .field("percentile99_fs", r.latency_p99)
        .field("most_fs", r.latency_max);
    json.key("histogram").begin_array();  // from 2^i ticks on, from 0 for the first
    for (std::size_t i = 0; i < r.latency_powers.size(); ++i) {
        json.begin_object()
            .field("below_ticks", std::int64_t{2} << i)
            .field("requests", r.latency_powers[i])
            .end_object();
    }
    json.end_array().end_object();
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
        .field("managements", c.managements)
        .field("forced_managements", c.forced_managements)
        .field("rests", c.rests)
        .field("rest_ticks", c.rest_ticks)
        .field("turns", c.turns)
        .end_object();
    json.field("pseudo_channels", r.pseudo_channels)
        .field("busiest_columns", r.busiest_columns)
        .field("idlest_columns", r.idlest_columns)
        .field("refresh_mode", r.refresh_mode)
        .field("address_map", r.address_map);
}

void write_device(JsonWriter& json, const Hbm4Config& c) {
    json.key("device").begin_object();
    json.field("stacks", c.stacks)
        .field("channels_per_stack", c.channels_per_stack)
        .field("pseudo_channels_per_channel", c.pseudo_channels_per_channel)
        .field("stack_ids", c.stack_ids)
        .field("bank_groups", c.bank_groups)
        .field("banks_per_group", c.banks_per_group)
        .field("rows", c.rows)
        .field("row_bytes", c.row_bytes.value)
        .field("capacity_bytes", c.capacity().value)
        .field("clock_hz", c.clock.value)
        .field("address_bits", hbm4::AddressMap(c).words())
        .end_object();
    json.key("controller").begin_object();
    json.field("scheduler", scheduler_text(c))
        .field("page_policy", c.page_policy)
        .field("refresh", c.refresh)
        .field("refresh_scale", c.refresh_scale)
        .field("refresh_management", c.refresh_management)
        .field("read_queue", c.read_queue)
        .field("write_queue", c.write_queue)
        .end_object();
}

void write_buses(JsonWriter& json, const MemoryResult& r) {
    json.key("data_buses").begin_object().field("ticks", r.bus_ticks);
    json.key("uses").begin_array();
    for (std::size_t i = 0; i < hbm4::kBusUses; ++i) {
        json.begin_object()
            .field("use", hbm4::bus_use_names()[i])
            .field("ticks", r.bus[i])
            .end_object();
    }
    json.end_array().end_object();
}

void write_energy(JsonWriter& json, const MemoryRun& run) {
    const std::vector<CommandEnergy> kinds = command_energy(run);
    json.key("energy").begin_object().field("total_fj", total_energy(kinds).value);
    json.key("commands").begin_array();
    for (const CommandEnergy& kind : kinds) {
        json.begin_object()
            .field("command", kind.command)
            .field("count", kind.count)
            .field("modelled", kind.each.value > 0)
            .field("each_fj", kind.each.value)
            .field("status", kind.status)
            .field("source", kind.source)
            .end_object();
    }
    json.end_array().end_object();
}

// What repeats the run: how accesses were made and paced, as far as it was in force.
void write_drive(JsonWriter& json, const MemoryRun& run) {
    const MemoryDrive& drive = run.drive;
    json.key("drive").begin_object();
    if (run.result.window > 0) {
        json.field("window", run.result.window);
    }
    if (!drive.interval.empty()) {
        json.field("interval", drive.interval);
    }
    if (drive.rate.value > 0) {
        json.field("rate", drive.rate.value);
    }
    if (!drive.format.empty()) {
        json.field("format", drive.format).field("access_bytes", drive.access.value);
    }
    if (drive.trace_clock.value > 0) {
        json.field("trace_clock_hz", drive.trace_clock.value);
    }
    if (!drive.streams.empty()) {
        json.field("seed", fmt::format("{}", drive.seed)).key("streams").begin_array();
        for (const auto& [pattern, shape] : drive.streams) {
            json.begin_object()
                .field("pattern", pattern)
                .field("requests", static_cast<std::int64_t>(shape.requests))
                .field("access_bytes", std::int64_t{shape.bytes})
                .field("stride_bytes", static_cast<std::int64_t>(shape.stride))
                .field("first_address", static_cast<std::int64_t>(shape.base))
                .field("region_bytes", static_cast<std::int64_t>(shape.region_bytes))
                .field("seed", fmt::format("{}", shape.seed));
            if (shape.interval.over > 0) {
                json.field("interval",
                           fmt::format("{}/{}", shape.interval.over, shape.interval.under));
            }
            json.end_object();
        }
        json.end_array();
    }
    json.end_object();
}

}  // namespace

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
    write_drive(json, run);
    json.key("resources").begin_array().begin_object();
    json.field("name", "HBM")
        .field("achieved", r.achieved.value)
        .field("peak", r.peak.value)
        .field("unit", "B/s")
        .field("amount", r.bytes.value)
        .key("utilisation")
        .raw(ratio_text(r.achieved.value, r.peak.value, kRatioDigits));
    json.end_object().end_array();
    write_device(json, run.memory);
    if (!run.roofline) {
        write_measured(json, r);
        write_buses(json, r);
        write_energy(json, run);
    }
    write_faults(json, run.faults);
    json.key("not_modelled").begin_array();
    for (const std::string& line : memory_not_modelled()) {
        json.text(line);
    }
    json.end_array();
    write_configuration(json, run.embedded);
    json.key("host").begin_object();
    json.key("cpu_seconds").raw(ratio_text(run.cpu_microseconds, 1'000'000, kRatioDigits));
    json.key("requests_per_cpu_second")
        .number(scaled_ratio(r.requests, run.cpu_microseconds, 1'000'000));
    if (!run.fidelity.empty()) {
        json.field("fidelity", run.fidelity).field("rtl_clocks", run.rtl_clocks);
    }
    json.end_object().end_object();
    return json.take();
}

}  // namespace vr
