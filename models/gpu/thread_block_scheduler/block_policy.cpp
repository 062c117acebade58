// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/thread_block_scheduler/block_policy.h"

namespace vr {

namespace {

// A later kernel does not overtake: what the oldest one waits for, all wait for.
class InOrder final : public BlockPolicy {
  public:
    std::optional<BlockChoice> choose(const std::vector<WaitingKernel>& waiting,
                                      const SmRoom& room) override {
        const auto sm = room.first_fit(waiting.front().blocks);
        return sm ? std::optional(BlockChoice{0, *sm}) : std::nullopt;
    }
};

}  // namespace

std::optional<std::uint32_t> SmRoom::first_fit(std::uint32_t blocks) const {
    for (std::uint32_t sm = 0; sm < sms(); sm += blocks) {
        if (fits(sm, blocks)) {
            return sm;
        }
    }
    return std::nullopt;
}

Registry<BlockPolicy>& block_policies() {
    // Made at its first use, which may be the registration of a policy elsewhere.
    static Registry<BlockPolicy> registry = [] {
        Registry<BlockPolicy> made("thread-block policy");
        made.add("in_order", [] { return std::make_unique<InOrder>(); });
        return made;
    }();
    return registry;
}

}  // namespace vr
