// SPDX-License-Identifier: Apache-2.0
// Events as text, one a line, columns parted by tabs: begin, end, kind, group, track, name, value,
// operator.
#include "app/events/event_writer.h"
#include "models/base/error.h"

namespace vr {

void write_text(const EventRecord& record, const EventNames& names, const ByteSink& sink) {
    sink(
        fmt::format("# vrsim events 1: {}\n# begin_fs\tend_fs\tkind\tgroup\ttrack\tname\tvalue\t"
                    "operator\n",
                    names.title));
    for (const Event& e : record.sorted()) {
        const EventTrack& track = record.tracks()[e.track];
        const char* kind = e.kind == EventKind::kSlice     ? "slice"
                           : e.kind == EventKind::kInstant ? "instant"
                                                           : "counter";
        std::string value = "-";
        if (e.kind == EventKind::kCounter) {
            value = fmt::format("{}", e.value);
        } else if (e.value_name != 0) {
            value = fmt::format("{}={}", record.names()[e.value_name], e.value);
        }
        sink(fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", e.begin.value, e.end.value, kind,
                         track.group, track.path, record.names()[e.name], value,
                         e.operator_index == 0 ? "-" : names.operators.at(e.operator_index - 1)));
    }
}

}  // namespace vr
