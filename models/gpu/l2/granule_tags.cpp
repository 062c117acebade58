// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/l2/granule_tags.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/base/random.h"

namespace vr {

GranuleTags::GranuleTags(std::uint64_t granules, std::uint32_t ways)
    : sets_(std::max<std::uint64_t>(granules / ways, 1)), ways_(ways) {
    granules_.resize(sets_ * ways_);
}

Granule* GranuleTags::set_of(std::uint64_t number) {
    // Any number of sets: multiply-shift of the mixed number instead of a mask.
    __extension__ using Wide = unsigned __int128;
    const auto set = static_cast<std::uint64_t>((static_cast<Wide>(mix64(number)) * sets_) >> 64);
    return &granules_[set * ways_];
}

Granule* GranuleTags::find(std::uint64_t number) {
    Granule* set = set_of(number);
    for (std::uint32_t way = 0; way < ways_; ++way) {
        if (set[way].number == number) {
            set[way].used = ++stamp_;
            return &set[way];
        }
    }
    return nullptr;
}

Granule* GranuleTags::find_or_place(std::uint64_t number, Granule& victim) {
    Granule* set = set_of(number);
    Granule* oldest = nullptr;
    for (std::uint32_t way = 0; way < ways_; ++way) {
        Granule& granule = set[way];
        if (granule.number == number) {
            granule.used = ++stamp_;
            return &granule;
        }
        if (granule.fills != kNoFill) {
            continue;
        }
        if (oldest == nullptr || granule.number == ~std::uint64_t{0} ||
            (oldest->number != ~std::uint64_t{0} && granule.used < oldest->used)) {
            oldest = &granule;
        }
    }
    if (oldest == nullptr) {
        return nullptr;
    }
    victim = *oldest;
    *oldest = Granule{};
    oldest->number = number;
    oldest->used = ++stamp_;
    return oldest;
}

}  // namespace vr
