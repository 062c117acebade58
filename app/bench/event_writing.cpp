// SPDX-License-Identifier: Apache-2.0
// Rate of writing recorded events as a Perfetto trace, against copying the same number of raw
// events.
#include <cstring>

#include "app/bench/benchmark.h"
#include "app/events/event_writer.h"
#include "models/base/error.h"

namespace vr {

namespace {

BenchmarkResult measure() {
    constexpr std::int64_t kTracks = 64;
    constexpr std::int64_t kEvents = 200'000;
    EventRecord record;
    std::vector<std::uint32_t> tracks;
    for (std::int64_t t = 0; t < kTracks; ++t) {
        tracks.push_back(record.track("gpu.sm" + std::to_string(t), "SM"));
    }
    const std::uint32_t name = record.name("step");
    const std::uint32_t bytes = record.name("bytes");
    for (std::int64_t i = 0; i < kEvents; ++i) {
        const Time begin{i / kTracks * 1'000'000};
        record.slice(tracks[static_cast<std::size_t>(i % kTracks)], name, begin,
                     begin + Time{999'999}, 0, 128, bytes);
    }
    BenchmarkResult result;
    result.value = best_rate(kEvents, [&] {
        std::size_t written = 0;
        write_events(EventFormat::kPerfetto, record, {"bench", {}},
                     [&](std::string_view part) { written += part.size(); });
        ensure(written > kEvents, "events were lost");
    });
    const std::vector<Event> events = record.sorted();
    std::vector<char> copy(events.size() * sizeof(Event));
    result.baseline = best_rate(kEvents, [&] {
        for (std::size_t i = 0; i < events.size(); ++i) {
            std::memcpy(copy.data() + i * sizeof(Event), &events[i], sizeof(Event));
        }
        ensure(copy[0] == 0, "the first event begins at 0");
    });
    return result;
}

}  // namespace

Benchmark event_writing_benchmark() {
    return {"event_writing", "events/s",
            "writing a Perfetto trace; baseline: copying the events as they lie in memory",
            measure};
}

}  // namespace vr
