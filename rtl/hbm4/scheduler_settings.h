// SPDX-License-Identifier: Apache-2.0
// The parameters of a memory as the scheduler's settings. Not modelled: timings that change.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/hbm4/hbm4_config.h"

namespace vr::hbm4 {

/// setting_e of hbm4_scheduler_pkg.sv.
enum class SchedulerSetting : std::uint8_t {
    kBanks,
    kGroupBits,
    kStackBits,
    kRcdRead,
    kRcdWrite,
    kRp,
    kRas,
    kRc,
    kRrdS,
    kRrdL,
    kFaw,
    kRtp,
    kWriteToPrecharge,
    kCcdSRead,
    kCcdSWrite,
    kCcdLRead,
    kCcdLWrite,
    kCcdRRead,
    kCcdRWrite,
    kWriteToReadS,
    kWriteToReadL,
    kRtw,
    kPpd,
    kActivateSlots,
    kRfcAllBank,
    kRfcPerBank,
    kRefreshToRefresh,
    kRefreshToActivate,
    kRefreshToActivateL,
    kActivateToRefresh,
    kActivateToRefreshL,
    kRefresh,
    kRefreshInterval,
    kRefreshPostpone,
    kReadQueue,
    kWriteQueue,
    kWriteBuffer,
    kWriteHigh,
    kWriteLow,
    kTurnColumns,
    kReadAgeLimit,
    kWriteAgeLimit,
    kPrepareRows,
};
inline constexpr std::size_t kSchedulerSettings = 43;

/// By SchedulerSetting.
using SchedulerSettings = std::array<std::uint32_t, kSchedulerSettings>;

/// `config` must have no problems().
[[nodiscard]] SchedulerSettings scheduler_settings(const Hbm4Config& config);

}  // namespace vr::hbm4
