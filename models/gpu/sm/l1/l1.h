// SPDX-License-Identifier: Apache-2.0
// The L1 data cache of an SM: lines of 128 B in sectors, least recently used. Plain loads fill it,
// stores go past it. Not modelled: what a store leaves in a line that is there (timing alone is
// kept here), banks.
#pragma once

#include <cstdint>
#include <vector>

#include "models/gpu/cache_tags/granule_tags.h"
#include "models/transport/state_members.h"

namespace vr {

class L1 {
  public:
    enum class Look : std::uint8_t {
        kHit,
        kPending,  ///< asked for by an earlier load and not there yet
        kMiss,     ///< to be asked for: fill() comes when it is there
    };
    L1(std::int64_t bytes, std::int64_t ways);
    /// Looks up `sectors` of the line at `address`, and reserves its place when it misses. Where
    /// every way of the set waits, the line goes past the cache.
    [[nodiscard]] Look read(std::uint64_t address, std::uint8_t sectors);
    /// The sectors of a miss are there.
    void fill(std::uint64_t address, std::uint8_t sectors);
    /// Whether all these sectors are there; no use of the line.
    [[nodiscard]] bool holds(std::uint64_t address, std::uint8_t sectors) const;
    /// After it, loads see what others have stored: lines are asked for anew, but for those on
    /// their way.
    void invalidate() { tags_.forget(); }
    static constexpr auto state_members() { return vr::state_members(&L1::tags_); }

  private:
    GranuleTags tags_;
};

}  // namespace vr
