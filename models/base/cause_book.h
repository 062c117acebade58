// SPDX-License-Identifier: Apache-2.0
// Chains of causes as plain data that outlives the arena in which a run made them: for whoever
// explains a run after its end. Chains that share links share them here, too.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/base/attribution.h"

namespace vr {

/// A stretch of time with one owner, on the way back through a chain.
struct BookedStep {
    OwnerId owner = 0;
    std::uint32_t note = 0;  ///< 0 is "none"
    Time from;
    Time until;
};

class CauseBook {
  public:
    /// Takes a chain over; its number, or 0 for the empty chain.
    [[nodiscard]] std::uint32_t add(const Cause& cause);
    /// Takes over the names of owners, and forgets what only add() needs.
    void close(const Attribution& attribution);

    /// The links of a chain from its end back to `begin`, latest first. A link that spans `begin`
    /// is cut there.
    [[nodiscard]] std::vector<BookedStep> steps(std::uint32_t chain, Time begin = Time{}) const;
    [[nodiscard]] const std::string& owner_name(OwnerId id) const { return owners_[id]; }
    [[nodiscard]] std::size_t size() const { return links_.size(); }

  private:
    struct Link {
        Time until;
        std::uint32_t before = 0;  // number of the link before it
        std::uint32_t tag = 0;     // as in detail::CauseLink
    };
    std::vector<Link> links_;  // number n is at n - 1
    std::vector<std::string> owners_;
    std::unordered_map<const detail::CauseLink*, std::uint32_t> known_;  // never iterated
};

}  // namespace vr
