// SPDX-License-Identifier: Apache-2.0
#include "testbenches/gpu/support/load_gpu.h"

#include <utility>

#include "models/vera/vera.h"

namespace vr::testing {

Configuration load_configuration(const std::string& platform, std::vector<std::string> sets) {
    ConfigurationRequest request;
    request.platform = platform;
    request.sets = std::move(sets);
    request.preset_folders = {VRSIM_SOURCE_DIR "/models/platforms"};
    return Configuration::load(request);
}

GpuConfig load_gpu(const std::string& platform, std::vector<std::string> sets) {
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
