// SPDX-License-Identifier: Apache-2.0
// Memory devices by name, for tests.
#pragma once

#include <string>
#include <vector>

#include "models/hbm4/memory_system/door_config.h"

namespace vr::testing {

inline const std::string kDevices = VRSIM_SOURCE_DIR "/models/hbm4/devices";

inline Hbm4Config device(const std::string& name, std::vector<std::string> sets = {}) {
    ConfigurationRequest request;
    request.platform = name;
    request.sets = std::move(sets);
    request.preset_folders = {kDevices};
    return load_memory_system(request).memory;
}

}  // namespace vr::testing
