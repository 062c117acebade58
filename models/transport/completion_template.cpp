// SPDX-License-Identifier: Apache-2.0
#include "models/transport/completion_template.h"

#include <algorithm>

#include "models/base/error.h"

namespace vr {

void CompletionTemplate::append(Time at, std::uint64_t item) {
    if (!segments_.empty()) {
        Segment& segment = segments_.back();
        const Time before = last();
        ensure(at >= before, "completion at {} fs after one at {} fs", at.value, before.value);
        if (segment.end - segment.begin == 1) {  // a run of single completions
            const std::uint64_t last_item =
                points_[segment.begin].item + (segment.repeats - 1) * segment.items;
            if (segment.repeats == 1) {
                segment.period = at - before;
                segment.items = item - last_item;
            }
            if (at - before == segment.period && item - last_item == segment.items) {
                ++segment.repeats;
                return;
            }
        }
    }
    points_.push_back({{}, item});
    segments_.push_back({at, {}, 1, 0, points_.size() - 1, points_.size()});
}

void CompletionTemplate::append_periods(Time first, Time period, std::uint64_t repeats,
                                        std::uint64_t items,
                                        const std::vector<Completion>& points) {
    if (repeats == 0 || points.empty()) {
        return;
    }
    ensure(std::is_sorted(points.begin(), points.end(),
                          [](const Completion& a, const Completion& b) { return a.at < b.at; }),
           "the completions of a period are not in order of time");
    ensure(repeats == 1 || points.back().at - points.front().at <= period,
           "the completions of a period take longer than the period of {} fs", period.value);
    append_segment({first, period, repeats, items, 0, points.size()}, points);
}

void CompletionTemplate::append_segment(const Segment& segment,
                                        const std::vector<Completion>& points) {
    const Time begins = segment.first + points[segment.begin].at;
    ensure(segments_.empty() || begins >= last(), "completion at {} fs after one at {} fs",
           begins.value, last().value);
    const std::uint64_t begin = points_.size();
    points_.insert(points_.end(), points.begin() + static_cast<std::ptrdiff_t>(segment.begin),
                   points.begin() + static_cast<std::ptrdiff_t>(segment.end));
    Segment own = segment;
    own.begin = begin;
    own.end = points_.size();
    segments_.push_back(own);
}

void CompletionTemplate::append(const CompletionTemplate& other) {
    for (const Segment& segment : other.segments_) {
        append_segment(segment, other.points_);
    }
}

CompletionTemplate CompletionTemplate::take_before(Time horizon) {
    CompletionTemplate taken;
    CompletionTemplate rest;
    for (const Segment& segment : segments_) {
        if (at(segment, segment.repeats - 1, segment.end - 1).at < horizon) {
            taken.append_segment(segment, points_);
            continue;
        }
        if (at(segment, 0, segment.begin).at >= horizon) {
            rest.append_segment(segment, points_);
            continue;
        }
        // Whole repeats before the horizon, at most one that it cuts, whole repeats after it.
        std::uint64_t whole = 0;
        if (segment.period.value > 0) {
            const Time span = horizon - segment.first - points_[segment.end - 1].at;
            whole = span.value <= 0
                        ? 0
                        : std::min(segment.repeats, static_cast<std::uint64_t>(divide_round_up(
                                                        span.value, segment.period.value)));
        }
        if (whole > 0) {
            Segment part = segment;
            part.repeats = whole;
            taken.append_segment(part, points_);
        }
        if (whole == segment.repeats) {
            continue;
        }
        std::uint64_t i = segment.begin;
        for (; i < segment.end && at(segment, whole, i).at < horizon; ++i) {
            taken.append(at(segment, whole, i).at, at(segment, whole, i).item);
        }
        std::uint64_t after = whole;
        if (i != segment.begin) {
            for (; i < segment.end; ++i) {
                rest.append(at(segment, whole, i).at, at(segment, whole, i).item);
            }
            ++after;
        }
        if (after < segment.repeats) {
            std::vector<Completion> points(
                points_.begin() + static_cast<std::ptrdiff_t>(segment.begin),
                points_.begin() + static_cast<std::ptrdiff_t>(segment.end));
            for (Completion& point : points) {
                point.item += after * segment.items;
            }
            Segment part{segment.first + segment.period * static_cast<std::int64_t>(after),
                         segment.period,
                         segment.repeats - after,
                         segment.items,
                         0,
                         points.size()};
            rest.append_segment(part, points);
        }
    }
    *this = std::move(rest);
    return taken;
}

std::vector<Completion> CompletionTemplate::expand() const {
    std::vector<Completion> all;
    all.reserve(count());
    for_each([&](const Completion& one) { all.push_back(one); });
    return all;
}

std::uint64_t CompletionTemplate::count() const {
    std::uint64_t n = 0;
    for (const Segment& segment : segments_) {
        n += segment.repeats * (segment.end - segment.begin);
    }
    return n;
}

Time CompletionTemplate::first() const {
    return empty() ? kNever : at(segments_.front(), 0, segments_.front().begin).at;
}

Time CompletionTemplate::last() const {
    return empty()
               ? kNever
               : at(segments_.back(), segments_.back().repeats - 1, segments_.back().end - 1).at;
}

}  // namespace vr
