// SPDX-License-Identifier: Apache-2.0
// Tags of a cache: one entry per granule of 1 to 8 lines, with a bit per 32 B sector.
// Set-associative, least recently used. The effect of granules larger than a line in L2 is measured
// in DEVIATIONS.md.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/base/host_pages.h"
#include "models/base/index.h"
#include "models/transport/state_members.h"

namespace vr {

inline constexpr std::uint32_t kNoFill = 0xffffffffU;

/// Fetch blocks of a granule at most.
inline constexpr std::size_t kGranuleBlocks = 8;

/// One granule: 32 sector bits at most. It fills one cache line of the host.
struct alignas(64) Granule {
    std::uint32_t valid = 0;
    std::uint32_t pending = 0;  ///< asked from memory, not there yet
    std::uint32_t dirty = 0;
    TensorIndex tensor{};  ///< of the latest write
    std::uint32_t open_fills = 0;
    /// On their way, by fetch block that has pending sectors
    std::array<std::uint32_t, kGranuleBlocks> fills{};
    std::uint64_t used = 0;  ///< stamp of the latest use; here, a hit touches nothing else
    static constexpr auto state_members() {
        using G = Granule;
        return vr::state_members(&G::valid, &G::pending, &G::dirty, &G::tensor, &G::open_fills,
                                 &G::fills, &G::used);
    }
};

/// An entry that had to go.
struct Victim {
    bool evicted = false;
    std::uint64_t number = 0;
    Granule granule;
};

class GranuleTags {
  public:
    /// With `halves`, numbers whose lowest bit is 0 share one half of the sets, the others the
    /// other half.
    GranuleTags(std::uint64_t granules, std::uint32_t ways, bool halves = false);
    /// The granule, or null when it has no entry.
    [[nodiscard]] Granule* find(std::uint64_t number);
    /// Where its entry is now: a lookup ahead of time that changes nothing and brings the entry
    /// into the host's cache. Without an entry it is 0, a place that find_at() checks.
    [[nodiscard]] std::uint32_t locate(std::uint64_t number) const;
    /// The granule, if it still is where locate() saw it.
    [[nodiscard]] Granule* find_at(std::uint32_t place, std::uint64_t number) {
        if (tags_[place] != static_cast<std::uint32_t>(number + 1)) {
            return nullptr;
        }
        granules_[place].used = ++stamp_;
        return &granules_[place];
    }
    /// The same without counting as a use.
    [[nodiscard]] const Granule* see_at(std::uint32_t place, std::uint64_t number) const {
        return tags_[place] == static_cast<std::uint32_t>(number + 1) ? &granules_[place] : nullptr;
    }
    [[nodiscard]] Granule* see_at(std::uint32_t place, std::uint64_t number) {
        return tags_[place] == static_cast<std::uint32_t>(number + 1) ? &granules_[place] : nullptr;
    }
    /// Where a granule that these functions gave lies.
    [[nodiscard]] std::uint32_t place_of(const Granule* granule) const {
        return static_cast<std::uint32_t>(granule - granules_.data());
    }
    /// Brings an entry into the host's cache.
    void prefetch_at(std::uint32_t place) const {
        __builtin_prefetch(&tags_[place]);
        __builtin_prefetch(&granules_[place], 1);
    }
    /// The granule, taking the place of the least recently used one of its set that has nothing
    /// pending when it has no entry. Null when every way of the set is pending.
    Granule* find_or_place(std::uint64_t number, Victim& victim);
    /// The same for a line with the cache hint "evict first": it becomes the next victim of its
    /// set.
    Granule* find_or_place_first_out(std::uint64_t number, Victim& victim);
    /// Brings the set of a granule into the host's cache.
    void prefetch(std::uint64_t number) const { __builtin_prefetch(&tags_[first_way(number)]); }
    template <class Function>
    void for_each(Function&& function) const {
        for (std::size_t i = 0; i < granules_.size(); ++i) {
            if (tags_[i] != 0) {
                function(granules_[i]);
            }
        }
    }

    /// Forgets what is valid, but in entries that wait for memory.
    void forget() {
        for (Granule& granule : granules_) {
            granule.valid = granule.open_fills > 0 ? granule.valid : 0;
        }
    }

    static constexpr auto state_members() {
        using G = GranuleTags;
        return vr::state_members(&G::tags_, &G::granules_, &G::stamp_);
    }

  private:
    [[nodiscard]] std::size_t first_way(std::uint64_t number) const;
    static constexpr std::size_t kNoWay = ~std::size_t{0};
    /// Where a set, which begins at `first`, has a tag.
    [[nodiscard]] std::size_t way_of(std::size_t first, std::uint32_t tag) const;
    // Tags apart from the rest: a set's tags fill one cache line of the host.
    PoolVector<std::uint32_t> tags_;  // granule number plus one; 0 is free
    PoolVector<Granule> granules_;
    std::uint64_t sets_;  // of one half where there are halves
    bool halves_;
    std::uint32_t ways_;
    std::uint64_t stamp_ = 0;
};

}  // namespace vr
