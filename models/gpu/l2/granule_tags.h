// SPDX-License-Identifier: Apache-2.0
// Tags of the L2: one entry per granule of up to 8 lines, with a bit per 32 B sector. Set-associative, least recently used.
// Not modelled: tags per 128 B line; the granule's effect is measured in DEVIATIONS.md.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/index.h"

namespace vr {

inline constexpr std::uint32_t kNoFill = 0xffffffffU;

/// One granule: 32 sector bits at most.
struct Granule {
    std::uint64_t number = ~std::uint64_t{0};  ///< address / granule bytes; all ones: free
    std::uint32_t valid = 0;
    std::uint32_t pending = 0;  ///< asked from memory, not there yet
    std::uint32_t dirty = 0;
    std::uint32_t fills = kNoFill;  ///< list of fills on their way
    std::uint32_t used = 0;         ///< stamp of the latest use
    TensorIndex tensor{};           ///< of the latest write
};

class GranuleTags {
  public:
    GranuleTags(std::uint64_t granules, std::uint32_t ways);
    /// The granule, or null when it has no entry.
    [[nodiscard]] Granule* find(std::uint64_t number);
    /// The granule, taking the place of the least recently used one of its set that has nothing pending when it has no
    /// entry. What was evicted is in `victim` (number all ones: nothing). Null when every way of the set is pending.
    Granule* find_or_place(std::uint64_t number, Granule& victim);
    template <class Function>
    void for_each(Function&& function) const {
        for (const Granule& granule : granules_) {
            if (granule.number != ~std::uint64_t{0}) {
                function(granule);
            }
        }
    }

  private:
    [[nodiscard]] Granule* set_of(std::uint64_t number);
    std::vector<Granule> granules_;
    std::uint64_t sets_;
    std::uint32_t ways_;
    std::uint32_t stamp_ = 0;
};

}  // namespace vr
