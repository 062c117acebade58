// SPDX-License-Identifier: Apache-2.0
// Perfetto trace: a Trace message is the field `packet` again and again, so a file that is cut off
// stays readable. Field numbers: protos/perfetto/trace/ (trace_packet, track_event,
// track_descriptor, debug_annotation) of Perfetto.
#include <algorithm>
#include <numeric>

#include "app/events/event_writer.h"
#include "app/events/protobuf.h"
#include "models/base/error.h"

namespace vr {

namespace {

// Timestamps are whole ticks that viewers show as nanoseconds. One tick is one picosecond here; the
// exact femtoseconds stand in the arguments of each slice.
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
constexpr std::uint32_t kAnnotations = 4, kType = 9, kTrackUuid = 11, kName = 23,
                        kCounterValue = 30;
enum Type : std::uint64_t { kBegin = 1, kEnd = 2, kInstant = 3, kCounter = 4 };
}  // namespace event

std::uint64_t lane_uuid(std::size_t lane) {
    return lane + 1U;
}

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
        events_ = record_.sorted();
        lanes_ = spread_lanes(record_, events_);
        find_counters();
        write_descriptors();
        write_points();
    }

  private:
    // A counter needs a track of its own, marked as one: one for each (track, name).
    void find_counters() {
        for (std::size_t i = 0; i < events_.size(); ++i) {
            if (events_[i].kind == EventKind::kCounter) {
                const std::pair key{lanes_.of_event[i], events_[i].name};
                if (std::find(counters_.begin(), counters_.end(), key) == counters_.end()) {
                    counters_.push_back(key);
                }
            }
        }
    }

    std::uint64_t counter_uuid(std::size_t lane, std::uint32_t name) const {
        const auto found = std::find(counters_.begin(), counters_.end(), std::pair{lane, name});
        return lanes_.lanes.size() + 1U + static_cast<std::uint64_t>(found - counters_.begin());
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
        write_descriptor(
            ProtobufMessage()
                .varint(descriptor::kUuid, kProcessUuid)
                .text(descriptor::kName, names_.title + " (1 ns on screen is 1 ps simulated)"));
        for (std::size_t g = 0; g < lanes_.groups.size(); ++g) {
            const ProtobufMessage process =
                ProtobufMessage().varint(1, g + 1).text(6, lanes_.groups[g]);
            write_descriptor(ProtobufMessage()
                                 .varint(descriptor::kUuid, kProcessUuid + g + 1)
                                 .message(descriptor::kProcess, process));
        }
        for (std::size_t l = 0; l < lanes_.lanes.size(); ++l) {
            const EventLane& lane = lanes_.lanes[l];
            const ProtobufMessage thread = ProtobufMessage()
                                               .varint(1, lane.group + 1)
                                               .varint(2, kFirstThread + l)
                                               .text(5, lane.name);
            write_descriptor(ProtobufMessage()
                                 .varint(descriptor::kUuid, lane_uuid(l))
                                 .message(descriptor::kThread, thread)
                                 .varint(descriptor::kParent, kProcessUuid + lane.group + 1));
        }
        for (std::size_t c = 0; c < counters_.size(); ++c) {
            const auto [lane, name] = counters_[c];
            write_descriptor(
                ProtobufMessage()
                    .varint(descriptor::kUuid, lanes_.lanes.size() + 1 + c)
                    .text(descriptor::kName,
                          fmt::format("{} {}", lanes_.lanes[lane].name, record_.names()[name]))
                    .varint(descriptor::kParent, kProcessUuid + lanes_.lanes[lane].group + 1)
                    .message(descriptor::kCounter, ProtobufMessage()));
        }
    }

    // One packet of the file: an event's begin (or only) point, or its end.
    struct Point {
        Time at;
        bool is_end;
        std::size_t event;
    };

    // Points lane by lane, each slice's end right after its begin; a stable sort by time then keeps
    // the end of a slice before the begin of the next at the same time, and the begin of one of no
    // length before its end.
    void write_points() {
        std::vector<std::size_t> order(events_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return lanes_.of_event[a] < lanes_.of_event[b];
        });
        std::vector<Point> points;
        for (const std::size_t i : order) {
            points.push_back({events_[i].begin, false, i});
            if (events_[i].kind == EventKind::kSlice) {
                points.push_back({events_[i].end, true, i});
            }
        }
        std::stable_sort(points.begin(), points.end(),
                         [](const Point& a, const Point& b) { return a.at < b.at; });
        for (const Point& point : points) {
            write_point(events_[point.event], point);
        }
    }

    void write_point(const Event& e, const Point& point) {
        ProtobufMessage body;
        if (point.is_end) {
            body.varint(event::kType, event::kEnd)
                .varint(event::kTrackUuid, lane_uuid(lanes_.of_event[point.event]));
        } else if (e.kind == EventKind::kCounter) {
            body.varint(event::kType, event::kCounter)
                .varint(event::kTrackUuid, counter_uuid(lanes_.of_event[point.event], e.name))
                .varint(event::kCounterValue, static_cast<std::uint64_t>(e.value));
        } else {
            body.varint(event::kType, e.kind == EventKind::kSlice ? event::kBegin : event::kInstant)
                .varint(event::kTrackUuid, lane_uuid(lanes_.of_event[point.event]))
                .text(event::kName, record_.names()[e.name])
                .message(event::kAnnotations, annotation("begin_fs", e.begin.value));
            if (e.kind == EventKind::kSlice) {
                body.message(event::kAnnotations, annotation("end_fs", e.end.value));
            }
            if (e.value_name != 0) {
                body.message(event::kAnnotations,
                             annotation(record_.names()[e.value_name], e.value));
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
    std::vector<std::pair<std::size_t, std::uint32_t>> counters_;
    std::vector<Event> events_;
    EventLanes lanes_;
    bool started_ = false;
};

}  // namespace

void write_perfetto(const EventRecord& record, const EventNames& names, const ByteSink& sink) {
    PerfettoWriter(record, names, sink).write();
}

}  // namespace vr
