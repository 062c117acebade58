// SPDX-License-Identifier: Apache-2.0
#include "models/base/event_record.h"

#include <algorithm>
#include <tuple>

namespace vr {

EventRecord::EventRecord() : names_{""} {}

std::uint32_t EventRecord::track(std::string_view path, std::string_view group) {
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        if (tracks_[i].path == path) {
            return static_cast<std::uint32_t>(i);
        }
    }
    tracks_.push_back({std::string(path), std::string(group)});
    return static_cast<std::uint32_t>(tracks_.size() - 1);
}

std::uint32_t EventRecord::name(std::string_view text) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (names_[i] == text) {
            return static_cast<std::uint32_t>(i);
        }
    }
    names_.emplace_back(text);
    return static_cast<std::uint32_t>(names_.size() - 1);
}

void EventRecord::slice(std::uint32_t track, std::uint32_t name, Time begin, Time end,
                        std::uint32_t operator_index, std::int64_t value,
                        std::uint32_t value_name) {
    events_.push_back(
        {begin, end, track, name, value, value_name, operator_index, EventKind::kSlice});
}

void EventRecord::instant(std::uint32_t track, std::uint32_t name, Time at,
                          std::uint32_t operator_index) {
    events_.push_back({at, at, track, name, 0, 0, operator_index, EventKind::kInstant});
}

void EventRecord::counter(std::uint32_t track, std::uint32_t name, Time at, std::int64_t value) {
    events_.push_back({at, at, track, name, value, 0, 0, EventKind::kCounter});
}

std::vector<Event> EventRecord::sorted() const {
    std::vector<Event> events = events_;
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
        return std::tie(a.begin, a.track, a.end, a.name, a.value) <
               std::tie(b.begin, b.track, b.end, b.name, b.value);
    });
    return events;
}

}  // namespace vr
