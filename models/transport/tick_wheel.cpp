// SPDX-License-Identifier: Apache-2.0
#include "models/transport/tick_wheel.h"

namespace vr {

void TickWheel::add_unit() {
    times_.push_back(kNever);
    place_.push_back(kAbsent);
}

void TickWheel::schedule(std::uint32_t unit, Time at) {
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

std::pair<Time, std::uint32_t> TickWheel::pop() {
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

void TickWheel::move_up(std::uint32_t place) {
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

void TickWheel::move_down(std::uint32_t place) {
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
