// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/thread_block_scheduler/block_policy.h"

namespace vr {

namespace {

// A later kernel does not overtake: what the oldest one waits for, all wait for.
class InOrder final : public BlockPolicy {
  public:
    std::optional<BlockChoice> choose(const std::vector<WaitingKernel>& waiting,
                                      const SmRoom& room) override {
        const auto sm = room.first_fit(waiting.front().needs);
        return sm ? std::optional(BlockChoice{0, *sm}) : std::nullopt;
    }
};

}  // namespace

bool SmRoom::fits_one(std::uint32_t sm, const BlockNeeds& needs) const {
    const Used& used = used_[sm];
    if (needs.alone || used.alone) {
        return used.blocks == 0;
    }
    return used.blocks < space_.blocks && used.threads + needs.threads <= space_.threads &&
           used.registers + needs.registers <= space_.registers &&
           used.shared_bytes + needs.shared_bytes <= space_.shared_bytes;
}

bool SmRoom::fits(std::uint32_t sm, const BlockNeeds& needs) const {
    return sm < sms() && fits_one(sm, needs) &&
           (needs.blocks == 1 || (sm % 2 == 0 && sm + 1 < sms() && fits_one(sm + 1, needs)));
}

std::optional<std::uint32_t> SmRoom::first_fit(const BlockNeeds& needs) const {
    std::optional<std::uint32_t> best;
    for (std::uint32_t sm = 0; sm < sms(); sm += needs.blocks) {
        if (fits(sm, needs) && (!best || used_[sm].blocks < used_[*best].blocks)) {
            best = sm;
            if (used_[sm].blocks == 0) {
                break;
            }
        }
    }
    return best;
}

void SmRoom::change(std::uint32_t sm, const BlockNeeds& needs, std::int64_t sign) {
    for (std::uint32_t i = 0; i < needs.blocks; ++i) {
        Used& used = used_[sm + i];
        used.blocks += sign;
        used.alone = needs.alone && sign > 0;
        used.threads += sign * needs.threads;
        used.registers += sign * needs.registers;
        used.shared_bytes += sign * needs.shared_bytes;
    }
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
