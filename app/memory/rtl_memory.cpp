// SPDX-License-Identifier: Apache-2.0
#include "app/memory/rtl_memory.h"

#include <fmt/format.h>

#include "models/base/error.h"
#include "rtl/hbm4/rtl_channels.h"

namespace vr {

namespace {

[[noreturn]] void refuse(const Hbm4Config& memory, const std::string& what) {
    throw InputError(Diagnostic{
        "", 0, 0,
        fmt::format("gpu.hbm4.impl = \"{}\": RTL schedules a single channel, this is {} ({} "
                    "pseudo-channels)",
                    memory.impl, what, memory.pseudo_channels()),
        "model; rtl and both with `vrsim mem --target channel`",
        "leave it out, or drive one channel with vrsim mem"});
}

constexpr const char* kWholeMemory = "the memory of a GPU";

}  // namespace

RtlMemory::RtlMemory(const Hbm4Config& memory, const CommandLine& line) : impl_(memory.impl) {
    const bool twins = impl_ != "model" && line.common.level != Level::kRoofline;
    if (!twins) {
        impl_ = "model";
        if (!line.common.waves.empty()) {
            throw UsageError(fmt::format(
                "--waves {}: this run has no RTL: add --set gpu.hbm4.impl=rtl (or both)",
                line.common.waves));
        }
        return;
    }
    if (memory.stacks * memory.channels_per_stack != 1) {
        refuse(memory, line.channels == -1 ? kWholeMemory : "--channels");
    }
    context_ = std::make_unique<RtlContext>(line.common.waves);
}

ChannelFactory RtlMemory::channels() const {
    if (!context_) {
        return nullptr;
    }
    const auto use = impl_ == "both" ? hbm4::SchedulerUse::kLockStep : hbm4::SchedulerUse::kAlone;
    return [use, context = context_.get()](const Hbm4Config& config, const hbm4::Timing& timing) {
        return hbm4::make_rtl_channels(config, timing, use, *context);
    };
}

std::string RtlMemory::fidelity() const {
    if (!context_) {
        return "";
    }
    return impl_ == "both" ? "RTL and model in lock step: every command and completion is the same"
                           : "RTL";
}

void refuse_rtl_memory(const Hbm4Config& memory) {
    if (memory.impl != "model") {
        refuse(memory, kWholeMemory);
    }
}

}  // namespace vr
