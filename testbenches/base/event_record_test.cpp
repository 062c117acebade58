// SPDX-License-Identifier: Apache-2.0
// The event record: numbering, and an order that does not depend on who recorded first.
#include "models/base/event_record.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

namespace {

using namespace vr;

TEST_CASE("tracks and names are numbered in order of first use") {
    EventRecord record;
    CHECK(record.names() == std::vector<std::string>{""});  // 0 is "no value"
    CHECK(record.track("gpu.sm0", "SM") == 0);
    CHECK(record.track("gpu.sm1", "SM") == 1);
    CHECK(record.track("gpu.sm0", "SM") == 0);
    CHECK(record.name("read") == 1);
    CHECK(record.name("write") == 2);
    CHECK(record.name("read") == 1);
    CHECK(record.tracks().size() == 2);
    CHECK(record.tracks()[1].path == "gpu.sm1");
    CHECK(record.tracks()[1].group == "SM");
}

TEST_CASE("each kind of event keeps what it was given") {
    EventRecord record;
    const std::uint32_t track = record.track("hbm", "HBM");
    const std::uint32_t read = record.name("read");
    const std::uint32_t bytes = record.name("bytes");
    record.slice(track, read, Time{10}, Time{30}, 4, 64, bytes);
    record.instant(track, read, Time{40}, 5);
    record.counter(track, bytes, Time{50}, -6);
    const std::vector<Event> events = record.sorted();
    REQUIRE(events.size() == 3);
    CHECK(record.size() == 3);
    CHECK(events[0].kind == EventKind::kSlice);
    CHECK((events[0].begin == Time{10} && events[0].end == Time{30}));
    CHECK(events[0].operator_index == 4);
    CHECK(events[0].value == 64);
    CHECK(events[0].value_name == bytes);
    CHECK(events[1].kind == EventKind::kInstant);
    CHECK(events[1].begin == events[1].end);
    CHECK(events[1].operator_index == 5);
    CHECK(events[2].kind == EventKind::kCounter);
    CHECK(events[2].value == -6);
}

TEST_CASE("sorted events leave no mark of the order in which units ran") {
    struct Given {
        std::uint32_t track;
        std::int64_t begin;
        std::int64_t end;
        std::int64_t value;
    };
    std::vector<Given> given = {
        {0, 5, 9, 0}, {1, 5, 7, 0}, {0, 5, 7, 1}, {0, 5, 7, 0}, {1, 1, 2, 0}};
    const auto recorded = [&] {
        EventRecord record;
        record.track("a", "");
        record.track("b", "");
        for (const Given& g : given) {
            record.slice(g.track, 0, Time{g.begin}, Time{g.end}, 0, g.value);
        }
        std::vector<std::vector<std::int64_t>> rows;
        for (const Event& e : record.sorted()) {
            rows.push_back({e.begin.value, e.track, e.end.value, e.value});
        }
        return rows;
    };
    const auto expected = recorded();
    CHECK(expected == std::vector<std::vector<std::int64_t>>{
                          {1, 1, 2, 0}, {5, 0, 7, 0}, {5, 0, 7, 1}, {5, 0, 9, 0}, {5, 1, 7, 0}});
    const auto by_time = [](const Given& a, const Given& b) {
        return a.value * 8 + a.end < b.value * 8 + b.end;
    };
    std::sort(given.begin(), given.end(), by_time);
    CHECK(recorded() == expected);
    std::reverse(given.begin(), given.end());
    CHECK(recorded() == expected);
}

TEST_CASE("causes are kept only where the record explains") {
    Attribution attribution;
    const OwnerId owner = attribution.owner("a", "A");
    const Cause cause = attribution.extend(Cause{}, owner, Time{30});
    for (const EventDetail detail : {EventDetail::kTimeline, EventDetail::kExplained}) {
        EventRecord record(detail);
        const std::uint32_t first = record.slice(0, 0, Time{20}, Time{40});
        const std::uint32_t second = record.slice(0, 0, Time{10}, Time{30});
        record.set_cause(second, cause);
        CHECK_FALSE(record.has_cause(first));
        CHECK(record.has_cause(second) == record.explains());
        record.settle(attribution);
        const std::vector<Event> events = record.sorted();
        CHECK(events[0].number == second);  // numbered as recorded, sorted by time
        CHECK(events[1].number == first);
        CHECK(events[1].chain == 0);
        CHECK(record.causes().steps(events[0].chain).size() == (record.explains() ? 1 : 0));
    }
}

TEST_CASE("notes mean an event or words, and none when there are too many") {
    EventRecord record(EventDetail::kExplained);
    const EventNote event = EventRecord::read_note(EventRecord::note_of_event(5));
    CHECK((event.kind == EventNote::kEvent && event.index == 5));
    const EventNote words = EventRecord::read_note(record.note_of_words("why"));
    CHECK((words.kind == EventNote::kWords && record.names()[words.index] == "why"));
    CHECK(EventRecord::read_note(0).kind == EventNote::kNone);
    CHECK(EventRecord::note_of_event(Attribution::kNotes) == 0);
    CHECK(EventRecord::note_of_event(Attribution::kNotes / 2 - 2) < Attribution::kNotes);
}

}  // namespace
