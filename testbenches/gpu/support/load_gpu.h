// SPDX-License-Identifier: Apache-2.0
// The parameters of a GPU from a preset, with changes as --set takes them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/base/configuration.h"
#include "models/gpu/gpu_config.h"
#include "models/vera/vera.h"

namespace vr::testing {

inline Configuration load_configuration(const std::string& platform,
                                        std::vector<std::string> sets) {
    ConfigurationRequest request;
    request.platform = platform;
    request.sets = std::move(sets);
    request.preset_folders = {VRSIM_SOURCE_DIR "/models/platforms"};
    return Configuration::load(request);
}

inline GpuConfig load_gpu(const std::string& platform, std::vector<std::string> sets = {}) {
    Configuration configuration = load_configuration(platform, std::move(sets));
    (void)configuration.bind<SystemConfig>("system");
    auto gpu = configuration.bind<GpuConfig>("gpu");
    if (configuration.has("c2c")) {
        (void)configuration.bind<C2cConfig>("c2c");
        (void)configuration.bind<VeraConfig>("vera");
    }
    configuration.finish();
    ensure(gpu.problems().empty(), "inconsistent test configuration: {}",
           gpu.problems().empty() ? "" : gpu.problems().front().second);
    return gpu;
}

}  // namespace vr::testing
