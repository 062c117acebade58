// SPDX-License-Identifier: Apache-2.0
// What an accounting of a conversion compares: counted once in the file that is read, by its
// reader, and once in the file that was written, from what it says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/quantity.h"

namespace vr {

struct TraceTotals {
    std::int64_t operators = 0;
    std::int64_t flops = 0;           ///< floating-point operations; a multiply-add is two
    std::int64_t bytes = 0;           ///< of all operands and results
    std::int64_t communications = 0;  ///< operators between ranks
    std::int64_t communicated = 0;    ///< their bytes
    std::int64_t replayed = 0;        ///< operators without a known shape
    Time replayed_time;               ///< recorded durations of those
    bool operator==(const TraceTotals&) const = default;
};

/// A name that the mapping does not know, or whose shape was not usable, by its recorded time.
struct UnmappedName {
    std::string name;
    std::string why;
    std::int64_t count = 0;
    Time time;
};

/// What a reader tells of a foreign trace besides the workload.
struct ImportNotes {
    TraceTotals source;                  ///< counted in the foreign file
    Time recorded_time;                  ///< sum of all recorded durations
    Time modelled_time;                  ///< of those, of operators that got a shape
    std::int64_t left_out_bytes = 0;     ///< operands that our operators do not have, e.g. a bias
    std::int64_t merged = 0;             ///< further kernels of an operator that is one for us
    std::vector<UnmappedName> unmapped;  ///< largest time first
    std::vector<std::string> warnings;
};

}  // namespace vr
