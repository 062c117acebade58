// SPDX-License-Identifier: Apache-2.0
// Accesses of many threads that run side by side: each asks for its own place, and which of them
// comes next is chance. Not modelled: what makes them wait for each other.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/random.h"
#include "models/hbm4/driver/access_source.h"

namespace vr {

/// Hands out what another source gives, a group of `group` accesses at a time, in random order
/// among the next `window` groups. Inside a group the order stays. Every access comes once; one
/// stays back for a long time only by chance.
class ScatteredSource final : public AccessSource {
  public:
    /// `inner` must outlive it; `group` and `window` are at least 1. A window of 1 changes nothing.
    ScatteredSource(AccessSource& inner, std::uint64_t group, std::uint64_t window,
                    std::uint64_t seed = 1)
        : inner_(inner), group_(group), window_(window), random_(seed) {}
    bool next(MemoryAccess& access) override;

  private:
    // The next group of the inner source; false when it has no access left.
    bool read(std::vector<MemoryAccess>& group);

    AccessSource& inner_;
    std::uint64_t group_, window_;
    SplitMix64 random_;
    std::vector<std::vector<MemoryAccess>> waiting_;
    std::vector<MemoryAccess> current_;
    std::size_t place_ = 0;  // in current_
};

}  // namespace vr
