// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/driver/access_source.h"

namespace vr {

bool parse_access_pattern(std::string_view word, AccessPattern& pattern) {
    constexpr std::string_view kWords[] = {"seq", "rand", "mixseq", "mixrand"};
    for (std::uint8_t i = 0; i < 4; ++i) {
        if (word == kWords[i]) {
            pattern = static_cast<AccessPattern>(i);
            return true;
        }
    }
    return false;
}

bool PatternSource::next(MemoryAccess& access) {
    if (index_ == shape_.requests) {
        return false;
    }
    const bool random =
        shape_.pattern == AccessPattern::kRandom || shape_.pattern == AccessPattern::kMixedRandom;
    const bool mixed = shape_.pattern == AccessPattern::kMixedSequential ||
                       shape_.pattern == AccessPattern::kMixedRandom;
    const std::uint64_t slots = shape_.region_bytes / shape_.bytes;
    const std::uint64_t slot = (random ? random_.next() : index_) % slots;
    access.address = slot * shape_.bytes;
    access.bytes = shape_.bytes;
    access.write = mixed && index_ % 3 == 2;
    access.arrival = 0;
    ++index_;
    return true;
}

}  // namespace vr
