// SPDX-License-Identifier: Apache-2.0
// Re-runs with twice of a resource: who owned no time gives none, and nobody more than half of his.
#include "app/platform/what_if.h"

#include <cmath>

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

void check_gains(const std::string& trace, const std::string& platform,
                 const std::string& largest) {
    CommonOptions common;
    common.platform = platform;
    Configuration configuration = load_platform(common);
    (void)bind_platform(configuration);
    const RunRequest request = request_of(trace);
    const RunResult plain = run_detailed(configuration, request);
    const std::vector<WhatIfResult> found = what_if(configuration, request, plain, 0);
    REQUIRE(found.size() == doublings().size());
    CHECK(found.front().resource == largest);
    for (const WhatIfResult& what : found) {
        INFO(platform << ", " << what.change << ": " << gain(plain, what) << " % of "
                      << charge(plain, what) << " %");
        CHECK(gain(plain, what) <= charge(plain, what) / 2 + 1);
        CHECK((what.charged.value > 0 || std::abs(gain(plain, what)) < 1));
    }
    CHECK(gain(plain, found.front()) > 1);
    // Only who has a share is run again.
    for (const WhatIfResult& what : what_if(configuration, request, plain, 10)) {
        CHECK(what.charged.value * 10 >= plain.makespan.value);
    }
}

TEST_CASE("twice of a resource gains at most half of its charge, none where it has none") {
    check_gains(gemm_trace(512, 512, 2048, "bf16", "bf16", false), "tiny", "HBM");
    check_gains(gemm_trace(2048, 2048, 4096, "bf16", "bf16", false), "rubin", "tensor core");
}

}  // namespace
