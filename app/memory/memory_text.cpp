// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "app/memory/memory_report.h"
#include "app/report/text.h"
#include "models/base/quantity_text.h"
#include "models/transport/clock.h"

namespace vr {

namespace {

std::string where(const MemoryRun& run) {
    return run.target == "gpu" ? "the memory of one GPU"
           : run.target == "channel"
               ? "one channel"
               : fmt::format("{} pseudo-channels", run.memory.pseudo_channels());
}

std::string buses_text(const MemoryResult& r) {
    std::string out = fmt::format("  data buses   {} ticks in all:\n", r.bus_ticks);
    for (std::size_t i = 0; i < hbm4::kBusUses; ++i) {
        out += fmt::format("    {:<14} {:>7}\n", hbm4::bus_use_names()[i],
                           percent_text(r.bus[i], r.bus_ticks));
    }
    return out;
}

std::string latency_text(const MemoryRun& run) {
    constexpr int kBar = 40;
    const MemoryResult& r = run.result;
    const Clock ck(run.memory.clock);
    std::string out =
        fmt::format("  latency      mean {}, median {}, 90 % {}, 99 % {}, most {}\n",
                    time_text(r.latency_mean), time_text(r.latency_p50), time_text(r.latency_p90),
                    time_text(r.latency_p99), time_text(r.latency_max));
    const auto& counts = r.latency_powers;
    const std::int64_t most = counts.empty() ? 1 : *std::max_element(counts.begin(), counts.end());
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > 0) {
            out += fmt::format(
                "    below {:>12} {:>12} {}\n", time_text(ck.edge(std::int64_t{2} << i)), counts[i],
                std::string(static_cast<std::size_t>(scaled_ratio(counts[i], most, kBar)), '#'));
        }
    }
    return out;
}

std::string shares_text(const MemoryResult& r) {
    const std::int64_t sum = (r.queue + r.refresh + r.row + r.data + r.controller).value;
    std::string out =
        fmt::format("  where the latency went (sum over requests: {})\n", time_text(Time{sum}));
    for (const auto& [name, amount] :
         {std::pair{"queue", r.queue}, std::pair{"refresh", r.refresh}, std::pair{"row", r.row},
          std::pair{"data", r.data}, std::pair{"controller", r.controller}}) {
        out += fmt::format("    {:<11} {:>7}\n", name, percent_text(amount.value, sum));
    }
    return out;
}

std::string energy_lines(const MemoryRun& run) {
    const std::vector<CommandEnergy> kinds = command_energy(run);
    const Energy total = total_energy(kinds);
    std::string out = "  energy       ";
    if (total.value == 0) {
        out += "not modelled: the platform has no figure\n";
    } else {
        const std::int64_t bits = run.result.bytes.value * 8;
        out += fmt::format("{} of the commands below", energy_text(total));
        out +=
            bits == 0 ? "\n" : fmt::format(", {} a bit\n", energy_text(Energy{total.value / bits}));
    }
    for (const CommandEnergy& kind : kinds) {
        out += kind.each.value == 0
                   ? fmt::format("    {:<5} {:>12} x not modelled: no public figure\n",
                                 kind.command, kind.count)
                   : fmt::format("    {:<5} {:>12} x {} ({}: {})\n", kind.command, kind.count,
                                 to_text(kind.each), kind.status, kind.source);
    }
    return out + "    background: not modelled: no public figure\n";
}

}  // namespace

const std::vector<std::string>& memory_not_modelled() {
    static const std::vector<std::string> kLines = {
        "error correction: time of its own (on the die it lies within the read latency), and the "
        "controller's reaction to an error",
        "refresh management of all banks, or that counts rows (RFMab, PRAC); a "
        "temperature that changes in a run",
        "energy that passes without commands, and what power-down saves of it",
        "half and quarter clocks: commands and data keep to whole CK",
        "what the vendor's controller and address map really do: neither is published",
        "forwarding from the write queue: a read of what is being written is not ordered",
    };
    return kLines;
}

std::string memory_text(const MemoryRun& run) {
    const MemoryResult& r = run.result;
    const hbm4::Counters& c = r.totals;
    const std::int64_t rows = c.row_hits + c.row_misses + c.row_conflicts;
    std::string out = fmt::format("{} into {} of {}: {} of {} completed\n", run.input, where(run),
                                  run.embedded.platform, r.answered, run.total);
    if (!r.complete) {
        out += "  stopped by --max-sim-time; what follows counts the answered requests\n";
    }
    out += device_text(run.memory);
    out += fmt::format("  time         {}\n", time_text(r.finish));
    out += fmt::format("  bandwidth    {} of {} peak, utilisation {}\n",
                       amount_text(r.achieved.value, "B/s"), amount_text(r.peak.value, "B/s"),
                       percent_text(r.achieved.value, r.peak.value));
    if (run.roofline) {
        return out +
               "  level        roofline: the bytes at the peak bandwidth; latencies, rows and "
               "refresh are not part of it\n";
    }
    if (!run.fidelity.empty()) {
        out += fmt::format("  commands     {}\n", run.fidelity);
    }
    out += buses_text(r) + latency_text(run) + shares_text(r);
    out += fmt::format("  rows         hits {}, misses {}, conflicts {}\n",
                       percent_text(c.row_hits, rows), percent_text(c.row_misses, rows),
                       percent_text(c.row_conflicts, rows));
    out += fmt::format("  refreshes    {} commands, {} of them forced\n", c.refreshes,
                       c.forced_refreshes);
    if (run.memory.refresh_management != "none") {
        out += fmt::format("  management   {} commands ({}), {} of them forced\n", c.managements,
                           run.memory.refresh_management, c.forced_managements);
    }
    if (run.memory.power_down != "none") {
        out += fmt::format("  rests        {} ({}), {} ticks in those that ended\n", c.rests,
                           run.memory.power_down, c.rest_ticks);
    }
    out +=
        fmt::format("  balance      columns of the busiest pseudo-channel {}, of the idlest {}\n",
                    r.busiest_columns, r.idlest_columns);
    out += energy_lines(run);
    if (!run.faults.empty()) {
        out += fault_text(run.faults).substr(1);  // no empty line here
    }
    out += "  not modelled\n";
    for (const std::string& line : memory_not_modelled()) {
        out += "    " + line + "\n";
    }
    return out;
}

}  // namespace vr
