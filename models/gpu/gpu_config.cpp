// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/gpu_config.h"

#include <bit>

#include "models/base/error.h"

namespace vr {

std::vector<std::pair<std::string, std::string>> GpuConfig::problems() const {
    std::vector<std::pair<std::string, std::string>> found;
    const auto multiple = [&](const char* path, Frequency clock) {
        if (reference_clock.value > 0 && clock.value % reference_clock.value != 0) {
            found.emplace_back(path,
                               fmt::format("{} Hz is no multiple of gpu.reference_clock ({} Hz)",
                                           clock.value, reference_clock.value));
        }
    };
    multiple("sm.clock", sm.clock);
    multiple("sm.vector_pipes.clock", sm.vector_pipes.clock);
    multiple("sm.tensor_core.clock_bf16", sm.tensor_core.clock_bf16);
    multiple("sm.tensor_core.clock_fp8", sm.tensor_core.clock_fp8);
    multiple("sm.tensor_core.clock_fp4", sm.tensor_core.clock_fp4);
    multiple("crossbar.clock", crossbar.clock);
    multiple("l2.clock", l2.clock);
    multiple("hbm4.clock", hbm4.clock);
    multiple("thread_block_scheduler.clock", thread_block_scheduler.clock);
    multiple("command_front_end.clock", command_front_end.clock);
    multiple("management_core.clock", management_core.clock);
    multiple("copy_engine.clock", copy_engine.clock);
    if (power.governor == "steady") {
        multiple("power.clock_step", power.clock_step);
    }
    const auto power_of_two = [&](const char* path, std::int64_t value) {
        if (value > 0 && !std::has_single_bit(static_cast<std::uint64_t>(value))) {
            found.emplace_back(path, fmt::format("{} is no power of two", value));
        }
    };
    power_of_two("l2.slices", l2.slices);
    power_of_two("l2.granule", l2.granule.value);
    power_of_two("l2.fetch_block", l2.fetch_block.value);
    power_of_two("tensor_alignment", tensor_alignment.value);
    if (copy_engine.chunk.value % kLineBytes != 0) {
        found.emplace_back("copy_engine.chunk", fmt::format("{} B are no multiple of {} B",
                                                            copy_engine.chunk.value, kLineBytes));
    }
    if (copy_engine.window < copy_engine.chunk) {
        found.emplace_back("copy_engine.window",
                           fmt::format("{} B do not hold one chunk of {} B",
                                       copy_engine.window.value, copy_engine.chunk.value));
    }
    if (l2.dies > 0 && l2.slices % l2.dies != 0) {
        found.emplace_back("l2.slices",
                           fmt::format("{} slices do not spread over {} dies", l2.slices, l2.dies));
    }
    if (l2.fetch_block.value > hbm4.interleave.value) {
        found.emplace_back("l2.fetch_block",
                           fmt::format("{} B exceed hbm4.interleave ({} B)", l2.fetch_block.value,
                                       hbm4.interleave.value));
    }
    constexpr std::int64_t kBlocks = 8;
    if (l2.granule.value > kBlocks * l2.fetch_block.value) {
        found.emplace_back("l2.fetch_block",
                           fmt::format("{} B cut a granule of {} B into more than {} blocks",
                                       l2.fetch_block.value, l2.granule.value, kBlocks));
    }
    constexpr std::int64_t kTags = std::int64_t{1} << 32;  // tags are 32 bits
    if (l2.granule.value > 0 && hbm4.capacity().value / l2.granule.value >= kTags) {
        found.emplace_back("l2.granule",
                           fmt::format("{} B cut {} B of memory into more than 2^32 granules",
                                       l2.granule.value, hbm4.capacity().value));
    }
    for (const auto& [key, what] : accumulation_rule.problems(accumulation)) {
        found.emplace_back("accumulation_rule." + key, what);
    }
    for (const auto& [key, what] : hbm4.problems()) {
        found.emplace_back("hbm4." + key, what);
    }
    return found;
}

}  // namespace vr
