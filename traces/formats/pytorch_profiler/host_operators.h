// SPDX-License-Identifier: Apache-2.0
// Which operator of the framework launched a kernel: by the identifiers that the profiler gives,
// or by time where it gives none. Not modelled: launches by captured graphs, which have no call.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "traces/formats/mapping/operator_mapping.h"
#include "traces/formats/pytorch_profiler/profile_events.h"

namespace vr::pytorch {

class HostOperators {
  public:
    /// Both must outlive this.
    HostOperators(const std::vector<Event>& events, const OperatorMapping& mapping);

    /// The innermost operator that launched a device event; nothing when no call is known.
    [[nodiscard]] std::optional<std::size_t> launcher(const Event& device) const;
    /// The nearest operator around `inner` (itself included) that the mapping knows. One that also
    /// contains another known operator does not count for `inner`: that one stands for its work.
    [[nodiscard]] std::optional<std::size_t> known(std::size_t inner) const;

  private:
    void nest();
    [[nodiscard]] std::optional<std::size_t> at_time(const Event& call) const;
    const std::vector<Event>& events_;
    std::unordered_map<std::int64_t, std::size_t> by_external_;
    std::unordered_map<std::int64_t, std::size_t> calls_;        // by correlation
    std::map<std::string, std::vector<std::size_t>> by_thread_;  // host operators by begin
    std::unordered_map<std::size_t, std::size_t> parents_;
    std::unordered_map<std::size_t, bool> known_;     // the mapping knows it
    std::unordered_map<std::size_t, bool> contains_;  // a known one lies inside
};

}  // namespace vr::pytorch
