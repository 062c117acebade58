// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/pytorch_profiler/host_operators.h"

#include <algorithm>

namespace vr::pytorch {

namespace {

std::int64_t end_ns(const Event& event) {
    return event.begin_ns + event.duration.value / kFemtosecondsPerNanosecond;
}

}  // namespace

HostOperators::HostOperators(const std::vector<Event>& events, const OperatorMapping& mapping)
    : events_(events) {
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& event = events[i];
        if (event.kind == EventKind::kHostOperator) {
            if (event.external > 0) {
                by_external_.emplace(event.external, i);
            }
            by_thread_[event.thread].push_back(i);
            known_[i] = mapping.knows(event.name);
        } else if (event.kind == EventKind::kRuntime && event.correlation > 0) {
            calls_.emplace(event.correlation, i);
        }
    }
    nest();
}

// Operators of a thread contain each other like brackets: longer ones first at the same begin.
void HostOperators::nest() {
    for (auto& [thread, list] : by_thread_) {
        std::stable_sort(list.begin(), list.end(), [&](std::size_t a, std::size_t b) {
            const Event& x = events_[a];
            const Event& y = events_[b];
            return x.begin_ns != y.begin_ns ? x.begin_ns < y.begin_ns : x.duration > y.duration;
        });
        std::vector<std::size_t> open;
        for (const std::size_t i : list) {
            while (!open.empty() && end_ns(events_[open.back()]) < end_ns(events_[i])) {
                open.pop_back();
            }
            if (!open.empty()) {
                parents_[i] = open.back();
            }
            for (const std::size_t around : open) {
                contains_[around] = contains_[around] || known_[i];
            }
            open.push_back(i);
        }
    }
}

std::optional<std::size_t> HostOperators::at_time(const Event& call) const {
    const auto thread = by_thread_.find(call.thread);
    if (thread == by_thread_.end()) {
        return std::nullopt;
    }
    const auto& list = thread->second;
    const auto after = std::upper_bound(
        list.begin(), list.end(), call.begin_ns,
        [&](std::int64_t time, std::size_t i) { return time < events_[i].begin_ns; });
    if (after == list.begin()) {
        return std::nullopt;
    }
    std::optional<std::size_t> at = *(after - 1);
    while (at && end_ns(events_[*at]) < call.begin_ns) {
        const auto parent = parents_.find(*at);
        at = parent == parents_.end() ? std::nullopt : std::optional(parent->second);
    }
    return at;
}

std::optional<std::size_t> HostOperators::launcher(const Event& device) const {
    const auto by_id = [&](std::int64_t external) -> std::optional<std::size_t> {
        const auto found = by_external_.find(external);
        return found == by_external_.end() ? std::nullopt : std::optional(found->second);
    };
    if (const auto found = by_id(device.external)) {
        return found;
    }
    const auto call = calls_.find(device.correlation);
    if (call == calls_.end()) {
        return std::nullopt;
    }
    const Event& event = events_[call->second];
    const auto found = by_id(event.external);
    return found ? found : at_time(event);
}

std::optional<std::size_t> HostOperators::known(std::size_t inner) const {
    std::optional<std::size_t> at = inner;
    while (at && !known_.at(*at)) {
        const auto parent = parents_.find(*at);
        at = parent == parents_.end() ? std::nullopt : std::optional(parent->second);
    }
    if (!at || *at == inner) {
        return at;
    }
    const auto contains = contains_.find(*at);
    return contains != contains_.end() && contains->second ? std::nullopt : at;
}

}  // namespace vr::pytorch
