// SPDX-License-Identifier: Apache-2.0
#include "app/events/event_writer.h"

#include <algorithm>

#include "models/base/error.h"

namespace vr {

EventFormat event_format(std::string_view path) {
    if (path.ends_with(".pftrace")) {
        return EventFormat::kPerfetto;
    }
    if (path.ends_with(".json")) {
        return EventFormat::kChrome;
    }
    if (path.ends_with(".txt")) {
        return EventFormat::kText;
    }
    throw UsageError(fmt::format(
        "--events {}: the suffix names no format; allowed: .pftrace (Perfetto), .json (Chrome "
        "trace), .txt (one line per event)",
        path));
}

void write_events(EventFormat format, const EventRecord& record, const EventNames& names,
                  const ByteSink& sink) {
    switch (format) {
        case EventFormat::kPerfetto:
            return write_perfetto(record, names, sink);
        case EventFormat::kChrome:
            return write_chrome(record, names, sink);
        case EventFormat::kText:
            return write_text(record, names, sink);
    }
}

EventLanes spread_lanes(const EventRecord& record, const std::vector<Event>& events) {
    EventLanes out;
    // Per track, when each of its lanes is free again, and per event its lane within the track.
    std::vector<std::vector<Time>> free(record.tracks().size(), std::vector<Time>(1));
    std::vector<std::size_t> within(events.size(), 0);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& e = events[i];
        if (e.kind != EventKind::kSlice) {
            continue;
        }
        std::vector<Time>& lanes = free[e.track];
        while (within[i] < lanes.size() && lanes[within[i]] > e.begin) {
            ++within[i];
        }
        if (within[i] == lanes.size()) {
            lanes.emplace_back();
        }
        lanes[within[i]] = e.end;
    }
    std::vector<std::size_t> first(record.tracks().size());
    for (std::uint32_t t = 0; t < record.tracks().size(); ++t) {
        const EventTrack& track = record.tracks()[t];
        const auto found = std::find(out.groups.begin(), out.groups.end(), track.group);
        const auto group = static_cast<std::size_t>(found - out.groups.begin());
        if (found == out.groups.end()) {
            out.groups.push_back(track.group);
        }
        first[t] = out.lanes.size();
        for (std::size_t lane = 0; lane < free[t].size(); ++lane) {
            out.lanes.push_back(
                {t, lane == 0 ? track.path : fmt::format("{} #{}", track.path, lane + 1), group});
        }
    }
    for (std::size_t i = 0; i < events.size(); ++i) {
        out.of_event.push_back(first[events[i].track] + within[i]);
    }
    return out;
}

}  // namespace vr
