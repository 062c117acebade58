// SPDX-License-Identifier: Apache-2.0
// No decision of a pseudo-channel depends on how long before its arrival a request is injected.
#include <catch2/catch.hpp>

#include "testbenches/hbm4/test_config.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;

namespace {

/// Each request injected `ahead` ticks before it arrives, or at the arrival before its own if that
/// is later; the machine runs as far as it may in between.
template <class Observer>
TrafficResult run_ahead(const hbm4::Timing& timing, const std::vector<Arrival>& arrivals,
                        std::int64_t ahead) {
    hbm4::PseudoChannel<Observer> machine(timing);
    TrafficResult result;
    std::uint32_t token = 0;
    for (const Arrival& arrival : arrivals) {
        machine.run(std::max<std::int64_t>(arrival.tick - ahead, 0), result.outputs);
        machine.inject(arrival.tick, arrival.input, token++);
    }
    machine.run(kNeverTick, result.outputs);
    for (const hbm4::Output& output : result.outputs) {
        result.end = std::max(result.end, output.tick);
    }
    machine.settle(result.end);
    result.counters = machine.state().counters;
    return result;
}

}  // namespace

TEST_CASE("requests injected long before they arrive change nothing") {
    std::size_t compared = 0;
    for (const char* refresh : {"per_bank", "all_bank", "none"}) {
        for (const std::int64_t postpone : {0, 2, 32}) {
            Hbm4Config config = rubin_hbm4();
            config.refresh = refresh;
            config.refresh_postpone = postpone;
            const hbm4::Timing timing(config);
            for (std::uint64_t seed = 1; seed <= 12; ++seed) {
                TrafficShape shape;
                shape.requests = 400;
                shape.write_percent = seed % 3 * 30;
                shape.random_percent = seed % 4 * 30;
                shape.longest_gap = seed % 2 == 0 ? 400 : 12;
                shape.pause_percent = seed % 5 == 0 ? 8 : 1;
                shape.seed = seed;
                const std::vector<Arrival> arrivals = make_traffic(shape, config.banks());
                const TrafficResult late = run_ahead<hbm4::NoObserver>(timing, arrivals, 0);
                for (const std::int64_t ahead : {1, 150, 2837, 1 << 30}) {
                    const TrafficResult early =
                        run_ahead<hbm4::NoObserver>(timing, arrivals, ahead);
                    INFO(refresh << " postpone " << postpone << " seed " << seed << " ahead "
                                 << ahead);
                    REQUIRE(early.outputs.size() == late.outputs.size());
                    for (std::size_t i = 0; i < late.outputs.size(); ++i) {
                        REQUIRE(early.outputs[i].tick == late.outputs[i].tick);
                        REQUIRE(early.outputs[i].token == late.outputs[i].token);
                    }
                    CHECK(early.counters.refreshes == late.counters.refreshes);
                    CHECK(early.counters.activates == late.counters.activates);
                    CHECK(early.counters.precharges == late.counters.precharges);
                    compared += late.outputs.size();
                }
            }
        }
    }
    CHECK(compared > 100'000);
}
