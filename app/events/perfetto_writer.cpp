// SPDX-License-Identifier: Apache-2.0
// Perfetto trace: a Trace message is the field `packet` again and again, so a file that is cut off stays readable.
// Field numbers: protos/perfetto/trace/ (trace_packet, track_event, track_descriptor, debug_annotation) of Perfetto.
#include <algorithm>

#include "app/events/event_writer.h"
#include "app/events/protobuf.h"
#include "models/base/error.h"

namespace vr {

namespace {

// Timestamps are whole ticks that viewers show as nanoseconds. One tick is one picosecond here; the exact
// femtoseconds stand in the arguments of each slice.
constexpr std::int64_t kFemtosecondsPerTick = 1000;
constexpr std::uint32_t kSequence = 1;
constexpr std::uint64_t kProcessUuid = 1'000'000'000;  // groups; tracks take 1, 2, ...
constexpr std::uint64_t kFirstThread = 1'000'000;      // so that no thread looks like a main thread

namespace packet {
constexpr std::uint32_t kTimestamp = 8, kSequenceId = 10, kTrackEvent = 11, kSequenceFlags = 13,
                        kTrackDescriptor = 60;
}
namespace descriptor {
constexpr std::uint32_t kUuid = 1, kName = 2, kProcess = 3, kThread = 4, kParent = 5, kCounter = 8;
}
namespace event {
constexpr std::uint32_t kAnnotations = 4, kType = 9, kTrackUuid = 11, kName = 23, kCounterValue = 30;
enum Type : std::uint64_t { kBegin = 1, kEnd = 2, kInstant = 3, kCounter = 4 };
}  // namespace event

std::uint64_t track_uuid(std::uint32_t track) { return track + 1U; }

ProtobufMessage annotation(std::string_view name, std::int64_t value) {
    return ProtobufMessage().text(10, name).varint(4, static_cast<std::uint64_t>(value));
}

ProtobufMessage annotation(std::string_view name, std::string_view value) {
    return ProtobufMessage().text(10, name).text(6, value);
}

class PerfettoWriter {
  public:
    PerfettoWriter(const EventRecord& record, const EventNames& names, const ByteSink& sink)
        : record_(record), names_(names), sink_(sink) {}

    void write() {
        const std::vector<Event> events = record_.sorted();
        find_counters(events);
        write_descriptors();
        write_points(events);
    }

  private:
    // A counter needs a track of its own, marked as one: one for each (track, name).
    void find_counters(const std::vector<Event>& events) {
        for (const Event& e : events) {
            if (e.kind == EventKind::kCounter) {
                const std::pair key{e.track, e.name};
                if (std::find(counters_.begin(), counters_.end(), key) == counters_.end()) {
                    counters_.push_back(key);
                }
            }
        }
    }

    std::uint64_t counter_uuid(const Event& e) const {
        const auto found = std::find(counters_.begin(), counters_.end(), std::pair{e.track, e.name});
        return record_.tracks().size() + 1U + static_cast<std::uint64_t>(found - counters_.begin());
    }

    void write_packet(ProtobufMessage&& body) {
        body.varint(packet::kSequenceId, kSequence);
        if (!started_) {
            body.varint(packet::kSequenceFlags, 1);  // nothing of an earlier sequence holds
            started_ = true;
        }
        sink_(ProtobufMessage().message(1, body).bytes());
    }

    void write_descriptor(const ProtobufMessage& body) {
        write_packet(std::move(ProtobufMessage().message(packet::kTrackDescriptor, body)));
    }

    void write_descriptors() {
        const TrackGroups groups = group_tracks(record_);
        write_descriptor(ProtobufMessage()
                             .varint(descriptor::kUuid, kProcessUuid)
                             .text(descriptor::kName,
                                   names_.title + " (1 ns on screen is 1 ps simulated)"));
        for (std::size_t g = 0; g < groups.names.size(); ++g) {
            const ProtobufMessage process =
                ProtobufMessage().varint(1, g + 1).text(6, groups.names[g]);
            write_descriptor(ProtobufMessage()
                                 .varint(descriptor::kUuid, kProcessUuid + g + 1)
                                 .message(descriptor::kProcess, process));
        }
        for (std::uint32_t t = 0; t < record_.tracks().size(); ++t) {
            const std::size_t group = groups.of_track[t];
            const ProtobufMessage thread = ProtobufMessage()
                                               .varint(1, group + 1)
                                               .varint(2, kFirstThread + t)
                                               .text(5, record_.tracks()[t].path);
            write_descriptor(ProtobufMessage()
                                 .varint(descriptor::kUuid, track_uuid(t))
                                 .message(descriptor::kThread, thread)
                                 .varint(descriptor::kParent, kProcessUuid + group + 1));
        }
        for (std::size_t c = 0; c < counters_.size(); ++c) {
            const auto [track, name] = counters_[c];
            write_descriptor(
                ProtobufMessage()
                    .varint(descriptor::kUuid, record_.tracks().size() + 1 + c)
                    .text(descriptor::kName, fmt::format("{} {}", record_.tracks()[track].path,
                                                         record_.names()[name]))
                    .varint(descriptor::kParent, kProcessUuid + groups.of_track[track] + 1)
                    .message(descriptor::kCounter, ProtobufMessage()));
        }
    }

    // One packet of the file: an event's begin (or only) point, or its end.
    struct Point {
        Time at;
        bool is_end;
        std::uint32_t event;
    };

    void write_points(const std::vector<Event>& events) {
        std::vector<Point> points;
        std::vector<std::vector<std::uint32_t>> by_track(record_.tracks().size());
        for (std::uint32_t i = 0; i < events.size(); ++i) {
            if (events[i].kind == EventKind::kSlice) {
                by_track[events[i].track].push_back(i);
            } else {
                points.push_back({events[i].begin, false, i});
            }
        }
        for (std::vector<std::uint32_t>& slices : by_track) {
            nest(events, slices, points);
        }
        // Points of one track are in their right order already: a stable sort by time keeps it.
        std::stable_sort(points.begin(), points.end(),
                         [](const Point& a, const Point& b) { return a.at < b.at; });
        for (const Point& point : points) {
            write_point(events[point.event], point);
        }
    }

    // Begins and ends of a track's slices as brackets: an outer slice opens before and closes after its inner ones.
    void nest(const std::vector<Event>& events, std::vector<std::uint32_t>& slices,
              std::vector<Point>& points) const {
        std::stable_sort(slices.begin(), slices.end(), [&](std::uint32_t a, std::uint32_t b) {
            return events[a].begin != events[b].begin ? events[a].begin < events[b].begin
                                                      : events[a].end > events[b].end;
        });
        std::vector<std::uint32_t> open;
        const auto close_until = [&](Time t) {
            while (!open.empty() && events[open.back()].end <= t) {
                points.push_back({events[open.back()].end, true, open.back()});
                open.pop_back();
            }
        };
        for (const std::uint32_t slice : slices) {
            const Event& e = events[slice];
            close_until(e.begin);
            ensure(open.empty() || e.end <= events[open.back()].end,
                   "slices of track {} overlap: '{}' from {} to {} fs crosses the end of '{}' at "
                   "{} fs",
                   record_.tracks()[e.track].path, record_.names()[e.name], e.begin.value,
                   e.end.value, record_.names()[events[open.back()].name],
                   events[open.back()].end.value);
            points.push_back({e.begin, false, slice});
            open.push_back(slice);
        }
        close_until(kNever);
    }

    void write_point(const Event& e, const Point& point) {
        ProtobufMessage body;
        if (point.is_end) {
            body.varint(event::kType, event::kEnd).varint(event::kTrackUuid, track_uuid(e.track));
        } else if (e.kind == EventKind::kCounter) {
            body.varint(event::kType, event::kCounter)
                .varint(event::kTrackUuid, counter_uuid(e))
                .varint(event::kCounterValue, static_cast<std::uint64_t>(e.value));
        } else {
            body.varint(event::kType,
                        e.kind == EventKind::kSlice ? event::kBegin : event::kInstant)
                .varint(event::kTrackUuid, track_uuid(e.track))
                .text(event::kName, record_.names()[e.name])
                .message(event::kAnnotations, annotation("begin_fs", e.begin.value));
            if (e.kind == EventKind::kSlice) {
                body.message(event::kAnnotations, annotation("end_fs", e.end.value));
            }
            if (e.value_name != 0) {
                body.message(event::kAnnotations, annotation(record_.names()[e.value_name], e.value));
            }
            if (e.operator_index != 0) {
                body.message(event::kAnnotations,
                             annotation("operator", names_.operators.at(e.operator_index - 1)));
            }
        }
        ProtobufMessage whole;
        whole.varint(packet::kTimestamp,
                     static_cast<std::uint64_t>(point.at.value / kFemtosecondsPerTick));
        whole.message(packet::kTrackEvent, body);
        write_packet(std::move(whole));
    }

    const EventRecord& record_;
    const EventNames& names_;
    const ByteSink& sink_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> counters_;
    bool started_ = false;
};

}  // namespace

void write_perfetto(const EventRecord& record, const EventNames& names, const ByteSink& sink) {
    PerfettoWriter(record, names, sink).write();
}

}  // namespace vr
