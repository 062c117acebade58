// SPDX-License-Identifier: Apache-2.0
#include "models/transport/tick_wheel.h"

#include <algorithm>
#include <bit>

namespace vr {

void TickWheel::add_unit() {
    units_.emplace_back();
}

void TickWheel::schedule(std::uint32_t unit, Time at) {
    if (at >= units_[unit].at) {
        return;
    }
    cancel(unit);
    units_[unit].at = at;
    insert(unit);
}

void TickWheel::cancel(std::uint32_t unit) {
    Unit& one = units_[unit];
    if (one.list == kNone) {
        return;
    }
    if (one.list == kCurrent) {
        current_.erase(
            std::lower_bound(current_.begin(), current_.end(), Entry{one.at, unit}, later));
    } else {
        unlink(unit);
    }
    one.list = kNone;
    one.at = kNever;
}

std::pair<Time, std::uint32_t> TickWheel::pop() {
    if (current_.empty()) {
        load();
    }
    const Entry first = current_.back();
    current_.pop_back();
    units_[first.unit].list = kNone;
    units_[first.unit].at = kNever;
    return {first.at, first.unit};
}

void TickWheel::insert(std::uint32_t unit) {
    const Time at = units_[unit].at;
    const std::int64_t bucket = at.value >> bucket_bits_;
    if (bucket <= cursor_) {
        units_[unit].list = kCurrent;
        const Entry entry{at, unit};
        current_.insert(std::lower_bound(current_.begin(), current_.end(), entry, later), entry);
    } else if (bucket >> kEpochBits == epoch_) {
        link(unit, static_cast<std::uint32_t>(bucket) & (kBuckets - 1));
    } else {
        link(unit, kFar);
    }
}

void TickWheel::link(std::uint32_t unit, std::uint32_t list) const {
    Unit& one = units_[unit];
    one.list = list;
    one.before = kNone;
    one.after = heads_[list];
    if (one.after != kNone) {
        units_[one.after].before = unit;
    }
    heads_[list] = unit;
    if (list != kFar) {
        occupied_[list / 64] |= std::uint64_t{1} << (list % 64);
        occupied_words_ |= std::uint64_t{1} << (list / 64);
    }
}

void TickWheel::unlink(std::uint32_t unit) const {
    const Unit& one = units_[unit];
    if (one.after != kNone) {
        units_[one.after].before = one.before;
    }
    if (one.before != kNone) {
        units_[one.before].after = one.after;
        return;
    }
    heads_[one.list] = one.after;
    if (one.after == kNone && one.list != kFar) {
        std::uint64_t& word = occupied_[one.list / 64];
        word &= ~(std::uint64_t{1} << (one.list % 64));
        if (word == 0) {
            occupied_words_ &= ~(std::uint64_t{1} << (one.list / 64));
        }
    }
}

void TickWheel::load() const {
    while (!load_bucket() && turn()) {
    }
}

// Makes the first occupied bucket the current one. Buckets up to the cursor are empty, so the first
// is the next.
bool TickWheel::load_bucket() const {
    if (occupied_words_ == 0) {
        return false;
    }
    const auto word = static_cast<std::uint32_t>(std::countr_zero(occupied_words_));
    const std::uint32_t list =
        64 * word + static_cast<std::uint32_t>(std::countr_zero(occupied_[word]));
    occupied_[word] &= occupied_[word] - 1;
    if (occupied_[word] == 0) {
        occupied_words_ &= occupied_words_ - 1;
    }
    for (std::uint32_t unit = heads_[list]; unit != kNone; unit = units_[unit].after) {
        units_[unit].list = kCurrent;
        current_.push_back({units_[unit].at, unit});
    }
    heads_[list] = kNone;
    if (current_.size() > 1) {
        std::sort(current_.begin(), current_.end(), later);
    }
    cursor_ = epoch_ * kBuckets + list;
    return true;
}

// Goes to the epoch of the earliest entry in the far list. False when that is empty.
bool TickWheel::turn() const {
    if (heads_[kFar] == kNone) {
        return false;
    }
    Time first = kNever;
    for (std::uint32_t unit = heads_[kFar]; unit != kNone; unit = units_[unit].after) {
        first = std::min(first, units_[unit].at);
    }
    epoch_ = first.value >> bucket_bits_ >> kEpochBits;
    cursor_ = epoch_ * kBuckets - 1;
    for (std::uint32_t unit = heads_[kFar]; unit != kNone;) {
        const std::uint32_t after = units_[unit].after;
        const std::int64_t bucket = units_[unit].at.value >> bucket_bits_;
        if (bucket >> kEpochBits == epoch_) {
            unlink(unit);
            link(unit, static_cast<std::uint32_t>(bucket) & (kBuckets - 1));
        }
        unit = after;
    }
    return true;
}

}  // namespace vr
