// SPDX-License-Identifier: Apache-2.0
// A recorded run as the stepper reads it: events in order, each as one line of text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/events/event_writer.h"
#include "models/base/event_record.h"

namespace vr {

/// A moment of a run in nanoseconds: "1689.634 ns", cut after the picosecond.
[[nodiscard]] std::string moment_text(Time time);

class RunView {
  public:
    /// `record` outlives the view and gets no more events.
    RunView(const EventRecord& record, EventNames names);

    [[nodiscard]] std::size_t size() const { return events_.size(); }
    [[nodiscard]] const Event& event(std::size_t place) const { return events_[place]; }
    /// The event that a unit recorded under this number.
    [[nodiscard]] const Event& numbered(std::uint32_t number) const {
        return events_[place_of_[number]];
    }
    [[nodiscard]] const EventRecord& record() const { return record_; }
    [[nodiscard]] const EventNames& names() const { return names_; }
    [[nodiscard]] const std::string& path(const Event& event) const {
        return record_.tracks()[event.track].path;
    }
    [[nodiscard]] const std::string& name(const Event& event) const {
        return record_.names()[event.name];
    }
    /// Place, time (readable and exact), unit path, what happens, amount, operator.
    [[nodiscard]] std::string line(std::size_t place) const;
    /// Place of the first event that begins at `time` or later; size() when there is none.
    [[nodiscard]] std::size_t first_at(Time time) const;
    /// Place of the first event of an operator (counted from 0); size() when it has none.
    [[nodiscard]] std::size_t first_of(std::size_t operator_number) const {
        return first_of_[operator_number];
    }
    /// Latest end of an event.
    [[nodiscard]] Time end() const { return end_; }

  private:
    const EventRecord& record_;
    EventNames names_;
    std::vector<Event> events_;
    std::vector<std::uint32_t> place_of_;  // by number
    std::vector<std::size_t> first_of_;    // by operator
    Time end_;
};

}  // namespace vr
