// SPDX-License-Identifier: Apache-2.0
// Event files: a recorded run as a Perfetto trace, a Chrome trace or text. Formats:
// docs/report-schema.md. Not modelled: splitting by time, and compressed files.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/event_record.h"

namespace vr {

enum class EventFormat { kPerfetto, kChrome, kText };

/// The format that a file's suffix names (.pftrace, .json, .txt). Another suffix is a UsageError
/// that lists them.
[[nodiscard]] EventFormat event_format(std::string_view path);

/// Takes bytes in the order of the file.
using ByteSink = std::function<void(std::string_view)>;

/// Names that events refer to, and what the file is called.
struct EventNames {
    std::string title;                   ///< trace and platform
    std::vector<std::string> operators;  ///< Event::operator_index counts from 1
};

/// Writes the whole record.
void write_events(EventFormat format, const EventRecord& record, const EventNames& names,
                  const ByteSink& sink);

// The formats one by one.
void write_perfetto(const EventRecord& record, const EventNames& names, const ByteSink& sink);
void write_chrome(const EventRecord& record, const EventNames& names, const ByteSink& sink);
void write_text(const EventRecord& record, const EventNames& names, const ByteSink& sink);

/// A line of the timeline as files show it: a track, or one of several where its slices overlap.
struct EventLane {
    std::uint32_t track = 0;
    std::string name;       ///< the track's path; " #2", " #3" ... added for further lanes
    std::size_t group = 0;  ///< place in EventLanes::groups
};

/// Tracks spread over lanes so that slices of one lane never overlap: each slice, in order, takes
/// the first lane of its track that is free. Instants and counters stay in the first lane.
struct EventLanes {
    std::vector<std::string> groups;    ///< in order of first use
    std::vector<EventLane> lanes;       ///< in order of track, then of lane
    std::vector<std::size_t> of_event;  ///< lane of each event
};
/// `events` as EventRecord::sorted() gives them.
[[nodiscard]] EventLanes spread_lanes(const EventRecord& record, const std::vector<Event>& events);

}  // namespace vr
