// SPDX-License-Identifier: Apache-2.0
#include "app/report/terminal_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "app/report/matter.h"
#include "app/report/text.h"
#include "models/base/quantity_text.h"

namespace vr {

namespace {

constexpr std::size_t kMostOperators = 20;
constexpr std::size_t kMostParameters = 8;
constexpr std::size_t kMostResources = 10;
constexpr std::size_t kMostOwners = 3;  // of one resource
constexpr std::size_t kOwnerLines = 8;
constexpr std::int64_t kBar = 20;

std::string cut(const std::string& text, std::size_t width) {
    return text.size() <= width ? text : text.substr(0, width - 2) + "..";
}

// `text` in lines of at most kColumns, later ones indented by four.
std::string wrapped(const std::string& text) {
    constexpr std::size_t kColumns = 98;
    std::string out;
    std::string rest = text;
    while (rest.size() > kColumns) {
        std::size_t at = rest.rfind(' ', kColumns);
        at = at == std::string::npos || at < kColumns / 2 ? kColumns : at;
        out += rest.substr(0, at) + "\n";
        rest = "    " + rest.substr(rest.find_first_not_of(' ', at));
    }
    return out + rest + "\n";
}

// A share as a bar of kBar places; anything above nothing shows.
std::string bar(std::int64_t amount, std::int64_t whole) {
    std::int64_t filled = scaled_ratio(amount, whole, kBar);
    filled = std::clamp<std::int64_t>(filled == 0 && amount > 0 ? 1 : filled, 0, kBar);
    return std::string(static_cast<std::size_t>(filled), '#') +
           std::string(static_cast<std::size_t>(kBar - filled), '.');
}

// A rate for what was run, and for the whole model where only a part of its layers was.
std::string tokens_line(const RunResult& r) {
    std::string out = fmt::format("  tokens    {}, {} tokens/s", r.tokens,
                                  amount_text(rate_per_second(r.tokens, r.makespan), ""));
    if (r.layers > 0 && r.model_layers > r.layers) {
        const Time all{r.makespan.value / r.layers * r.model_layers};
        out += fmt::format(" through {} of {} layers; {} if all were like {}", r.layers,
                           r.model_layers, amount_text(rate_per_second(r.tokens, all), "tokens/s"),
                           r.layers == 1 ? "it" : "them");
    }
    return out + "\n";
}

// The clock, where a power limit may have lowered it.
std::string clock_line(const PowerResult& power) {
    const auto watts = [](std::int64_t milliwatts) { return (milliwatts + 500) / 1000; };
    const auto largest =
        std::max_element(power.parts.begin(), power.parts.end(),
                         [](const auto& a, const auto& b) { return a.milliwatts < b.milliwatts; });
    return fmt::format("  clock     {} of {}: {} W of {} W, most by {} ({} W)\n",
                       to_text(power.clock), to_text(power.full_clock), watts(power.milliwatts),
                       watts(power.limit_milliwatts), largest->name, watts(largest->milliwatts));
}

std::string heading(const RunResult& r) {
    std::string out = fmt::format(
        "{} on {}{}, {}\n", r.trace_name, r.platform,
        r.profile.empty() ? "" : " (" + r.profile + ")",
        r.level == "roofline" ? "ROOFLINE level: formulas, no simulation" : "level " + r.level);
    out += fmt::format("  time      {}", time_text(r.makespan));
    out += fmt::format("   roofline bound {} ({} of the time)\n", time_text(r.roofline),
                       percent_text(r.roofline.value, r.makespan.value));
    if (!r.bound_by.resource.empty()) {
        out += fmt::format("  bound by  {}, {} of the time\n", r.bound_by.resource,
                           percent_text(r.bound_by.owned.value, r.makespan.value));
    }
    if (r.power && r.power->governor != "none") {
        out += clock_line(*r.power);
    }
    if (r.tokens > 0) {
        out += tokens_line(r);
    }
    if (r.replayed.operators > 0) {
        out += fmt::format(
            "  replayed  {} of the time: {} operators with a recorded time, nothing simulated\n",
            percent_text(r.replayed.covered.value, r.makespan.value), r.replayed.operators);
    }
    const auto done =
        std::count_if(r.operators.begin(), r.operators.end(),
                      [](const OperatorResult& op) { return op.completed == op.total; });
    out += fmt::format(
        "  operators {} of {} complete{}, seed {}, revision {}\n", done, r.operators.size(),
        r.complete ? "" : "; stopped by --max-sim-time with work left", r.seed, r.revision);
    return out;
}

std::string operator_table(const RunResult& r) {
    std::string out = fmt::format("\n  {:<20} {:>11} {:>7}  {:<13} {:>9} {:>8}  {}\n", "operator",
                                  "time", "share", "bound by", "HBM read", "FLOPs", "fidelity");
    const std::size_t shown = std::min(r.operators.size(), kMostOperators);
    for (std::size_t i = 0; i < shown; ++i) {
        const OperatorResult& op = r.operators[i];
        const Time time = op.end - op.begin;
        out += fmt::format("  {:<20} {:>11} {:>7}  {:<13} {:>9} {:>8}  {}\n", cut(op.id, 20),
                           time_text(time), percent_text(time.value, r.makespan.value),
                           cut(op.bound_by, 13), amount_text(op.hbm_bytes, "B"),
                           amount_text(op.flops, ""), op.fidelity);
    }
    if (shown < r.operators.size()) {
        out += fmt::format("  ... {} more (see --json)\n", r.operators.size() - shown);
    }
    return out;
}

std::string resource_table(const RunResult& r) {
    std::string out = "\n  achieved against peak, over the whole run\n";
    for (const ResourceResult& resource : r.resources) {
        const std::int64_t achieved = rate_per_second(resource.amount, r.makespan);
        out += fmt::format("  {:<22} {} {:>7}  {} of {}\n", cut(resource.name, 22),
                           bar(achieved, resource.peak_per_second),
                           percent_text(achieved, resource.peak_per_second),
                           amount_text(achieved, resource.unit),
                           amount_text(resource.peak_per_second, resource.unit));
    }
    return out;
}

// The charges of one resource, largest first.
std::vector<ChargeResult> charges_of(const RunResult& r, const std::string& resource) {
    std::vector<ChargeResult> charges;
    std::copy_if(r.attribution.begin(), r.attribution.end(), std::back_inserter(charges),
                 [&](const ChargeResult& charge) { return charge.resource == resource; });
    std::stable_sort(
        charges.begin(), charges.end(),
        [](const ChargeResult& a, const ChargeResult& b) { return a.amount > b.amount; });
    return charges;
}

// The owners within one resource, at most `lines` of them; smaller ones in one line.
std::string owner_lines(const RunResult& r, const std::vector<ChargeResult>& charges,
                        std::size_t lines) {
    const std::size_t shown = charges.size() <= lines ? charges.size() : lines - 1;
    const auto line = [&](const std::string& name, Time amount) {
        return fmt::format("    {:<41} {:>7}  {:>11}\n", cut(name, 41),
                           percent_text(amount.value, r.makespan.value), time_text(amount));
    };
    std::string out;
    for (std::size_t i = 0; i < shown; ++i) {
        out += line(charges[i].owner, charges[i].amount);
    }
    if (shown < charges.size()) {
        Time rest;
        for (std::size_t i = shown; i < charges.size(); ++i) {
            rest += charges[i].amount;
        }
        out += line(fmt::format("... {} smaller ones", charges.size() - shown), rest);
    }
    return out;
}

// A bar for each resource; below the largest ones who of them owns the time.
std::string attribution_table(const RunResult& r) {
    std::string out =
        fmt::format("\n  where the time went (sums to {} fs exactly)\n", r.makespan.value);
    const std::vector<OwnedTime> owned = owned_by_resource(r);
    const std::size_t shown = owned.size() <= kMostResources ? owned.size() : kMostResources - 1;
    std::size_t lines = kOwnerLines;
    Time rest = r.makespan;
    for (std::size_t i = 0; i < shown; ++i) {
        rest -= owned[i].owned;
        const std::vector<ChargeResult> charges = charges_of(r, owned[i].resource);
        const bool alone = charges.size() == 1 && charges[0].owner != owned[i].resource;
        out +=
            fmt::format("  {:<22} {} {:>7}  {:>11}{}\n", cut(owned[i].resource, 22),
                        bar(owned[i].owned.value, r.makespan.value),
                        percent_text(owned[i].owned.value, r.makespan.value),
                        time_text(owned[i].owned), alone ? "  " + cut(charges[0].owner, 30) : "");
        const std::size_t most = std::min(lines, kMostOwners);
        if (charges.size() > 1 && most > 1) {
            out += owner_lines(r, charges, most);
            lines -= std::min(most, charges.size());
        }
    }
    if (shown < owned.size()) {
        out += fmt::format("  ... {} smaller resources (see --json): {}\n", owned.size() - shown,
                           time_text(rest));
    }
    return out;
}

// What twice of each resource gains, from runs of their own.
std::string what_if_table(const RunResult& r) {
    if (r.what_if.empty()) {
        return "";
    }
    std::string out = "\n  what if, each from a run of its own\n";
    for (const WhatIfResult& what : r.what_if) {
        const bool longer = what.makespan > r.makespan;
        const Time change = longer ? what.makespan - r.makespan : r.makespan - what.makespan;
        out += fmt::format("  {:<48} {:>11} {:>7} {}  charged {:>7}\n", what.change,
                           time_text(what.makespan), percent_text(change.value, r.makespan.value),
                           longer ? "longer " : "shorter",
                           percent_text(what.charged.value, r.makespan.value));
    }
    return out;
}

// Times of both machines, and their ratio: above one where this one is faster.
std::string beside_table(const RunResult& r) {
    if (!r.beside) {
        return "";
    }
    const BesideResult& there = *r.beside;
    const auto ratio = [](std::int64_t above, std::int64_t below) {
        return below == 0 ? "-" : ratio_text(above, below, 2);
    };
    std::string out = fmt::format("\n  beside {:<33} {:>11} {:>11} {:>7}\n",
                                  cut(there.platform, 33), "here", "there", "ratio");
    const auto line = [&](const std::string& name, Time here, Time other) {
        out += fmt::format("  {:<40} {:>11} {:>11} {:>7}\n", cut(name, 40), time_text(here),
                           time_text(other), ratio(other.value, here.value));
    };
    line(there.complete ? "the whole run" : "the whole run, stopped there", r.makespan,
         there.makespan);
    const std::size_t shown = std::min(there.operators.size(), kMostOperators);
    for (std::size_t i = 0; i < shown; ++i) {
        line(there.operators[i].id, there.operators[i].here, there.operators[i].there);
    }
    if (shown < there.operators.size()) {
        out += fmt::format("  ... {} more (see --json)\n", there.operators.size() - shown);
    }
    for (const BesideResult::Peak& peak : there.peaks) {
        out += fmt::format("  peak of {:<56} {:>7}\n", peak.resource, ratio(peak.here, peak.there));
    }
    return out;
}

// Bytes by what they are to the model, with the largest tensors of each.
std::string role_table(const RunResult& r) {
    constexpr std::size_t kMostNamed = 3;
    std::string out;
    for (const char* role : {"weights", "cache", "activations"}) {
        std::vector<const TensorResult*> tensors;
        std::int64_t bytes = 0;
        std::int64_t read = 0;
        std::int64_t written = 0;
        for (const TensorResult& t : r.tensors) {
            if (t.role == role) {
                tensors.push_back(&t);
                bytes += t.bytes;
                read += t.hbm_read_bytes;
                written += t.hbm_write_bytes;
            }
        }
        if (tensors.empty()) {
            continue;
        }
        std::stable_sort(tensors.begin(), tensors.end(),
                         [](const auto* a, const auto* b) { return a->bytes > b->bytes; });
        std::string named;
        for (std::size_t i = 0; i < std::min(kMostNamed, tensors.size()); ++i) {
            named += fmt::format("{}{} {}", i == 0 ? "" : ", ", cut(tensors[i]->name, 22),
                                 amount_text(tensors[i]->bytes, "B"));
        }
        if (tensors.size() > kMostNamed) {
            named += ", ...";
        }
        out += fmt::format("  {:<12} {:>9} {:>9} {:>9}  {}\n", role, amount_text(bytes, "B"),
                           amount_text(read, "B"), amount_text(written, "B"), named);
    }
    return out.empty() ? out
                       : fmt::format("\n  {:<12} {:>9} {:>9} {:>9}  {}\n", "state", "bytes",
                                     "HBM read", "written", "largest tensors") +
                             out;
}

std::string memory_lines(const RunResult& r) {
    std::int64_t requested = 0;
    std::int64_t hits = 0;
    std::int64_t lines = 0;
    std::int64_t bytes = 0;
    for (const TensorResult& t : r.tensors) {
        requested += t.requested_bytes;
        hits += t.l2_hit_bytes;
        lines += t.dirty_lines;
        bytes += t.dirty_bytes;
    }
    std::string out = fmt::format("\n  reads asked of L2: {}, of which hits {}",
                                  amount_text(requested, "B"), percent_text(hits, requested));
    if (lines > 0) {
        out += fmt::format("; left dirty in L2: {} lines, {}", lines, amount_text(bytes, "B"));
    }
    return out + "\n";
}

std::string data_lines(const RunResult& r) {
    std::string out;
    for (const TensorResult& t : r.tensors) {
        if (!t.digest.empty()) {
            out += fmt::format("  contents of {:<22} {}\n", cut(t.name, 22), t.digest);
        }
    }
    for (const std::string& corner : r.numeric_corners) {
        out += wrapped("  open numeric corner touched: " + corner);
    }
    for (const std::string& text : r.outside_envelope) {
        out += wrapped("  outside the checked envelope: " + text);
    }
    for (const std::string& text : r.speed_ups_off) {
        out += wrapped("  without speed-ups: " + text);
    }
    return out;
}

std::string parameter_lines(const RunResult& r) {
    const std::vector<MatteringParameter> parameters = mattering_parameters(r);
    if (parameters.empty()) {
        return r.resource_parameters.empty()
                   ? ""
                   : "\n  no estimated parameter stands behind 5 % of the time or more\n";
    }
    std::string out = "\n  estimated parameters behind the time\n";
    const std::size_t shown = std::min(parameters.size(), kMostParameters);
    for (std::size_t i = 0; i < shown; ++i) {
        const MatteringParameter& p = parameters[i];
        out += fmt::format("  {:<44} {:>14}   {} ({})\n", cut(p.path, 44), cut(p.value, 14),
                           p.resource, percent_text(p.owned.value, r.makespan.value));
    }
    if (shown < parameters.size()) {
        out += fmt::format("  ... {} more (see --json)\n", parameters.size() - shown);
    }
    return out;
}

}  // namespace

std::string next_steps(const RunResult& result, const ReportContext& context) {
    std::string out = "\n  next\n";
    const auto line = [&](const std::string& command, const std::string& why) {
        out += fmt::format("  {}:\n    {}\n", why, command);
    };
    if (result.level == "roofline") {
        line(context.command + " --level detailed", "what the machine does instead of formulas");
    }
    const std::vector<MatteringParameter> parameters = mattering_parameters(result);
    if (!parameters.empty()) {
        line("vrsim params " + parameters.front().path,
             "where the first of these numbers comes from");
    }
    if (!context.json_written) {
        line(context.command + " --json report.json", "everything, for programs");
    }
    if (!context.events_written) {
        line(context.command + " --events run.pftrace", "a timeline, to open in ui.perfetto.dev");
    }
    return out;
}

std::string terminal_report(const RunResult& result, const ReportContext& context) {
    return heading(result) + operator_table(result) + resource_table(result) +
           attribution_table(result) + what_if_table(result) + beside_table(result) +
           role_table(result) + memory_lines(result) + data_lines(result) +
           fault_text(result.memory_faults) + parameter_lines(result) + next_steps(result, context);
}

}  // namespace vr
