// SPDX-License-Identifier: Apache-2.0
// Lock step sees every setting: with one of them altered by one in the RTL alone, some random
// machine tells the two apart. So no rule of the scheduler is idle, and none is left uncompared.
#include "rtl/hbm4/scheduler_settings.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "testbenches/hbm4/random_machine.h"
#include "testbenches/rtl/hbm4/run_in_lock_step.h"
#include "testbenches/rtl/hbm4/schedulers.h"

using namespace vr;
using namespace vr::testing;

namespace {

// Whether the scheduler can run with the setting altered; if so, alters it.
bool alter(hbm4::SchedulerSettings& settings, std::size_t at) {
    using S = hbm4::SchedulerSetting;
    const auto setting = static_cast<S>(at);
    std::uint32_t& value = settings[at];
    const std::uint32_t largest = setting == S::kReadQueue || setting == S::kWriteQueue ? 64
                                  : setting == S::kGroupBits                            ? 2
                                  : setting == S::kStackBits                            ? 6
                                  : setting == S::kRefresh                              ? 2
                                                                                        : ~0U;
    if (value >= largest) {
        return false;
    }
    ++value;
    return true;
}

// Machines until the alteration is seen; 0 when none of 150 sees it.
int machines_to_see(std::size_t at) {
    SplitMix64 random(16);
    for (int i = 1; i <= 150; ++i) {
        const Hbm4Config config = with_twin(random_machine(random));
        TrafficShape shape = random_traffic(random, 300);
        shape.longest_gap = std::min<std::uint64_t>(shape.longest_gap, 40);
        hbm4::SchedulerSettings settings = hbm4::scheduler_settings(config);
        if (!alter(settings, at)) {
            continue;
        }
        RtlContext context;
        try {
            (void)run_in_lock_step(config, make_traffic(shape, config.banks()),
                                   scheduler("scheduler", context, settings));
        } catch (const CheckFailed& error) {
            CHECK_THAT(error.what(), Catch::StartsWith("lock step: "));
            return i;
        }
    }
    return 0;
}

}  // namespace

TEST_CASE("a scheduler with one setting altered by one is told apart") {
    for (std::size_t at = 0; at < hbm4::kSchedulerSettings; ++at) {
        INFO("setting " << at);
        CHECK(machines_to_see(at) > 0);
    }
}
