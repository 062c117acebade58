// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "app/memory/memory_report.h"

namespace vr {

namespace {

constexpr const char* kPath = "gpu.hbm4.energy.";

CommandEnergy kind(const MemoryRun& run, const char* command, const std::string& key,
                   std::int64_t count, Energy each) {
    CommandEnergy out{command, count, each, "", ""};
    const auto& values = run.embedded.configuration;
    const auto entry = std::find_if(values.begin(), values.end(),
                                    [&](const auto& value) { return value.path == kPath + key; });
    if (entry != values.end()) {
        out.status = entry->status;
        out.source = entry->source;
    }
    return out;
}

}  // namespace

std::vector<CommandEnergy> command_energy(const MemoryRun& run) {
    const hbm4::Counters& c = run.result.totals;
    const Hbm4Energy& e = run.memory.energy;
    std::vector<CommandEnergy> kinds = {kind(run, "ACT", "activate", c.activates, e.activate),
                                        kind(run, "PRE", "precharge", c.precharges, e.precharge),
                                        kind(run, "RD", "read", c.columns_read, e.read),
                                        kind(run, "WR", "write", c.columns_written, e.write)};
    if (run.memory.refresh == "per_bank") {
        kinds.push_back(kind(run, "REFpb", "refresh_bank", c.refreshes, e.refresh_bank));
    } else if (run.memory.refresh == "all_bank") {
        kinds.push_back(kind(run, "REFab", "refresh_all", c.refreshes, e.refresh_all));
    }
    if (run.memory.refresh_management != "none") {
        const bool at_row = run.memory.refresh_management == "drfm";
        kinds.push_back(kind(run, at_row ? "DRFMpb" : "RFMpb", "", c.managements, Energy{}));
    }
    return kinds;
}

Energy total_energy(const std::vector<CommandEnergy>& kinds) {
    Energy total;
    for (const CommandEnergy& kind : kinds) {
        total += kind.count * kind.each;
    }
    return total;
}

}  // namespace vr
