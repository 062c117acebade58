// SPDX-License-Identifier: Apache-2.0
// The three event formats, read back.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/events/event_writer.h"
#include "models/base/error.h"
#include "testbenches/app/events/trace_packets.h"

using vr::EventFormat;
using vr::EventRecord;
using vr::Time;

namespace {

EventRecord sample() {
    EventRecord r;
    const std::uint32_t core = r.track("gpu.sm0.tensor_core", "SM");
    const std::uint32_t bus = r.track("gpu.hbm.bus", "HBM");
    const std::uint32_t tma = r.track("gpu.sm0.tma", "SM");
    const std::uint32_t bytes = r.name("bytes");
    // Given out of order; overlapping; abutting; of no length.
    r.slice(core, r.name("short"), Time{1'500'001}, Time{2'000'000}, 1);
    r.slice(core, r.name("long"), Time{1'000'000}, Time{3'000'999}, 1, 64, bytes);
    r.slice(core, r.name("short"), Time{2'000'000}, Time{3'000'999}, 2);
    r.slice(core, r.name("next"), Time{3'000'999}, Time{3'000'999});
    r.slice(bus, r.name("read"), Time{0}, Time{5'000'000}, 0, 128, bytes);
    r.instant(tma, r.name("issue"), Time{700'000}, 1);
    r.counter(bus, r.name("queue"), Time{100'000}, 5);
    r.counter(bus, r.name("queue"), Time{200'000}, -1);
    return r;
}

std::string written(EventFormat format, const EventRecord& record) {
    std::string out;
    vr::write_events(format, record, {"t \"quoted\"", {"first", "second"}},
                     [&](std::string_view part) { out += part; });
    return out;
}

}  // namespace

TEST_CASE("Perfetto: counts, names, nesting and arguments") {
    const vr::testing::ReadTrace trace =
        vr::testing::read_perfetto(written(EventFormat::kPerfetto, sample()));
    CHECK(trace.cleared);
    REQUIRE(trace.slices.size() == 5);
    REQUIRE(trace.instants.size() == 1);
    CHECK(trace.instants[0] == std::pair<std::string, std::uint64_t>{"issue", 700});
    CHECK(trace.counters == std::vector<std::pair<std::string, std::int64_t>>{
                                {"gpu.hbm.bus queue", 5}, {"gpu.hbm.bus queue", -1}});
    CHECK(trace.free_tracks.at(0) == "t \"quoted\" (1 ns on screen is 1 ps simulated)");
    std::multimap<std::string, std::string> tracks;
    for (const vr::testing::ReadSlice& s : trace.slices) {
        tracks.emplace(s.name, s.track);
        CHECK(s.begin <= s.end);
        CHECK(s.depth == 0);  // overlapping slices stand side by side
        CHECK(s.process == (s.name == "read" ? "HBM" : "SM"));
        if (s.name == "long") {
            CHECK(s.begin == 1'000);
            CHECK(s.end == 3'000);
            CHECK(s.arguments.at("begin_fs") == "1000000");
            CHECK(s.arguments.at("end_fs") == "3000999");  // what the tick does not hold
            CHECK(s.arguments.at("bytes") == "64");
            CHECK(s.arguments.at("operator") == "first");
        }
        CHECK(s.arguments.count("operator") == (s.name == "read" || s.name == "next" ? 0 : 1));
    }
    CHECK(tracks == std::multimap<std::string, std::string>{{"long", "gpu.sm0.tensor_core"},
                                                            {"next", "gpu.sm0.tensor_core"},
                                                            {"read", "gpu.hbm.bus"},
                                                            {"short", "gpu.sm0.tensor_core #2"},
                                                            {"short", "gpu.sm0.tensor_core #2"}});
}

TEST_CASE("Perfetto: a file that is cut between packets is readable up to there") {
    const std::string whole = written(EventFormat::kPerfetto, sample());
    std::vector<std::size_t> ends;
    std::string so_far;
    vr::write_events(EventFormat::kPerfetto, sample(), {"t", {"first", "second"}},
                     [&](std::string_view part) {
                         so_far += part;
                         ends.push_back(so_far.size());
                     });
    REQUIRE(ends.size() > 10);
    for (const std::size_t end : ends) {
        CHECK_NOTHROW(vr::testing::WireMessage(so_far.substr(0, end)));
    }
    CHECK_THROWS(vr::testing::WireMessage(so_far.substr(0, ends.back() - 1)));
    CHECK(!whole.empty());
}

TEST_CASE("lanes: as many as slices overlap, each slice in the first that is free") {
    EventRecord r;
    const std::uint32_t track = r.track("x", "X");
    const std::uint32_t name = r.name("a");
    r.slice(track, name, Time{0}, Time{10});
    r.slice(track, name, Time{5}, Time{15});
    r.slice(track, name, Time{9}, Time{10});
    r.slice(track, name, Time{10}, Time{20});
    r.slice(track, name, Time{12}, Time{13});
    const vr::EventLanes lanes = vr::spread_lanes(r, r.sorted());
    CHECK(lanes.of_event == std::vector<std::size_t>{0, 1, 2, 0, 2});
    CHECK(lanes.lanes.size() == 3);
    CHECK(lanes.lanes[2].name == "x #3");
}

TEST_CASE("Chrome: valid JSON, exact times") {
    const auto j = nlohmann::json::parse(written(EventFormat::kChrome, sample()));
    CHECK(j["otherData"]["title"] == "t \"quoted\"");
    std::map<std::string, int> phases;
    for (const auto& e : j["traceEvents"]) {
        ++phases[e["ph"].get<std::string>()];
        if (e["name"] == "long") {
            CHECK(e["ts"] == 0.001);
            CHECK(e["dur"] == 0.002000999);
            CHECK(e["args"]["end_fs"] == "3000999");
            CHECK(e["args"]["operator"] == "first");
            CHECK(e["args"]["bytes"] == 64);
        }
        if (e["ph"] == "C") {
            CHECK(e["args"].contains("queue"));
        }
    }
    CHECK(phases == std::map<std::string, int>{{"M", 6}, {"X", 5}, {"i", 1}, {"C", 2}});
}

TEST_CASE("text: one line per event, in order") {
    std::istringstream lines(written(EventFormat::kText, sample()));
    std::vector<std::string> events;
    for (std::string line; std::getline(lines, line);) {
        if (line[0] != '#') {
            events.push_back(line);
        }
    }
    REQUIRE(events.size() == 8);
    CHECK(events[0] == "0\t5000000\tslice\tHBM\tgpu.hbm.bus\tread\tbytes=128\t-");
    CHECK(events[1] == "100000\t100000\tcounter\tHBM\tgpu.hbm.bus\tqueue\t5\t-");
    CHECK(events[3] == "700000\t700000\tinstant\tSM\tgpu.sm0.tma\tissue\t-\tfirst");
}

TEST_CASE("suffixes name the format") {
    CHECK(vr::event_format("a/b.pftrace") == EventFormat::kPerfetto);
    CHECK(vr::event_format("b.json") == EventFormat::kChrome);
    CHECK(vr::event_format("b.txt") == EventFormat::kText);
    CHECK_THROWS_WITH(vr::event_format("b.vcd"),
                      "--events b.vcd: the suffix names no format; allowed: .pftrace (Perfetto), "
                      ".json (Chrome trace), .txt (one line per event)");
}
