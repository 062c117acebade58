// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/cache_tags/granule_tags.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "models/base/error.h"
#include "models/base/random.h"

namespace vr {

namespace {

constexpr std::size_t kAtOnce = 4;
// The vector extension of GCC and Clang, on any machine: -1 where two numbers are equal.
using Four = std::uint32_t __attribute__((vector_size(kAtOnce * sizeof(std::uint32_t))));

}  // namespace

GranuleTags::GranuleTags(std::uint64_t granules, std::uint32_t ways, bool halves)
    : sets_(std::max<std::uint64_t>(granules / ways / (halves ? 2 : 1), 1)),
      halves_(halves),
      ways_(ways) {
    tags_.resize((halves ? 2 : 1) * sets_ * ways_);
    granules_.resize(tags_.size());
}

std::size_t GranuleTags::first_way(std::uint64_t number) const {
    // Any number of sets: multiply-shift of the mixed number instead of a mask.
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t before = halves_ ? (number & 1) * sets_ : 0;
    const std::uint64_t mixed = mix64(halves_ ? number >> 1 : number);
    return static_cast<std::size_t>(before + ((static_cast<Wide>(mixed) * sets_) >> 64)) * ways_;
}

std::size_t GranuleTags::way_of(std::size_t first, std::uint32_t tag) const {
    const std::size_t end = first + ways_;
    const Four wanted = {tag, tag, tag, tag};
    std::size_t i = first;
    for (; i + kAtOnce <= end; i += kAtOnce) {
        Four four;
        std::memcpy(&four, &tags_[i], sizeof(four));
        const auto equal = four == wanted;
        std::array<std::uint64_t, 2> halves{};
        std::memcpy(halves.data(), &equal, sizeof(halves));
        if ((halves[0] | halves[1]) != 0) {
            break;
        }
    }
    while (i < end && tags_[i] != tag) {
        ++i;
    }
    return i < end ? i : kNoWay;
}

Granule* GranuleTags::find(std::uint64_t number) {
    const std::size_t way = way_of(first_way(number), static_cast<std::uint32_t>(number + 1));
    if (way == kNoWay) {
        return nullptr;
    }
    granules_[way].used = ++stamp_;
    return &granules_[way];
}

std::uint32_t GranuleTags::locate(std::uint64_t number) const {
    const std::size_t way = way_of(first_way(number), static_cast<std::uint32_t>(number + 1));
    if (way == kNoWay) {
        return 0;
    }
    __builtin_prefetch(&granules_[way], 1);
    return static_cast<std::uint32_t>(way);
}

Granule* GranuleTags::find_or_place(std::uint64_t number, Victim& victim) {
    if (Granule* granule = find(number)) {
        return granule;
    }
    const std::size_t first = first_way(number);
    std::size_t oldest = tags_.size();
    for (std::size_t i = first; i < first + ways_; ++i) {
        if (tags_[i] == 0) {
            oldest = i;
            break;
        }
        if (granules_[i].open_fills == 0 &&
            (oldest == tags_.size() || granules_[i].used < granules_[oldest].used)) {
            oldest = i;
        }
    }
    if (oldest == tags_.size()) {
        return nullptr;
    }
    if (tags_[oldest] != 0) {
        victim = {true, tags_[oldest] - 1U, granules_[oldest]};
    }
    tags_[oldest] = static_cast<std::uint32_t>(number + 1);
    granules_[oldest] = Granule{};
    granules_[oldest].used = ++stamp_;
    return &granules_[oldest];
}

Granule* GranuleTags::find_or_place_first_out(std::uint64_t number, Victim& victim) {
    Granule* granule = find_or_place(number, victim);
    if (granule != nullptr) {
        granule->used = 0;
    }
    return granule;
}

}  // namespace vr
