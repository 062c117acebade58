// SPDX-License-Identifier: Apache-2.0
// The texts of the tables of this folder, compiled in (see CMakeLists.txt of the unit).
#pragma once

#include <string_view>
#include <vector>

namespace vr::hbm4 {

struct StandardTable {
    std::string_view name;  ///< of the file, without .toml
    std::string_view text;
};

/// In order of their names.
[[nodiscard]] const std::vector<StandardTable>& standard_tables();

}  // namespace vr::hbm4
