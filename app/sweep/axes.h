// SPDX-License-Identifier: Apache-2.0
// What a sweep varies: keys with their values, and all combinations of them.
#pragma once

#include <string>
#include <vector>

namespace vr {

/// One --vary: a parameter, as --set takes it, and its values.
struct SweepAxis {
    std::string key;
    std::vector<std::string> values;
};

/// Reads "key=a,b,c", one text an axis. Throws UsageError for a text without key or value, a value
/// or key given twice, or more than 100,000 combinations.
[[nodiscard]] std::vector<SweepAxis> sweep_axes(const std::vector<std::string>& texts);

/// One value for each axis: all combinations, the last axis fastest.
[[nodiscard]] std::vector<std::vector<std::string>> combinations(
    const std::vector<SweepAxis>& axes);

}  // namespace vr
