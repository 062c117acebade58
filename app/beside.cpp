// SPDX-License-Identifier: Apache-2.0
#include "app/beside.h"

#include <map>

#include "app/simulate.h"

namespace vr {

BesideResult run_beside(const CommonOptions& common, const std::string& trace,
                        const std::string& other, const RunResult& result) {
    CommonOptions there = common;
    there.platform = other;
    there.profile.clear();
    there.sets.clear();
    LoadedRun loaded = load_run(there, trace);
    const RunResult run = common.level == Level::kRoofline
                              ? run_roofline(loaded.peaks, loaded.request)
                              : run_detailed(*loaded.configuration, loaded.request);
    BesideResult beside;
    beside.platform = other;
    beside.makespan = run.makespan;
    beside.complete = run.complete;
    std::map<std::string, Time> times;
    for (const OperatorResult& op : run.operators) {
        times[op.id] = op.end - op.begin;
    }
    for (const OperatorResult& op : result.operators) {
        if (const auto found = times.find(op.id); found != times.end()) {
            beside.operators.push_back({op.id, op.end - op.begin, found->second});
        }
    }
    std::map<std::string, std::int64_t> peaks;
    for (const ResourceResult& resource : run.resources) {
        peaks[resource.name] = resource.peak_per_second;
    }
    for (const ResourceResult& resource : result.resources) {
        if (const auto found = peaks.find(resource.name); found != peaks.end()) {
            beside.peaks.push_back({resource.name, resource.peak_per_second, found->second});
        }
    }
    return beside;
}

}  // namespace vr
