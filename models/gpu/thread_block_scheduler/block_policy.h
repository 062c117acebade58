// SPDX-License-Identifier: Apache-2.0
// Which group of thread blocks goes to which SM next: the one decision of the thread-block
// scheduler, by name (gpu.thread_block_scheduler.policy).
// Not modelled: taking a running block off its SM.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/base/index.h"
#include "models/base/quantity.h"
#include "models/base/registry.h"
#include "models/transport/state_hasher.h"

namespace vr {

/// A kernel with groups that are not launched yet, as a policy sees it.
struct WaitingKernel {
    OperatorIndex kernel{};
    std::int64_t groups = 1;
    std::int64_t launched = 0;  ///< groups so far; the next one has this number
    std::int64_t finished = 0;  ///< groups so far
    std::uint32_t blocks = 1;   ///< of one group: 1, or 2 on the two SMs of a pair
    Time since;                 ///< when the scheduler learned of the kernel
};

/// Which SMs have a block. SMs 2k and 2k + 1 are a pair.
class SmRoom {
  public:
    explicit SmRoom(std::size_t sms) : busy_(sms) {}
    [[nodiscard]] std::uint32_t sms() const { return static_cast<std::uint32_t>(busy_.size()); }
    [[nodiscard]] bool busy(std::uint32_t sm) const { return busy_[sm]; }
    /// May a group of `blocks` blocks begin on `sm`? Two blocks need both SMs of a pair.
    [[nodiscard]] bool fits(std::uint32_t sm, std::uint32_t blocks) const {
        return sm < sms() && !busy_[sm] &&
               (blocks == 1 || (sm % 2 == 0 && sm + 1 < sms() && !busy_[sm + 1]));
    }
    /// The first SM with room for the group, if there is one.
    [[nodiscard]] std::optional<std::uint32_t> first_fit(std::uint32_t blocks) const;
    void set(std::uint32_t sm, bool busy) { busy_[sm] = busy; }
    static constexpr auto state_members() { return vr::state_members(&SmRoom::busy_); }

  private:
    std::vector<bool> busy_;
};

/// One launch: the next group of `waiting[kernel]` on `sm` (and its pair, for two blocks).
struct BlockChoice {
    std::size_t kernel = 0;
    std::uint32_t sm = 0;
};

/// Asked again after each launch, and whenever a kernel has come or a group has ended. It must give
/// equal answers to equal histories: no clock, no unseeded randomness.
class BlockPolicy {
  public:
    BlockPolicy() = default;
    virtual ~BlockPolicy() = default;
    BlockPolicy(const BlockPolicy&) = delete;
    BlockPolicy& operator=(const BlockPolicy&) = delete;
    /// `waiting` is in the order of launch and not empty. Nothing: no launch until something
    /// changes.
    [[nodiscard]] virtual std::optional<BlockChoice> choose(
        const std::vector<WaitingKernel>& waiting, const SmRoom& room) = 0;
    /// Gives what it remembers between two choices, so that audits see it.
    virtual void state(StateHasher& out) const { (void)out; }
};

/// All policies; "in_order" is our own: the oldest kernel only, first SM with room.
[[nodiscard]] Registry<BlockPolicy>& block_policies();

}  // namespace vr
