// SPDX-License-Identifier: Apache-2.0
#include "app/step/run_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/report/text.h"

namespace vr {

std::string moment_text(Time time) {
    constexpr std::int64_t kPicosecond = 1000;
    const std::int64_t picoseconds = time.value / kPicosecond;
    return fmt::format("{}.{:03} ns", picoseconds / 1000, picoseconds % 1000);
}

RunView::RunView(const EventRecord& record, EventNames names)
    : record_(record),
      names_(std::move(names)),
      events_(record.sorted()),
      place_of_(events_.size()),
      first_of_(names_.operators.size(), events_.size()) {
    for (std::size_t i = 0; i < events_.size(); ++i) {
        const Event& e = events_[i];
        place_of_[e.number] = static_cast<std::uint32_t>(i);
        end_ = std::max(end_, e.end);
        if (e.operator_index != 0) {
            std::size_t& first = first_of_[e.operator_index - 1];
            first = std::min(first, i);
        }
    }
}

std::size_t RunView::first_at(Time time) const {
    const auto found = std::lower_bound(events_.begin(), events_.end(), time,
                                        [](const Event& e, Time t) { return e.begin < t; });
    return static_cast<std::size_t>(found - events_.begin());
}

std::string RunView::line(std::size_t place) const {
    const Event& e = events_[place];
    std::string what = name(e);
    if (e.kind == EventKind::kCounter) {
        what += fmt::format(" = {}", e.value);
    } else if (e.kind == EventKind::kSlice) {
        what += fmt::format(", for {}", time_text(e.end - e.begin));
    }
    std::string amount = "-";
    if (e.value_name != 0) {
        const std::string& unit = record_.names()[e.value_name];
        // "64 bytes", but "row 17": a unit follows its number, a name stands before it
        amount = unit.ends_with("s") ? fmt::format("{} {}", e.value, unit)
                                     : fmt::format("{} {}", unit, e.value);
    }
    return fmt::format("[{}] {} ({} fs)  {}  {}  {}  {}", place + 1, moment_text(e.begin),
                       e.begin.value, path(e), what, amount,
                       e.operator_index == 0 ? "-" : names_.operators.at(e.operator_index - 1));
}

}  // namespace vr
