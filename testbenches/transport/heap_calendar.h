// SPDX-License-Identifier: Apache-2.0
// The same calendar as TickWheel on an indexed binary heap: what the wheel is measured against.
// Not modelled: anything; it is a container.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/base/quantity.h"

namespace vr {

/// Indexed binary heap, one entry per unit.
class HeapCalendar {
  public:
    /// Adds one more unit; units are numbered from 0 in order of this call.
    void add_unit();
    /// Makes `at` the next time of `unit` if it is earlier than the one it has.
    void schedule(std::uint32_t unit, Time at);
    /// Takes away the next time of `unit`, if it has one.
    void cancel(std::uint32_t unit);
    /// The earliest next time, or kNever.
    [[nodiscard]] Time next() const { return heap_.empty() ? kNever : times_[heap_.front()]; }
    /// Takes out the first unit; it has no next time until it is scheduled again.
    std::pair<Time, std::uint32_t> pop();

  private:
    static constexpr std::uint32_t kAbsent = 0xffffffffU;
    [[nodiscard]] bool earlier(std::uint32_t a, std::uint32_t b) const {
        return times_[a] != times_[b] ? times_[a] < times_[b] : a < b;
    }
    void move_up(std::uint32_t place);
    void move_down(std::uint32_t place);
    std::vector<Time> times_;
    std::vector<std::uint32_t> place_;  // of each unit in the heap, or kAbsent
    std::vector<std::uint32_t> heap_;   // unit numbers
};

inline void HeapCalendar::add_unit() {
    times_.push_back(kNever);
    place_.push_back(kAbsent);
}

inline void HeapCalendar::schedule(std::uint32_t unit, Time at) {
    if (at >= times_[unit]) {
        return;
    }
    times_[unit] = at;
    if (place_[unit] == kAbsent) {
        place_[unit] = static_cast<std::uint32_t>(heap_.size());
        heap_.push_back(unit);
    }
    move_up(place_[unit]);
}

inline void HeapCalendar::cancel(std::uint32_t unit) {
    if (place_[unit] != kAbsent) {
        schedule(unit, Time{-1});
        pop();
    }
}

inline std::pair<Time, std::uint32_t> HeapCalendar::pop() {
    const std::uint32_t unit = heap_.front();
    const Time at = times_[unit];
    times_[unit] = kNever;
    place_[unit] = kAbsent;
    const std::uint32_t last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) {
        heap_.front() = last;
        place_[last] = 0;
        move_down(0);
    }
    return {at, unit};
}

inline void HeapCalendar::move_up(std::uint32_t place) {
    const std::uint32_t unit = heap_[place];
    while (place > 0) {
        const std::uint32_t above = (place - 1) / 2;
        if (!earlier(unit, heap_[above])) {
            break;
        }
        heap_[place] = heap_[above];
        place_[heap_[place]] = place;
        place = above;
    }
    heap_[place] = unit;
    place_[unit] = place;
}

inline void HeapCalendar::move_down(std::uint32_t place) {
    const std::uint32_t unit = heap_[place];
    while (true) {
        std::uint32_t below = 2 * place + 1;
        if (below >= heap_.size()) {
            break;
        }
        if (below + 1 < heap_.size() && earlier(heap_[below + 1], heap_[below])) {
            ++below;
        }
        if (!earlier(heap_[below], unit)) {
            break;
        }
        heap_[place] = heap_[below];
        place_[heap_[place]] = place;
        place = below;
    }
    heap_[place] = unit;
    place_[unit] = place;
}

}  // namespace vr
