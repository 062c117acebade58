// SPDX-License-Identifier: Apache-2.0
// A policy for the thread-block scheduler: the kernel with the fewest groups left goes first, and
// groups fill the SMs from the last one down.
// Not modelled: a limit to how long a large kernel waits; it may starve.
#include "models/gpu/thread_block_scheduler/block_policy.h"

namespace {

class MyPolicy final : public vr::BlockPolicy {
  public:
    std::optional<vr::BlockChoice> choose(const std::vector<vr::WaitingKernel>& waiting,
                                          const vr::SmRoom& room) override {
        std::size_t least = 0;
        for (std::size_t i = 1; i < waiting.size(); ++i) {
            if (left(waiting[i]) < left(waiting[least])) {
                least = i;
            }
        }
        for (std::uint32_t sm = room.sms(); sm-- > 0;) {
            if (room.fits(sm, waiting[least].needs)) {
                return vr::BlockChoice{least, sm};
            }
        }
        return std::nullopt;  // ask me again when a block has ended
    }

  private:
    static std::int64_t left(const vr::WaitingKernel& kernel) {
        return kernel.groups - kernel.launched;
    }
};

// From here on a configuration can say: gpu.thread_block_scheduler.policy = "my_policy"
const vr::Registration<MyPolicy, vr::BlockPolicy> kRegistered(vr::block_policies(), "my_policy");

}  // namespace
