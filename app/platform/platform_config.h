// SPDX-License-Identifier: Apache-2.0
// The config structs of a whole platform, as bound from its file. Apart from platform.h so that few
// files see them.
#pragma once

#include "models/base/configuration.h"
#include "models/gpu/gpu_config.h"

namespace vr {

struct PlatformConfig {
    SystemConfig system;
    GpuConfig gpu;
};

/// Binds [system] and [gpu], reports inconsistent values, finishes the configuration. May be called
/// again.
[[nodiscard]] PlatformConfig bind_platform_config(Configuration& configuration);

}  // namespace vr
