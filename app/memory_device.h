// SPDX-License-Identifier: Apache-2.0
// The memory that a verb runs alone: that of a platform, or a device of models/hbm4/devices.
#pragma once

#include <string>

#include "app/options.h"
#include "models/base/configuration.h"
#include "models/hbm4/hbm4_config.h"

namespace vr {

struct LoadedMemory {
    Configuration configuration;
    Hbm4Config memory;
};

/// The memory of `common.platform`, or, where `device` is given, the device of this name or file;
/// then nothing but the memory is read. Throws InputError.
[[nodiscard]] LoadedMemory load_memory(const CommonOptions& common, const std::string& device);

}  // namespace vr
