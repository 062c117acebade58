// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/memory_system/door_config.h"

namespace vr {

std::array<std::int64_t, 2> MemoryDoorConfig::credits(const Hbm4Config& memory) const {
    // What is outside queue and buffer while its place in them is free again: the credit's way
    // back.
    const std::int64_t on_the_way =
        (memory.front_latency + memory.back_latency + memory.read_latency).value /
        memory.burst.value;
    return {
        read_credits > 0 ? read_credits : memory.read_queue + memory.read_buffer + on_the_way,
        write_credits > 0 ? write_credits : memory.write_queue + memory.write_buffer + on_the_way};
}

Hbm4Config bind_memory(Configuration& configuration) {
    const auto memory = configuration.bind<Hbm4Config>("gpu.hbm4");
    for (const auto& [key, what] : memory.problems()) {
        configuration.problem("gpu.hbm4." + key, what, "");
    }
    for (const auto& [key, why] : memory.without_effect()) {
        configuration.without_effect("gpu.hbm4." + key, why);
    }
    return memory;
}

void finish_memory(Configuration& configuration) {
    if (configuration.has("gpu.sm")) {
        configuration.finish_part();
    } else {
        configuration.finish();
    }
}

MemorySystemConfig load_memory_system(const ConfigurationRequest& request) {
    Configuration configuration = Configuration::load(request);
    MemorySystemConfig config;
    config.memory = bind_memory(configuration);
    config.door = configuration.bind<MemoryDoorConfig>("memory_system");
    finish_memory(configuration);
    return config;
}

}  // namespace vr
