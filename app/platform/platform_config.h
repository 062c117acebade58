// SPDX-License-Identifier: Apache-2.0
// The config structs of a whole platform, as bound from its file. Apart from platform.h so that few
// files see them.
#pragma once

#include <optional>
#include <string>

#include "models/base/configuration.h"
#include "models/c2c/c2c_config.h"
#include "models/gpu/gpu_config.h"
#include "models/transport/workload.h"
#include "models/vera/vera.h"

namespace vr {

struct PlatformConfig {
    SystemConfig system;
    GpuConfig gpu;
    /// What lies behind the GPUs; nothing with system.host = "none".
    struct HostSide {
        C2cConfig c2c;
        VeraConfig vera;
    };
    std::optional<HostSide> host;
    [[nodiscard]] std::uint32_t gpus_per_host() const {
        return host ? static_cast<std::uint32_t>(host->vera.gpus) : 1;
    }
};

/// What a workload asks and this platform cannot give: a host, a kind of product. `file` names the
/// trace.
[[nodiscard]] std::vector<Diagnostic> platform_problems(const PlatformConfig& config,
                                                        const Workload& workload,
                                                        const std::string& file);
/// Whether a run of the workload needs the host side.
[[nodiscard]] bool needs_host(const PlatformConfig& config, const Workload& workload);

/// Binds [system], [gpu], and [c2c] and [vera] where there are such, reports inconsistent values,
/// finishes the configuration. May be called again.
[[nodiscard]] PlatformConfig bind_platform_config(Configuration& configuration);

}  // namespace vr
