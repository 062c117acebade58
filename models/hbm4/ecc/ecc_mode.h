// SPDX-License-Identifier: Apache-2.0
// Where a memory corrects errors, and what its standard has for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vr::hbm4 {

enum class EccMode : std::uint8_t { kNone, kOnDie, kSideband, kBoth };
inline constexpr std::size_t kEccModes = 4;

/// The word of a configuration and of a standard's table: "on_die".
[[nodiscard]] std::string_view name_of(EccMode mode);

/// What a standard has for error correction.
struct StandardEcc {
    EccMode mode = EccMode::kNone;          ///< where "by_standard" is asked for
    std::int64_t metadata_bytes = 0;        ///< on the pins beside a word of 32 B
    std::int64_t sideband_word_bits = 256;  ///< data in a word of the controller's code
};

}  // namespace vr::hbm4
