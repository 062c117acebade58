// SPDX-License-Identifier: Apache-2.0
// The event record: one stream of what happened when, off by default. Timeline files, the stepper
// and the viewer read it; units only write. A unit holds a pointer that is null when recording is
// off.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/cause_book.h"
#include "models/base/quantity.h"

namespace vr {

/// How much is recorded: what timelines show, or also why: chains of causes, DRAM commands, fills
/// of caches, ends of tiles.
enum class EventDetail : std::uint8_t { kTimeline, kExplained };

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
    std::uint32_t number = 0;  ///< in the order of recording
    std::uint32_t chain = 0;   ///< once settled: link of causes() that ends it; 0 is "none kept"
};

/// What a note of a link means: an event of the record, or words.
struct EventNote {
    enum Kind : std::uint8_t { kNone, kEvent, kWords } kind = kNone;
    std::uint32_t index = 0;  ///< Event::number, or index into names()
};

/// Collects events in memory. Deterministic: names and tracks are numbered in order of first use,
/// and sorted() orders events by (begin, track, end, name, value), so the order in which units ran
/// leaves no mark.
class EventRecord {
  public:
    explicit EventRecord(EventDetail detail = EventDetail::kTimeline);
    std::uint32_t track(std::string_view path, std::string_view group);
    std::uint32_t name(std::string_view text);
    /// Each returns the number of the event.
    std::uint32_t slice(std::uint32_t track, std::uint32_t name, Time begin, Time end,
                        std::uint32_t operator_index = 0, std::int64_t value = 0,
                        std::uint32_t value_name = 0);
    std::uint32_t instant(std::uint32_t track, std::uint32_t name, Time at,
                          std::uint32_t operator_index = 0, std::int64_t value = 0,
                          std::uint32_t value_name = 0);
    std::uint32_t counter(std::uint32_t track, std::uint32_t name, Time at, std::int64_t value);

    /// Whether units should give causes, notes, and the events that no timeline shows.
    [[nodiscard]] bool explains() const { return detail_ == EventDetail::kExplained; }
    /// The chain that ends an event. Without effect unless the record explains.
    void set_cause(std::uint32_t event, const Cause& cause);
    [[nodiscard]] bool has_cause(std::uint32_t event) const { return events_[event].chain != 0; }
    /// Notes for Attribution::extend_noted(); 0, which is "none", when there are too many.
    [[nodiscard]] static std::uint32_t note_of_event(std::uint32_t event);
    [[nodiscard]] std::uint32_t note_of_words(std::string_view words);
    [[nodiscard]] static EventNote read_note(std::uint32_t note);
    /// Turns the causes into plain data. Must happen before their arena ends, and after the last
    /// event.
    void settle(const Attribution& attribution);
    [[nodiscard]] const CauseBook& causes() const { return causes_; }

    [[nodiscard]] const std::vector<EventTrack>& tracks() const { return tracks_; }
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    [[nodiscard]] std::size_t size() const { return events_.size(); }
    [[nodiscard]] std::vector<Event> sorted() const;

  private:
    std::uint32_t add(const Event& event);
    EventDetail detail_;
    std::vector<EventTrack> tracks_;
    std::vector<std::string> names_;
    std::map<std::string, std::uint32_t, std::less<>> track_index_;
    std::map<std::string, std::uint32_t, std::less<>> name_index_;
    std::vector<Event> events_;
    std::vector<Cause> kept_;  // until settle(); Event::chain is the place in here, plus one
    CauseBook causes_;
};

}  // namespace vr
