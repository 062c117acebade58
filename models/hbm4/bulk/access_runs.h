// SPDX-License-Identifier: Apache-2.0
// Divides contiguous bytes among pseudo-channels: which accesses of each they are, in the order in
// which the address map puts them there. Not modelled: anything of time.
#pragma once

#include <cstdint>
#include <vector>

#include "models/hbm4/address_map/address_map.h"
#include "models/hbm4/bulk/access_stream.h"

namespace vr::hbm4 {

class AccessRuns {
  public:
    AccessRuns(const AddressMap& map, std::int64_t pseudo_channels);
    /// Appends to each pseudo-channel's list the accesses of [begin, end), multiples of the access
    /// size within the memory. Runs that follow one another without a gap become one.
    void append(std::uint64_t begin, std::uint64_t end, bool write,
                std::vector<std::vector<AccessRun>>& runs) const;

  private:
    void append_block(std::uint64_t block, std::uint64_t from, std::uint64_t to, bool write,
                      std::vector<std::vector<AccessRun>>& runs) const;
    const AddressMap* map_;
    std::uint64_t pseudo_channels_, of_block_;
};

}  // namespace vr::hbm4
