// SPDX-License-Identifier: Apache-2.0
// Chrome trace JSON ("Trace Event Format"): times in microseconds with nine decimals, which is
// exact.
#include "app/events/event_writer.h"
#include "app/report/json_writer.h"
#include "models/base/error.h"

namespace vr {

namespace {

constexpr std::int64_t kFemtosecondsPerMicrosecond = 1'000'000'000;

std::string microseconds(Time time) {
    return fmt::format("{}.{:09}", time.value / kFemtosecondsPerMicrosecond,
                       time.value % kFemtosecondsPerMicrosecond);
}

// A text with quotes, as JSON.
std::string quoted(std::string_view text) {
    JsonWriter json;
    json.text(text);
    std::string out = json.take();
    out.pop_back();
    return out;
}

std::string arguments(const EventRecord& record, const EventNames& names, const Event& e) {
    if (e.kind == EventKind::kCounter) {
        return fmt::format("{{{}: {}}}", quoted(record.names()[e.name]), e.value);
    }
    std::string out =
        fmt::format("{{\"begin_fs\": \"{}\", \"end_fs\": \"{}\"", e.begin.value, e.end.value);
    if (e.value_name != 0) {
        out += fmt::format(", {}: {}", quoted(record.names()[e.value_name]), e.value);
    }
    if (e.operator_index != 0) {
        out += fmt::format(", \"operator\": {}", quoted(names.operators.at(e.operator_index - 1)));
    }
    return out + "}";
}

}  // namespace

void write_chrome(const EventRecord& record, const EventNames& names, const ByteSink& sink) {
    const std::vector<Event> events = record.sorted();
    const EventLanes lanes = spread_lanes(record, events);
    sink(
        fmt::format("{{\"displayTimeUnit\": \"ns\", \"otherData\": {{\"title\": {}}}, "
                    "\"traceEvents\": [",
                    quoted(names.title)));
    const char* separator = "\n";
    const auto line = [&](const std::string& text) {
        sink(separator + text);
        separator = ",\n";
    };
    for (std::size_t g = 0; g < lanes.groups.size(); ++g) {
        line(
            fmt::format("{{\"ph\": \"M\", \"name\": \"process_name\", \"pid\": {}, \"args\": "
                        "{{\"name\": {}}}}}",
                        g + 1, quoted(lanes.groups[g])));
    }
    for (std::size_t l = 0; l < lanes.lanes.size(); ++l) {
        line(
            fmt::format("{{\"ph\": \"M\", \"name\": \"thread_name\", \"pid\": {}, \"tid\": {}, "
                        "\"args\": {{\"name\": {}}}}}",
                        lanes.lanes[l].group + 1, l + 1, quoted(lanes.lanes[l].name)));
    }
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& e = events[i];
        const std::size_t lane = lanes.of_event[i];
        const char* phase = e.kind == EventKind::kSlice     ? "X"
                            : e.kind == EventKind::kInstant ? "i"
                                                            : "C";
        std::string text =
            fmt::format("{{\"ph\": \"{}\", \"name\": {}, \"pid\": {}, \"tid\": {}, \"ts\": {}",
                        phase, quoted(record.names()[e.name]), lanes.lanes[lane].group + 1,
                        lane + 1, microseconds(e.begin));
        if (e.kind == EventKind::kSlice) {
            text += fmt::format(", \"dur\": {}", microseconds(e.end - e.begin));
        } else if (e.kind == EventKind::kInstant) {
            text += ", \"s\": \"t\"";
        } else {
            // Viewers join counters of one process by name and id: the track keeps them apart.
            text += fmt::format(", \"id\": {}", quoted(lanes.lanes[lane].name));
        }
        line(fmt::format("{}, \"args\": {}}}", text, arguments(record, names, e)));
    }
    sink("\n]}\n");
}

}  // namespace vr
