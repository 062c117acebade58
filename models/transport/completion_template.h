// SPDX-License-Identifier: Apache-2.0
// Completion templates: completions in bulk, as repeated segments. A template records what was
// simulated, or a period that was proved; it never holds a forecast.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/quantity.h"

namespace vr {

/// One item of a descriptor is complete.
struct Completion {
    Time at;
    std::uint64_t item = 0;
    bool operator==(const Completion&) const = default;
};

/// A list of completions in order of time, and of recording where times are equal.
class CompletionTemplate {
  public:
    /// Repeat j of the segment's points: each at `first + j * period` plus its own time, with its
    /// own item plus j * `items`.
    struct Segment {
        Time first;
        Time period;
        std::uint64_t repeats = 1;
        std::uint64_t items = 0;  ///< by which item numbers advance in a period
        std::uint64_t begin = 0;  ///< its points: points()[begin, end)
        std::uint64_t end = 0;
        bool operator==(const Segment&) const = default;
    };

    /// Records one completion, not before the last one. Even spacing is kept as one segment.
    void append(Time at, std::uint64_t item);
    /// Records `repeats` periods from `first` on. `points` are relative to `first` and to item 0,
    /// in order, all within one period.
    void append_periods(Time first, Time period, std::uint64_t repeats, std::uint64_t items,
                        const std::vector<Completion>& points);
    /// Records another template whose completions are not before the last one.
    void append(const CompletionTemplate& other);
    /// Removes and returns everything before `horizon`.
    CompletionTemplate take_before(Time horizon);

    /// Calls fn(Completion) for each completion, in order.
    template <class Fn>
    void for_each(Fn&& fn) const {
        for (const Segment& segment : segments_) {
            for (std::uint64_t j = 0; j < segment.repeats; ++j) {
                for (std::uint64_t i = segment.begin; i < segment.end; ++i) {
                    fn(at(segment, j, i));
                }
            }
        }
    }
    /// All completions one by one.
    [[nodiscard]] std::vector<Completion> expand() const;
    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] bool empty() const { return segments_.empty(); }
    /// Time of the first and of the last completion; kNever when empty.
    [[nodiscard]] Time first() const;
    [[nodiscard]] Time last() const;
    [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
    [[nodiscard]] const std::vector<Completion>& points() const { return points_; }

  private:
    [[nodiscard]] Completion at(const Segment& segment, std::uint64_t j, std::uint64_t i) const {
        const Completion& point = points_[i];
        return {segment.first + segment.period * static_cast<std::int64_t>(j) + point.at,
                point.item + j * segment.items};
    }
    void append_segment(const Segment& segment, const std::vector<Completion>& points);
    std::vector<Segment> segments_;
    std::vector<Completion> points_;
};

}  // namespace vr
