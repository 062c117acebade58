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

/// What one group of thread blocks takes.
struct BlockNeeds {
    std::uint32_t blocks = 1;  ///< 1, or 2 on the two SMs of a pair
    bool alone = true;         ///< each block has its SM for itself; the rest counts if not
    std::int64_t threads = 0;  ///< of a block
    std::int64_t registers = 0;
    std::int64_t shared_bytes = 0;
};

/// What one SM holds.
struct SmSpace {
    std::int64_t blocks = 1;
    std::int64_t threads = 0;
    std::int64_t registers = 0;
    std::int64_t shared_bytes = 0;
};

/// A kernel with groups that are not launched yet, as a policy sees it.
struct WaitingKernel {
    OperatorIndex kernel{};
    std::int64_t groups = 1;
    std::int64_t launched = 0;  ///< groups so far; the next one has this number
    std::int64_t finished = 0;  ///< groups so far
    BlockNeeds needs;           ///< of a group
    Time since;                 ///< when the scheduler learned of the kernel
};

/// Which SMs have room. SMs 2k and 2k + 1 are a pair.
class SmRoom {
  public:
    SmRoom(std::size_t sms, const SmSpace& space) : space_(space), used_(sms) {}
    [[nodiscard]] std::uint32_t sms() const { return static_cast<std::uint32_t>(used_.size()); }
    /// Blocks on an SM.
    [[nodiscard]] std::int64_t blocks(std::uint32_t sm) const { return used_[sm].blocks; }
    /// May a group begin on `sm`? Two blocks need both SMs of a pair.
    [[nodiscard]] bool fits(std::uint32_t sm, const BlockNeeds& needs) const;
    /// The SM with the fewest blocks that has room for the group, if there is one; the first of
    /// several.
    [[nodiscard]] std::optional<std::uint32_t> first_fit(const BlockNeeds& needs) const;
    void take(std::uint32_t sm, const BlockNeeds& needs) { change(sm, needs, 1); }
    void give_back(std::uint32_t sm, const BlockNeeds& needs) { change(sm, needs, -1); }
    static constexpr auto state_members() {
        return vr::state_members(vr::left_out(&SmRoom::space_), &SmRoom::used_);
    }

  private:
    struct Used {
        std::int64_t blocks = 0;
        bool alone = false;
        std::int64_t threads = 0;
        std::int64_t registers = 0;
        std::int64_t shared_bytes = 0;
        static constexpr auto state_members() {
            using U = Used;
            return vr::state_members(&U::blocks, &U::alone, &U::threads, &U::registers,
                                     &U::shared_bytes);
        }
    };
    [[nodiscard]] bool fits_one(std::uint32_t sm, const BlockNeeds& needs) const;
    void change(std::uint32_t sm, const BlockNeeds& needs, std::int64_t sign);
    SmSpace space_;
    std::vector<Used> used_;
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
