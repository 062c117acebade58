// SPDX-License-Identifier: Apache-2.0
// An L2 between a fake SM side and a memory of fixed latency.
#pragma once

#include <string>
#include <vector>

#include "models/gpu/l2/l2.h"
#include "testbenches/gpu/support/load_gpu.h"
#include "testbenches/gpu/support/rig.h"

namespace vr::testing {

inline constexpr Time kToL2 = nanoseconds(10);
inline constexpr Time kFromL2 = nanoseconds(20);
inline constexpr Time kToMemory = nanoseconds(100);
inline constexpr Time kFromMemory = nanoseconds(200);

struct L2Rig {
    explicit L2Rig(std::vector<std::string> sets = {}, std::int64_t sms = 4,
                   std::size_t tensors = 4)
        : config(load_gpu("tiny", std::move(sets)).l2),
          l2("l2", config, sms, tensors, 2, attribution),
          sm("sm"),
          memory(attribution) {
        requests.bind(l2.requests_in, 1, kToL2);
        l2.responses_out.bind(sm.in, 2, kFromL2);
        l2.memory_out.bind(memory.in, 3, kToMemory);
        memory.out.bind(l2.memory_in, 4, kFromMemory);
        const UnitNumber l2_number = region.add(l2);
        l2.requests_in.attach(region, l2_number);
        l2.memory_in.attach(region, l2_number);
        sm.in.attach(region, region.add(sm));
        memory.in.attach(region, region.add(memory));
    }
    LineBundle bundle(std::uint64_t address, std::uint32_t count = 1, std::uint16_t from = 0) {
        LineBundle b;
        b.address = address;
        b.count = count;
        b.sm = from;
        b.tag = next_tag++;
        return b;
    }
    void send(Time at, LineBundle b) {
        b.cause = attribution.extend(CauseTrail{}, owner, at);
        requests.send(at, std::move(b));
    }
    /// Runs to the end; returns what arrived since the last call.
    std::vector<Stamped<BundleDone>> run() {
        region.run(kNever);
        CHECK(l2.kept_chains() == 0);
        return std::exchange(sm.got, {});
    }
    /// Sends one bundle, runs to the end, returns the arrival of its answer.
    Time ask(Time at, LineBundle b) {
        send(at, std::move(b));
        const auto got = run();
        REQUIRE(got.size() == 1);
        return got[0].arrival;
    }
    [[nodiscard]] Time span(Cycles cycles) const { return Clock(config.clock).span(cycles); }

    Attribution attribution;
    OwnerId owner = attribution.owner("test", "test");
    L2Config config;
    L2 l2;
    Collector<BundleDone> sm;
    FixedMemory memory;
    Region region;
    OutPort<LineBundle> requests;
    std::uint32_t next_tag = 0;
};

}  // namespace vr::testing
