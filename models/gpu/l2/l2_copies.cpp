// SPDX-License-Identifier: Apache-2.0
// Copies that a die keeps of the other's lines, once its SMs have read them.
#include "models/gpu/l2/l2.h"

namespace vr {

// From now on, though it is there a far latency later: who asks meanwhile gets it too early.
void L2::keep_copy(std::uint64_t number, std::uint32_t sectors, std::uint32_t die, Time now) {
    const std::uint64_t key = key_of(number, die);
    if (Granule* copy = place(key, now, false, tags_.locate(key))) {
        copy->valid |= sectors;
    }
}

void L2::keep_filled(std::uint64_t number, std::uint32_t sectors, std::uint32_t transaction,
                     Time now) {
    const std::uint32_t die = transactions_[transaction].die;
    if (copies_ && die != home_of(number)) {
        keep_copy(number, sectors, die, now);
    }
}

}  // namespace vr
