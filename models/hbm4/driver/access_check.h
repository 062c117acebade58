// SPDX-License-Identifier: Apache-2.0
// What a driver asks of an access before it gives it to the memory.
#pragma once

#include <cstdint>

#include "models/base/error.h"
#include "models/hbm4/address_map/address_map.h"
#include "models/transport/memory_access.h"

namespace vr::hbm4 {

/// Throws UsageError for access number `index` when it lies beyond the memory, is no multiple of
/// the access size, or leaves its interleaving block.
inline void check_access(const AddressMap& map, const MemoryAccess& a, std::int64_t index) {
    const std::uint64_t block = map.interleave();
    if (a.address > map.capacity() || a.bytes > map.capacity() - a.address) {
        throw UsageError(fmt::format(
            "access {} at {:#x} lies beyond the memory of {} B; use a larger memory or a smaller "
            "region",
            index, a.address, map.capacity()));
    }
    if (a.bytes == 0 || (a.address | a.bytes) % map.access_bytes() != 0 ||
        a.address / block != (a.address + a.bytes - 1) / block) {
        throw UsageError(fmt::format(
            "access {} at {:#x} has {} bytes; allowed: multiples of {} B within one block of {} B",
            index, a.address, a.bytes, map.access_bytes(), block));
    }
}

}  // namespace vr::hbm4
