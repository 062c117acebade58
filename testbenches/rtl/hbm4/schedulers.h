// SPDX-License-Identifier: Apache-2.0
// The verilated schedulers that the tests run, the right one and those with a planted fault.
#pragma once

#include <memory>
#include <string>

#include "rtl/hbm4/scheduler_pins.h"
#include "rtl/hbm4/scheduler_settings.h"
#include "rtl/runtime/rtl_context.h"

namespace vr::testing {

/// "scheduler", "small_queue" (16 slots), or a fault: "window_short", "round_short",
/// "pointer_stuck", "overtaken_once".
[[nodiscard]] std::unique_ptr<hbm4::SchedulerPins> scheduler(
    const std::string& which, RtlContext& context, const hbm4::SchedulerSettings& settings);

}  // namespace vr::testing
