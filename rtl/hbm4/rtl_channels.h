// SPDX-License-Identifier: Apache-2.0
// The pseudo-channels of a memory on their SystemVerilog schedulers, alone or in lock step with the
// core. Not modelled: folding; every pseudo-channel is clocked by itself, tick by tick.
#pragma once

#include <cstdint>
#include <memory>

#include "models/hbm4/controller/channel_group.h"
#include "models/hbm4/hbm4_config.h"
#include "models/hbm4/timing/timing.h"
#include "rtl/runtime/rtl_context.h"

namespace vr::hbm4 {

enum class SchedulerUse : std::uint8_t {
    kAlone,     ///< impl = "rtl"
    kLockStep,  ///< impl = "both": the core runs too, every command is compared
};

/// All pseudo-channels of `config`, "hbm4.pseudo_channelN" in waveforms and messages. `timing` and
/// `context` must outlive them. A run throws CheckFailed at the first difference.
[[nodiscard]] std::unique_ptr<RecordedGroup> make_rtl_channels(const Hbm4Config& config,
                                                               const Timing& timing,
                                                               SchedulerUse use,
                                                               RtlContext& context);

}  // namespace vr::hbm4
