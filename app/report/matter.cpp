// SPDX-License-Identifier: Apache-2.0
#include "app/report/matter.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace vr {

namespace {

constexpr std::int64_t kMatteringPercent = 5;

// Whether `path` is `prefix` or lies below it: "gpu.l2" covers "gpu.l2.slices", not "gpu.l20".
bool below(const std::string& path, const std::string& prefix) {
    return path.starts_with(prefix) && (prefix.empty() || path.size() == prefix.size() ||
                                        path[prefix.size()] == '.' || path[prefix.size()] == '[');
}

// The resource with the longest prefix of a path; "" when none has one.
std::string resource_behind(const RunResult& result, const std::string& path) {
    std::string resource;
    std::size_t longest = 0;
    for (const ResourceParameters& behind : result.resource_parameters) {
        for (const std::string& prefix : behind.prefixes) {
            if (below(path, prefix) && prefix.size() > longest) {
                longest = prefix.size();
                resource = behind.resource;
            }
        }
    }
    return resource;
}

bool sets_a_rate(const std::string& path) {
    static constexpr std::array<std::string_view, 7> kWords = {
        "latency", "rate", "clock", "width", "interval", "pipeline", "lines_per"};
    const std::string key = path.substr(path.rfind('.') + 1);
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view word) { return key.find(word) != std::string::npos; });
}

bool is_own_policy(const MatteringParameter& parameter) {
    return parameter.source.starts_with("policy of this model");
}

std::vector<OwnedTime> sums(const std::vector<ChargeResult>& charges) {
    std::vector<OwnedTime> owned;
    for (const ChargeResult& charge : charges) {
        const auto found = std::find_if(owned.begin(), owned.end(), [&](const OwnedTime& o) {
            return o.resource == charge.resource;
        });
        if (found == owned.end()) {
            owned.push_back({charge.resource, charge.amount});
        } else {
            found->owned += charge.amount;
        }
    }
    return owned;
}

}  // namespace

std::vector<OwnedTime> owned_by_resource(const RunResult& result) {
    std::vector<OwnedTime> owned = sums(result.attribution);
    std::stable_sort(owned.begin(), owned.end(),
                     [](const OwnedTime& a, const OwnedTime& b) { return a.owned > b.owned; });
    return owned;
}

BoundResult bound_of(const std::vector<ChargeResult>& charges) {
    BoundResult bound;
    for (const OwnedTime& owned : sums(charges)) {
        if (owned.owned > bound.owned) {
            bound = {owned.resource, owned.owned};
        }
    }
    return bound;
}

std::vector<MatteringParameter> mattering_parameters(const RunResult& result) {
    std::vector<MatteringParameter> out;
    for (const OwnedTime& owned : owned_by_resource(result)) {
        if (owned.owned.value < result.makespan.value / 100 * kMatteringPercent) {
            continue;
        }
        const auto first = static_cast<std::ptrdiff_t>(out.size());
        for (const ParameterResult& parameter : result.configuration) {
            if (parameter.status == "estimated" && parameter.without_effect.empty() &&
                resource_behind(result, parameter.path) == owned.resource) {
                out.push_back({parameter.path, parameter.value, parameter.source, owned.resource,
                               owned.owned});
            }
        }
        std::stable_partition(out.begin() + first, out.end(),
                              [](const MatteringParameter& p) { return sets_a_rate(p.path); });
    }
    std::stable_partition(out.begin(), out.end(),
                          [](const MatteringParameter& p) { return !is_own_policy(p); });
    return out;
}

}  // namespace vr
