// SPDX-License-Identifier: Apache-2.0
#include "models/transport/region.h"

#include <algorithm>

#include "models/base/error.h"

namespace vr {

UnitNumber Region::add(Unit& unit) {
    const auto number = static_cast<UnitNumber>(units_.size());
    units_.push_back(&unit);
    wheel_.add_unit();
    wheel_.schedule(number, unit.next());
    return number;
}

void Region::run(Time horizon) {
    while (wheel_.next() < horizon) {
        const auto [at, number] = wheel_.pop();
        now_ = at;
        Unit& unit = *units_[number];
        const Time slack = unit.look_ahead();
        const Time limit = slack == kNever || slack > horizon - at ? horizon : at + slack;
        unit.run(limit);
        wheel_.schedule(number, unit.next());
    }
}

void Region::reschedule_all() {
    for (std::size_t number = 0; number < units_.size(); ++number) {
        wheel_.schedule(static_cast<UnitNumber>(number), units_[number]->next());
    }
}

std::string describe_waits(const std::vector<Wait>& waits, Time now) {
    std::vector<Wait> sorted = waits;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Wait& a, const Wait& b) { return a.since < b.since; });
    std::string text;
    // A region may have run ahead of the moment at which it is asked
    for (const Wait& wait : sorted) {
        now = std::max(now, wait.since);
    }
    for (const Wait& wait : sorted) {
        text += fmt::format("\n  {} waits for {} from {} (since {} fs, {} fs ago)", wait.who,
                            wait.what, wait.whom, wait.since.value, (now - wait.since).value);
    }
    return text;
}

}  // namespace vr
