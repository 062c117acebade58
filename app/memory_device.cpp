// SPDX-License-Identifier: Apache-2.0
#include "app/memory_device.h"

#include "app/paths.h"
#include "app/platform/platform_config.h"
#include "app/simulate.h"
#include "models/hbm4/memory_system/door_config.h"

namespace vr {

LoadedMemory load_memory(const CommonOptions& common, const std::string& device) {
    if (device.empty()) {
        Configuration configuration = load_platform(common);
        const Hbm4Config memory = bind_platform_config(configuration).gpu.hbm4;
        return {std::move(configuration), memory};
    }
    ConfigurationRequest request;
    request.platform = device;
    request.profile = common.profile;
    request.sets = common.sets;
    request.preset_folders = {tree_path("models/hbm4/devices")};
    request.kind = "memory device";
    Configuration configuration = Configuration::load(request);
    const Hbm4Config memory = bind_memory(configuration);
    if (configuration.has("memory_system")) {  // of the doors, which the same file may serve
        (void)configuration.bind<MemoryDoorConfig>("memory_system");
    }
    finish_memory(configuration);
    return {std::move(configuration), memory};
}

}  // namespace vr
