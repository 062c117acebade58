// SPDX-License-Identifier: Apache-2.0
// What faults did to a memory, as plain data.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "models/base/quantity.h"

namespace vr::hbm4 {

/// The first of its kind, by time, then by address.
struct FirstError {
    Time at = kNever;
    std::uint64_t address = ~std::uint64_t{0};
    void note(Time time, std::uint64_t place) {
        if (time < at || (time == at && place < address)) {
            at = time;
            address = place;
        }
    }
};

/// Words of 32 B. A word counts once for each read that touches it.
struct FaultCounts {
    std::uint64_t listed = 0;               ///< faults of the list that have begun
    std::uint64_t upsets = 0;               ///< random upsets that have happened
    std::uint64_t corrected_bit = 0;        ///< words read with one bit corrected
    std::uint64_t corrected_bits = 0;       ///< words read with several bits corrected
    std::uint64_t uncorrectable = 0;        ///< words read that were said to be wrong
    std::uint64_t silent = 0;               ///< words read that were wrong and said to be right
    std::uint64_t scrub_corrected = 0;      ///< words that the scrubber put right in place
    std::uint64_t scrub_uncorrectable = 0;  ///< words that it could not put right
    std::uint64_t scrub_visits = 0;         ///< words that it has visited
    std::uint64_t scrub_passes = 0;         ///< whole passes over the memory
    FirstError first_corrected, first_uncorrectable, first_silent;
};

struct FaultCountName {
    std::string_view name;
    std::uint64_t FaultCounts::*value;
    std::string_view meaning;
};

/// The counters with their names in reports.
inline constexpr std::array<FaultCountName, 10> kFaultCountNames = {{
    {"listed_faults", &FaultCounts::listed, "faults of the list that have begun"},
    {"random_upsets", &FaultCounts::upsets, "random upsets that have happened"},
    {"corrected_bit", &FaultCounts::corrected_bit, "words read with one bit corrected"},
    {"corrected_bits", &FaultCounts::corrected_bits, "words read with several bits corrected"},
    {"uncorrectable", &FaultCounts::uncorrectable, "words read that were wrong and said so"},
    {"silent", &FaultCounts::silent, "words read that were wrong and said to be right"},
    {"scrub_corrected", &FaultCounts::scrub_corrected, "words put right in place by scrubbing"},
    {"scrub_uncorrectable", &FaultCounts::scrub_uncorrectable,
     "words that scrubbing could not put right"},
    {"scrub_visits", &FaultCounts::scrub_visits, "words that scrubbing has visited"},
    {"scrub_passes", &FaultCounts::scrub_passes, "whole passes of scrubbing over the memory"},
}};

}  // namespace vr::hbm4
