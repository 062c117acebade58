// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/hbm4/run_in_lock_step.h"

#include <algorithm>

#include "models/hbm4/timing/timing.h"
#include "rtl/hbm4/lock_step.h"

namespace vr::testing {

Compared& Compared::operator+=(const Compared& other) {
    commands += other.commands;
    ticks += other.ticks;
    refreshes += other.refreshes;
    requests += other.requests;
    return *this;
}

Compared run_in_lock_step(const Hbm4Config& config, const std::vector<Arrival>& arrivals,
                          std::unique_ptr<hbm4::SchedulerPins> pins) {
    const hbm4::Timing timing(config);
    hbm4::LockStepChannel both("test", timing, std::move(pins));
    std::vector<hbm4::Output> outputs;
    constexpr std::uint32_t kOdd = 2'654'435'761U;  // tokens differ, and in every bit
    std::uint32_t number = 0;
    for (const Arrival& arrival : arrivals) {
        both.run(arrival.tick, outputs);
        both.inject(arrival.tick, arrival.input, kOdd * number++);
    }
    both.run(kNeverTick, outputs);
    std::int64_t end = 0;
    for (const hbm4::Output& output : outputs) {
        end = std::max(end, output.tick);
    }
    both.settle(end + 5'000);
    return {both.commands(), both.ticks(), both.counters().refreshes,
            static_cast<std::int64_t>(outputs.size())};
}

}  // namespace vr::testing
