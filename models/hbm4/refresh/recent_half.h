// SPDX-License-Identifier: Apache-2.0
// The half of the banks that was activated last, as a mask, kept beside the order of activates.
// Derived from it; rebuilt at any time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/hbm4/controller/queue_index.h"
#include "models/hbm4/refresh/recency.h"

namespace vr::hbm4 {

/// Of one pseudo-channel.
class RecentHalf {
  public:
    template <std::size_t Banks>
    void rebuild(const Recency<Banks>& recent, std::int32_t banks) {
        mask_ = 0;
        last_ = recent.first;
        for (std::int32_t i = 0; i < banks / 2; ++i) {
            last_ = i == 0 ? last_ : recent.older[last_];
            mask_ |= bit(std::uint32_t{last_});
        }
    }
    /// Moves an activated bank to the front of the order.
    template <std::size_t Banks>
    void activated(Recency<Banks>& recent, std::uint8_t bank) {
        const bool within = (mask_ & bit(std::uint32_t{bank})) != 0;
        if (within && bank == last_ && bank != recent.first) {
            last_ = recent.newer[bank];
        }
        recent.to_front(bank);
        if (!within && mask_ != 0) {  // it moves the least recent one out
            mask_ |= bit(std::uint32_t{bank});
            mask_ &= ~bit(std::uint32_t{last_});
            last_ = recent.newer[last_];
        }
    }
    [[nodiscard]] std::uint64_t mask() const { return mask_; }

  private:
    std::uint8_t last_ = 0;  // the least recent of the half
    std::uint64_t mask_ = 0;
};

}  // namespace vr::hbm4
