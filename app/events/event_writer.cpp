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

TrackGroups group_tracks(const EventRecord& record) {
    TrackGroups groups;
    for (const EventTrack& track : record.tracks()) {
        const auto found = std::find(groups.names.begin(), groups.names.end(), track.group);
        groups.of_track.push_back(static_cast<std::size_t>(found - groups.names.begin()));
        if (found == groups.names.end()) {
            groups.names.push_back(track.group);
        }
    }
    return groups;
}

}  // namespace vr
