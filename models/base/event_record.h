// SPDX-License-Identifier: Apache-2.0
// The event record: one stream of what happened when, off by default. Timeline files, the stepper
// and the viewer read it; units only write. A unit holds a pointer that is null when recording is
// off.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/quantity.h"

namespace vr {

/// What one recorded event is.
enum class EventKind : std::uint8_t { kSlice, kInstant, kCounter };

/// A line of the timeline: one resource, or one slot of a resource, so that its slices never
/// overlap.
struct EventTrack {
    std::string path;   ///< module path, e.g. "gpu.tpc0.sm1.tensor_core"
    std::string group;  ///< heading under which viewers gather it, e.g. "SM", "HBM"
};

/// One event. `value` is a counter's value, or a slice's amount (bytes, elements), named by
/// `value_name`.
struct Event {
    Time begin;
    Time end;  ///< equals begin for instants and counters
    std::uint32_t track = 0;
    std::uint32_t name = 0;  ///< index into EventRecord::names()
    std::int64_t value = 0;
    std::uint32_t value_name = 0;      ///< index into names(); 0 is "no value"
    std::uint32_t operator_index = 0;  ///< operator of the trace plus one; 0 is "none"
    EventKind kind = EventKind::kSlice;
};

/// Collects events in memory. Deterministic: names and tracks are numbered in order of first use,
/// and sorted() orders events by (begin, track, end, name, value), so the order in which units ran
/// leaves no mark.
class EventRecord {
  public:
    EventRecord();
    std::uint32_t track(std::string_view path, std::string_view group);
    std::uint32_t name(std::string_view text);
    void slice(std::uint32_t track, std::uint32_t name, Time begin, Time end,
               std::uint32_t operator_index = 0, std::int64_t value = 0,
               std::uint32_t value_name = 0);
    void instant(std::uint32_t track, std::uint32_t name, Time at,
                 std::uint32_t operator_index = 0);
    void counter(std::uint32_t track, std::uint32_t name, Time at, std::int64_t value);

    [[nodiscard]] const std::vector<EventTrack>& tracks() const { return tracks_; }
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    [[nodiscard]] std::size_t size() const { return events_.size(); }
    [[nodiscard]] std::vector<Event> sorted() const;

  private:
    std::vector<EventTrack> tracks_;
    std::vector<std::string> names_;
    std::vector<Event> events_;
};

}  // namespace vr
