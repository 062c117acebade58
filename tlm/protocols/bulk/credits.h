// SPDX-License-Identifier: Apache-2.0
// Credits of the bulk protocol: how many bytes of each credit group may be under way. A target
// reserves them when it accepts a descriptor (END_REQ) and takes them back when the last byte was
// taken (END_RESP). Not modelled: credits returned piece by piece; a core that executes a
// descriptor does that inside.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>

#include "models/base/error.h"
#include "models/transport/descriptor.h"

namespace vr {

/// One ledger per target. A group's limit is what its descriptors say (Descriptor::credit_bytes; 0:
/// no limit).
class BulkCredits {
  public:
    /// What a descriptor needs: its bytes; one larger than its group takes all of the group, alone.
    [[nodiscard]] static std::uint64_t need(const Descriptor& descriptor) {
        return std::min(descriptor.total_bytes(), descriptor.credit_bytes);
    }
    /// Reserves if the group has that much left.
    bool reserve(const Descriptor& descriptor) {
        const std::uint64_t used = in_use(descriptor.credit_group);
        const std::uint64_t needed = need(descriptor);
        if (needed > 0 &&
            (used > descriptor.credit_bytes || needed > descriptor.credit_bytes - used)) {
            return false;
        }
        used_[descriptor.credit_group] = used + needed;
        return true;
    }
    void give_back(const Descriptor& descriptor) {
        std::uint64_t& used = used_[descriptor.credit_group];
        ensure(used >= need(descriptor), "credit group {} got back more than it gave",
               descriptor.credit_group);
        used -= need(descriptor);
    }
    [[nodiscard]] std::uint64_t in_use(std::uint32_t group) const {
        const auto found = used_.find(group);
        return found == used_.end() ? 0 : found->second;
    }
    /// Bytes reserved in all groups; 0 at the end of a run.
    [[nodiscard]] std::uint64_t in_use() const {
        std::uint64_t sum = 0;
        for (const auto& [group, used] : used_) {
            sum += used;
        }
        return sum;
    }

  private:
    std::map<std::uint32_t, std::uint64_t> used_;
};

}  // namespace vr
