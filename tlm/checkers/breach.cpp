// SPDX-License-Identifier: Apache-2.0
#include "tlm/checkers/breach.h"

#include <algorithm>

namespace vr {

ProtocolBroken::ProtocolBroken(std::string rule, const std::string& path, Time at,
                               std::string_view what)
    : LawBroken(fmt::format("{}: {} at {} fs: {}", rule, path, at.value, what)),
      rule_(std::move(rule)) {}

void BreachLog::report(std::string_view rule, const std::string& path, Time at,
                       std::string_view what) {
    breaches_.emplace_back(std::string(rule), path, at, what);
    throw breaches_.back();
}

bool BreachLog::has(std::string_view rule) const {
    return std::any_of(breaches_.begin(), breaches_.end(),
                       [rule](const ProtocolBroken& breach) { return breach.rule() == rule; });
}

}  // namespace vr
