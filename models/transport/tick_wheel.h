// SPDX-License-Identifier: Apache-2.0
// The calendar of a region: for every unit the one time at which it acts next; gives them out in order (time, unit).
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/base/quantity.h"

namespace vr {

/// Indexed binary heap, one entry per unit.
class TickWheel {
  public:
    /// Adds one more unit; units are numbered from 0 in order of this call.
    void add_unit();
    /// Makes `at` the next time of `unit` if it is earlier than the one it has.
    void schedule(std::uint32_t unit, Time at);
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

}  // namespace vr
