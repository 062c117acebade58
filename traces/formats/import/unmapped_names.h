// SPDX-License-Identifier: Apache-2.0
// Names that got no shape, with the reason, how often and for how long.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "traces/formats/import/trace_totals.h"

namespace vr {

class UnmappedNames {
  public:
    void add(const std::string& name, const std::string& why, Time time) {
        UnmappedName& entry = entries_[{name, why}];
        entry.name = name;
        entry.why = why;
        ++entry.count;
        entry.time += time;
    }
    /// Largest time first, then by name.
    [[nodiscard]] std::vector<UnmappedName> take() const {
        std::vector<UnmappedName> out;
        for (const auto& [key, entry] : entries_) {
            out.push_back(entry);
        }
        std::stable_sort(out.begin(), out.end(), [](const UnmappedName& a, const UnmappedName& b) {
            return a.time > b.time;
        });
        return out;
    }

  private:
    std::map<std::pair<std::string, std::string>, UnmappedName> entries_;
};

}  // namespace vr
