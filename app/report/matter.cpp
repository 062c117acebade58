// SPDX-License-Identifier: Apache-2.0
#include "app/report/matter.h"

#include <algorithm>
#include <set>

namespace vr {

namespace {

constexpr std::int64_t kMatteringPercent = 5;

// Whether `path` is `prefix` or lies below it: "gpu.l2" covers "gpu.l2.slices", not "gpu.l20".
bool below(const std::string& path, const std::string& prefix) {
    return path.starts_with(prefix) && (prefix.empty() || path.size() == prefix.size() ||
                                        path[prefix.size()] == '.' || path[prefix.size()] == '[');
}

}  // namespace

std::vector<OwnedTime> owned_by_resource(const RunResult& result) {
    std::vector<OwnedTime> owned;
    for (const ChargeResult& charge : result.attribution) {
        const auto found = std::find_if(owned.begin(), owned.end(), [&](const OwnedTime& o) {
            return o.resource == charge.resource;
        });
        if (found == owned.end()) {
            owned.push_back({charge.resource, charge.amount});
        } else {
            found->owned += charge.amount;
        }
    }
    std::stable_sort(owned.begin(), owned.end(),
                     [](const OwnedTime& a, const OwnedTime& b) { return a.owned > b.owned; });
    return owned;
}

std::vector<MatteringParameter> mattering_parameters(const RunResult& result) {
    std::vector<MatteringParameter> out;
    std::set<std::string> named;
    for (const OwnedTime& owned : owned_by_resource(result)) {
        if (owned.owned.value < result.makespan.value / 100 * kMatteringPercent) {
            continue;
        }
        for (const ResourceParameters& behind : result.resource_parameters) {
            if (behind.resource != owned.resource) {
                continue;
            }
            for (const ParameterResult& parameter : result.configuration) {
                const bool covered =
                    std::any_of(behind.prefixes.begin(), behind.prefixes.end(),
                                [&](const std::string& p) { return below(parameter.path, p); });
                if (covered && parameter.status == "estimated" &&
                    named.insert(parameter.path).second) {
                    out.push_back({parameter.path, parameter.value, parameter.source,
                                   owned.resource, owned.owned});
                }
            }
        }
    }
    return out;
}

}  // namespace vr
