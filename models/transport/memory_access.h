// SPDX-License-Identifier: Apache-2.0
// One access of a memory trace or pattern: what readers of traces give and memory drivers take.
#pragma once

#include <cstdint>

namespace vr {

struct MemoryAccess {
    std::uint64_t address = 0;
    std::uint32_t bytes = 0;
    bool write = false;
    std::int64_t arrival = 0;  ///< cycle of the memory's clock; 0: as soon as there is room
    bool relative = false;     ///< `arrival` counts from the arrival of the access before
};

}  // namespace vr
