// SPDX-License-Identifier: Apache-2.0
// Re-runs with twice of a resource: who owned no time gives none, and nobody more than half of his.
#include "app/platform/what_if.h"

#include <cmath>
#include <string>
#include <vector>

#include "app/simulate.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

// In percent of the run: what a re-run gained, and what was charged.
double gain(const RunResult& plain, const WhatIfResult& what) {
    return 100.0 * static_cast<double>(plain.makespan.value - what.makespan.value) /
           static_cast<double>(plain.makespan.value);
}
double charge(const RunResult& plain, const WhatIfResult& what) {
    return 100.0 * static_cast<double>(what.charged.value) /
           static_cast<double>(plain.makespan.value);
}

// Rooms for more requests in flight gain what latencies would: both at once are charged once.
bool is_window(const std::string& resource) {
    return resource == "TMA" || resource == "load-store unit";
}

// Runs `trace`, and again with twice of each resource; `largest` must own most of the time.
void check_gains(const std::string& trace, const std::string& platform,
                 const std::vector<std::string>& sets, const std::string& largest) {
    CommonOptions common;
    common.platform = platform;
    common.sets = sets;
    Configuration configuration = load_platform(common);
    (void)bind_platform(configuration);
    const RunRequest request = request_of(trace);
    const RunResult plain = run_detailed(configuration, request);
    const std::vector<WhatIfResult> found = what_if(configuration, request, plain, 0);
    REQUIRE(found.size() == doublings().size());
    INFO(platform << ' ' << (sets.empty() ? "" : sets.back()));
    CHECK(found.front().resource == largest);
    double windows = 0;
    for (const WhatIfResult& what : found) {
        windows += is_window(what.resource) ? charge(plain, what) : 0;
    }
    for (const WhatIfResult& what : found) {
        const bool latency = what.resource.ends_with("latency");
        const double most = charge(plain, what) + (latency ? windows : 0);
        INFO(what.change << ": " << gain(plain, what) << " % of " << most << " %");
        CHECK(gain(plain, what) <= most / 2 + 1);
        CHECK((most > 0 || std::abs(gain(plain, what)) < 1));
    }
    CHECK(gain(plain, found.front()) > 1);
    // Only who has a share is run again.
    for (const WhatIfResult& what : what_if(configuration, request, plain, 10)) {
        CHECK(what.charged.value * 10 >= plain.makespan.value);
    }
}

const std::string& product() {
    static const std::string text = gemm_trace(512, 512, 2048, "bf16", "bf16", false);
    return text;
}

TEST_CASE("twice of a resource gains at most half of its charge, none where it has none") {
    check_gains(product(), "tiny", {}, "HBM");
    check_gains(product(), "tiny", {"gpu.l2.slice_width=8 B/clk"}, "L2");
    check_gains(gemm_trace(2048, 2048, 4096, "bf16", "bf16", false), "rubin", {}, "tensor core");
}

// Two SMs before the memory of a whole GPU, each time with another resource made scarce.
TEST_CASE("whatever bounds a product is named, and twice of it gains at most half of its charge") {
    struct Scarce {
        const char* set;
        const char* resource;
    };
    for (const Scarce& scarce :
         {Scarce{"gpu.sm.tensor_core.columns_per_clock=1", "tensor core"},
          Scarce{"gpu.sm.shared_memory.read_width=32 B/clk", "shared memory"},
          Scarce{"gpu.sm.shared_memory.write_width=8 B/clk", "shared memory"},
          Scarce{"gpu.sm.tensor_memory.read_width=4 B/clk", "tensor memory"},
          Scarce{"gpu.sm.vector_pipes.lanes=2", "vector pipes"},
          Scarce{"gpu.sm.tma.load_window=48 KiB", "TMA"}, Scarce{"gpu.sm.tma.line_rate=1", "TMA"},
          Scarce{"gpu.crossbar.return_width=4 B/clk", "crossbar"},
          Scarce{"gpu.l2.hit_latency=5000 clk", "L2 latency"},
          Scarce{"gpu.command_front_end.launch_latency=1 ms", "launch"}}) {
        check_gains(product(), "rubin", {"gpu.sms=2", scarce.set}, scarce.resource);
    }
}

TEST_CASE("exponentials that bound attention are named, and twice of them gains half") {
    const std::string trace =
        "{\"vrsim_trace\": 1, \"name\": \"attention\"}\n"
        "{\"tensor\": \"q\", \"shape\": [512, 128], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"k\", \"shape\": [1024, 128], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"v\", \"shape\": [1024, 128], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"o\", \"shape\": [512, 128], \"type\": \"bf16\"}\n"
        "{\"op\": \"attention\", \"id\": \"attention\", \"q\": \"q\", \"k\": \"k\", \"v\": \"v\", "
        "\"output\": \"o\", \"sequences\": 1, \"heads\": 1, \"kv_heads\": 1, \"context\": 1024, "
        "\"causal\": false}\n";
    check_gains(trace, "rubin", {"gpu.sms=2", "gpu.sm.vector_pipes.exponentials=2"},
                "vector pipes");
}

}  // namespace
