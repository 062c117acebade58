// SPDX-License-Identifier: Apache-2.0
// A run at the clock that the power limit allows: simulated at a few clocks until it fits.
#pragma once

#include <functional>

#include "app/platform/platform_config.h"
#include "app/report/run_result.h"

namespace vr {

/// The platform with its SM clock at `clock`, and every other clock of the chip (tensor cores,
/// vector pipes, crossbar, L2, copy engine, thread-block scheduler) in proportion, rounded down to
/// the reference clock. Memory, front end and management core have their own.
[[nodiscard]] PlatformConfig at_sm_clock(const PlatformConfig& config, Frequency clock);

/// The result of `run` at the governed clock, with its power. `run` gets the platform to simulate
/// and whether this is a trial. An observed run is made again when its clock is known.
[[nodiscard]] RunResult run_governed(
    const PlatformConfig& config, bool observed,
    const std::function<RunResult(const PlatformConfig&, bool trial)>& run);

/// What a run drew, by the activity in its result.
[[nodiscard]] PowerResult power_of(const PlatformConfig& config, const RunResult& result,
                                   Frequency clock);

}  // namespace vr
