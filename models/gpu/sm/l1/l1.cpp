// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/sm/l1/l1.h"

#include <algorithm>

#include "models/transport/memory_units.h"

namespace vr {

L1::L1(std::int64_t bytes, std::int64_t ways)
    : tags_(static_cast<std::uint64_t>(std::max<std::int64_t>(bytes / kLineBytes, ways)),
            static_cast<std::uint32_t>(ways)) {}

L1::Look L1::read(std::uint64_t address, std::uint8_t sectors) {
    Victim victim;  // never dirty: stores go past
    Granule* line = tags_.find_or_place(address / kLineBytes, victim);
    if (line == nullptr) {
        return Look::kMiss;
    }
    if ((sectors & ~line->valid) == 0) {
        return Look::kHit;
    }
    if ((sectors & ~line->valid & ~line->pending) == 0) {
        return Look::kPending;
    }
    line->pending |= sectors & ~line->valid;
    ++line->open_fills;
    return Look::kMiss;
}

void L1::fill(std::uint64_t address, std::uint8_t sectors) {
    const std::uint64_t number = address / kLineBytes;
    Granule* line = tags_.find_at(tags_.locate(number), number);
    if (line == nullptr || line->open_fills == 0) {
        return;  // it went past the cache
    }
    line->valid |= sectors;
    line->pending &= ~std::uint32_t{sectors};
    --line->open_fills;
}

bool L1::holds(std::uint64_t address, std::uint8_t sectors) const {
    const std::uint64_t number = address / kLineBytes;
    const Granule* line = tags_.see_at(tags_.locate(number), number);
    return line != nullptr && (sectors & ~line->valid) == 0;
}

}  // namespace vr
