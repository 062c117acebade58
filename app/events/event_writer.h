// SPDX-License-Identifier: Apache-2.0
// Event files: a recorded run as a Perfetto trace, a Chrome trace or text. Formats: docs/report-schema.md.
// Not modelled: splitting by time, and compressed files.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/event_record.h"

namespace vr {

enum class EventFormat { kPerfetto, kChrome, kText };

/// The format that a file's suffix names (.pftrace, .json, .txt). Another suffix is a UsageError that lists them.
[[nodiscard]] EventFormat event_format(std::string_view path);

/// Takes bytes in the order of the file.
using ByteSink = std::function<void(std::string_view)>;

/// Names that events refer to, and what the file is called.
struct EventNames {
    std::string title;                   ///< trace and platform
    std::vector<std::string> operators;  ///< Event::operator_index counts from 1
};

/// Writes the whole record. Slices of one track must nest; others are an internal error that names the track.
void write_events(EventFormat format, const EventRecord& record, const EventNames& names,
                  const ByteSink& sink);

// The formats one by one.
void write_perfetto(const EventRecord& record, const EventNames& names, const ByteSink& sink);
void write_chrome(const EventRecord& record, const EventNames& names, const ByteSink& sink);
void write_text(const EventRecord& record, const EventNames& names, const ByteSink& sink);

/// Groups of tracks in order of first use, and for every track the place of its group.
struct TrackGroups {
    std::vector<std::string> names;
    std::vector<std::size_t> of_track;
};
[[nodiscard]] TrackGroups group_tracks(const EventRecord& record);

}  // namespace vr
