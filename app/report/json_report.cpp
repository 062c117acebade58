// SPDX-License-Identifier: Apache-2.0
#include "app/report/json_report.h"

#include <fmt/format.h>

#include "app/report/json_writer.h"
#include "app/report/matter.h"
#include "app/report/text.h"

namespace vr {

namespace {

constexpr int kRatioDigits = 6;

void write_operators(JsonWriter& json, const RunResult& result) {
    json.key("operators").begin_array();
    for (const OperatorResult& op : result.operators) {
        json.begin_object()
            .field("id", op.id)
            .field("kind", op.kind)
            .field("shape", op.shape)
            .field("begin_fs", op.begin)
            .field("end_fs", op.end)
            .field("completed", op.completed)
            .field("total", op.total)
            .field("bound_by", op.bound_by)
            .field("roofline_fs", op.roofline)
            .field("flops", op.flops)
            .field("requested_bytes", op.requested_bytes)
            .field("hbm_bytes", op.hbm_bytes)
            .field("fidelity", op.fidelity)
            .end_object();
    }
    json.end_array();
}

void write_attribution(JsonWriter& json, const RunResult& result) {
    json.key("attribution").begin_array();
    for (const ChargeResult& charge : result.attribution) {
        json.begin_object()
            .field("owner", charge.owner)
            .field("resource", charge.resource)
            .field("fs", charge.amount)
            .end_object();
    }
    json.end_array();
}

void write_resources(JsonWriter& json, const RunResult& result) {
    json.key("resources").begin_array();
    for (const ResourceResult& r : result.resources) {
        const std::int64_t achieved = rate_per_second(r.amount, result.makespan);
        json.begin_object()
            .field("name", r.name)
            .field("achieved", achieved)
            .field("peak", r.peak_per_second)
            .field("unit", r.unit)
            .field("amount", r.amount)
            .key("utilisation")
            .raw(ratio_text(achieved, r.peak_per_second, kRatioDigits))
            .end_object();
    }
    json.end_array();
}

void write_tensors(JsonWriter& json, const RunResult& result) {
    json.key("tensors").begin_array();
    for (const TensorResult& t : result.tensors) {
        json.begin_object()
            .field("name", t.name)
            .field("bytes", t.bytes)
            .field("role", t.role)
            .field("requested_bytes", t.requested_bytes)
            .field("l2_hit_bytes", t.l2_hit_bytes)
            .field("l2_miss_bytes", t.l2_miss_bytes)
            .field("hbm_read_bytes", t.hbm_read_bytes)
            .field("l2_prefetched_bytes", t.l2_prefetched_bytes)
            .field("hbm_write_bytes", t.hbm_write_bytes)
            .field("dirty_lines", t.dirty_lines)
            .field("dirty_bytes", t.dirty_bytes);
        if (t.at_host) {
            json.field("place", "host")
                .field("c2c_read_bytes", t.c2c_read_bytes)
                .field("c2c_write_bytes", t.c2c_write_bytes);
        }
        json.field("digest", t.digest).end_object();
    }
    json.end_array();
}

void write_what_if(JsonWriter& json, const RunResult& result) {
    json.key("what_if").begin_array();
    for (const WhatIfResult& what : result.what_if) {
        json.begin_object()
            .field("resource", what.resource)
            .field("change", what.change)
            .field("charged_fs", what.charged)
            .field("makespan_fs", what.makespan)
            .end_object();
    }
    json.end_array();
}

void write_beside(JsonWriter& json, const BesideResult& beside) {
    json.key("beside")
        .begin_object()
        .field("platform", beside.platform)
        .field("makespan_fs", beside.makespan)
        .field("complete", beside.complete)
        .key("operators")
        .begin_array();
    for (const BesideResult::Operator& op : beside.operators) {
        json.begin_object()
            .field("id", op.id)
            .field("here_fs", op.here)
            .field("there_fs", op.there)
            .end_object();
    }
    json.end_array().key("peaks").begin_array();
    for (const BesideResult::Peak& peak : beside.peaks) {
        json.begin_object()
            .field("resource", peak.resource)
            .field("here", peak.here)
            .field("there", peak.there)
            .end_object();
    }
    json.end_array().end_object();
}

void write_power(JsonWriter& json, const PowerResult& power) {
    json.key("power")
        .begin_object()
        .field("governor", power.governor)
        .field("sm_clock_hz", power.clock.value)
        .field("full_sm_clock_hz", power.full_clock.value)
        .field("milliwatts", power.milliwatts)
        .field("limit_milliwatts", power.limit_milliwatts);
    json.key("parts").begin_array();
    for (const PowerResult::Part& part : power.parts) {
        json.begin_object()
            .field("name", part.name)
            .field("milliwatts", part.milliwatts)
            .end_object();
    }
    json.end_array().end_object();
}

void write_list(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
    json.key(name).begin_array();
    for (const std::string& text : texts) {
        json.text(text);
    }
    json.end_array();
}

void write_parameters_that_mattered(JsonWriter& json, const RunResult& result) {
    json.key("estimated_parameters").begin_array();
    for (const MatteringParameter& p : mattering_parameters(result)) {
        json.begin_object()
            .field("path", p.path)
            .field("value", p.value)
            .field("resource", p.resource)
            .field("resource_fs", p.owned)
            .end_object();
    }
    json.end_array();
}

void write_statistics(JsonWriter& json, const RunResult& result) {
    json.key("statistics").begin_object();
    for (const Statistic& s : result.statistics) {
        json.key(s.path).begin_object();
        if (s.unit == "fs") {
            json.field("value", Time{s.value});
        } else {
            json.field("value", s.value);
        }
        json.field("unit", s.unit).field("description", s.description).end_object();
    }
    json.end_object();
}

void write_host(JsonWriter& json, const RunResult& result) {
    const HostResult& host = result.host;
    json.key("host").begin_object();
    json.key("cpu_seconds").raw(ratio_text(host.cpu_microseconds, 1'000'000, kRatioDigits));
    json.key("simulated_ns_per_cpu_second")
        .number(scaled_ratio(result.makespan.value, host.cpu_microseconds, 1));  // fs/us = ns/s
    json.field("peak_memory_bytes", host.peak_memory_bytes);
    json.field("fold", host.fold).field("compose", host.compose);
    for (const auto& [name, value] : host.counters) {
        json.field(name, value);
    }
    json.end_object();
}

void write_firmware(JsonWriter& json, const FirmwareResult& firmware) {
    json.key("firmware")
        .begin_object()
        .field("file", firmware.file)
        .field("digest", firmware.digest)
        .field("verdict", firmware.verdict)
        .field("code", firmware.code)
        .field("ended_fs", firmware.ended)
        .field("doorbells", firmware.doorbells)
        .field("instructions", firmware.instructions)
        .field("where", firmware.where)
        .field("refusal", firmware.refusal)
        .field("log_lines", firmware.log_lines);
    write_list(json, "log", firmware.log);
    json.end_object();
}

}  // namespace

void write_configuration(JsonWriter& json, const RunResult& result) {
    json.key("configuration").begin_object();
    json.field("platform", result.platform).field("profile", result.profile);
    json.key("parameters").begin_object();
    for (const ParameterResult& p : result.configuration) {
        json.key(p.path)
            .begin_object()
            .field("value", p.value)
            .field("status", p.status)
            .field("source", p.source);
        if (!p.without_effect.empty()) {
            json.field("without_effect", p.without_effect);
        }
        json.end_object();
    }
    json.end_object().end_object();
}

std::string json_report(const RunResult& result) {
    JsonWriter json;
    json.begin_object()
        .field("schema_version", std::int64_t{kReportSchemaVersion})
        .field("level", result.level)
        .field("trace", result.trace_name)
        .field("trace_digest", result.trace_digest)
        .field("seed", fmt::format("{}", result.seed))
        .field("revision", result.revision)
        .field("complete", result.complete)
        .field("makespan_fs", result.makespan)
        .field("roofline_fs", result.roofline)
        .field("tokens", result.tokens)
        .field("layers", result.layers)
        .field("model_layers", result.model_layers)
        .field("tokens_per_second", rate_per_second(result.tokens, result.makespan));
    json.key("bound_by")
        .begin_object()
        .field("resource", result.bound_by.resource)
        .field("fs", result.bound_by.owned)
        .key("share")
        .raw(ratio_text(result.bound_by.owned.value, result.makespan.value, kRatioDigits))
        .end_object();
    json.key("replayed")
        .begin_object()
        .field("operators", result.replayed.operators)
        .field("covered_fs", result.replayed.covered)
        .field("owned_fs", result.replayed.owned)
        .key("share")
        .raw(ratio_text(result.replayed.covered.value, result.makespan.value, kRatioDigits))
        .end_object();
    write_operators(json, result);
    write_attribution(json, result);
    write_resources(json, result);
    write_tensors(json, result);
    write_parameters_that_mattered(json, result);
    if (!result.what_if.empty()) {
        write_what_if(json, result);
    }
    if (result.beside) {
        write_beside(json, *result.beside);
    }
    if (result.power) {
        write_power(json, *result.power);
    }
    write_list(json, "numeric_corners", result.numeric_corners);
    write_list(json, "outside_envelope", result.outside_envelope);
    write_list(json, "speed_ups_off", result.speed_ups_off);
    json.key("laws").begin_array();
    for (const LawResult& law : result.laws) {
        json.begin_object().field("name", law.name).field("passed", law.passed).end_object();
    }
    json.end_array();
    if (result.firmware) {
        write_firmware(json, *result.firmware);
    }
    write_faults(json, result.memory_faults);
    write_statistics(json, result);
    write_configuration(json, result);
    write_host(json, result);
    json.end_object();
    return json.take();
}

}  // namespace vr
