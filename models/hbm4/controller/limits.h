// SPDX-License-Identifier: Apache-2.0
// How large the machine of a pseudo-channel is at most, and the values that stand for none.
#pragma once

#include <cstdint>

#include "models/transport/state_lines.h"

namespace vr::hbm4 {

inline constexpr std::int32_t kMaxBanks = 64;   ///< bits of a bank mask
inline constexpr std::int32_t kMaxGroups = 16;  ///< bank groups over all stack ids
inline constexpr std::int32_t kMaxStackIds = 8;
inline constexpr std::int32_t kMaxColumns = 256;
inline constexpr std::uint32_t kSlots = 64;  ///< bits of a slot mask
inline constexpr std::int32_t kNoRow = kNoIdentity<std::int32_t>;
inline constexpr std::uint64_t kRowSpace = 1;  ///< rows are positions of this space
inline constexpr std::int32_t kNoBank = -1;

}  // namespace vr::hbm4
