// SPDX-License-Identifier: Apache-2.0
#include "models/base/event_record.h"

#include <algorithm>
#include <tuple>

namespace vr {

EventRecord::EventRecord(EventDetail detail) : detail_(detail), names_{""}, name_index_{{"", 0}} {}

std::uint32_t EventRecord::track(std::string_view path, std::string_view group) {
    const auto found = track_index_.find(path);
    if (found != track_index_.end()) {
        return found->second;
    }
    const auto number = static_cast<std::uint32_t>(tracks_.size());
    tracks_.push_back({std::string(path), std::string(group)});
    track_index_.emplace(path, number);
    return number;
}

std::uint32_t EventRecord::name(std::string_view text) {
    const auto found = name_index_.find(text);
    if (found != name_index_.end()) {
        return found->second;
    }
    const auto number = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(text);
    name_index_.emplace(text, number);
    return number;
}

std::uint32_t EventRecord::add(const Event& event) {
    events_.push_back(event);
    events_.back().number = static_cast<std::uint32_t>(events_.size() - 1);
    return events_.back().number;
}

std::uint32_t EventRecord::slice(std::uint32_t track, std::uint32_t name, Time begin, Time end,
                                 std::uint32_t operator_index, std::int64_t value,
                                 std::uint32_t value_name) {
    return add(
        {begin, end, track, name, value, value_name, operator_index, EventKind::kSlice, 0, 0});
}

std::uint32_t EventRecord::instant(std::uint32_t track, std::uint32_t name, Time at,
                                   std::uint32_t operator_index, std::int64_t value,
                                   std::uint32_t value_name) {
    return add({at, at, track, name, value, value_name, operator_index, EventKind::kInstant, 0, 0});
}

std::uint32_t EventRecord::counter(std::uint32_t track, std::uint32_t name, Time at,
                                   std::int64_t value) {
    return add({at, at, track, name, value, 0, 0, EventKind::kCounter, 0, 0});
}

void EventRecord::set_cause(std::uint32_t event, const Cause& cause) {
    if (!explains() || !cause) {
        return;
    }
    kept_.push_back(cause);
    events_[event].chain = static_cast<std::uint32_t>(kept_.size());
}

namespace {
constexpr std::uint32_t kWordsBit = 1;
std::uint32_t encode(std::uint32_t index, std::uint32_t kind) {
    return index < Attribution::kNotes / 2 - 1 ? (index + 1) * 2 + kind : 0;
}
}  // namespace

std::uint32_t EventRecord::note_of_event(std::uint32_t event) {
    return encode(event, 0);
}

std::uint32_t EventRecord::note_of_words(std::string_view words) {
    return encode(name(words), kWordsBit);
}

EventNote EventRecord::read_note(std::uint32_t note) {
    if (note == 0) {
        return {};
    }
    return {(note & kWordsBit) != 0 ? EventNote::kWords : EventNote::kEvent, note / 2 - 1};
}

void EventRecord::settle(const Attribution& attribution) {
    for (Event& event : events_) {
        if (event.chain != 0) {
            event.chain = causes_.add(kept_[event.chain - 1]);
        }
    }
    kept_.clear();
    causes_.close(attribution);
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
