// SPDX-License-Identifier: Apache-2.0
// The first block of another kernel waits for its instructions.
#include "models/gpu/gpu.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

// Copies, each after the one before; "relu" is another kernel than "copy".
std::string chain(const std::vector<std::string>& kinds) {
    std::string trace =
        "{\"vrsim_trace\": 1, \"name\": \"chain\"}\n"
        "{\"tensor\": \"s\", \"shape\": [1, 64], \"type\": \"bf16\"}\n";
    for (std::size_t i = 0; i <= kinds.size(); ++i) {
        trace +=
            fmt::format("{{\"tensor\": \"t{}\", \"shape\": [1, 64], \"type\": \"bf16\"}}\n", i);
    }
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const std::string after = i == 0 ? "" : fmt::format(", \"depends\": [\"{}\"]", i - 1);
        trace += kinds[i] == "copy"
                     ? fmt::format(
                           "{{\"op\": \"copy\", \"id\": \"{}\", \"source\": \"s\", "
                           "\"destination\": \"t{}\"{}}}\n",
                           i, i, after)
                     : fmt::format(
                           "{{\"op\": \"elementwise\", \"id\": \"{}\", \"function\": \"{}\", "
                           "\"inputs\": [\"s\"], \"output\": \"t{}\"{}}}\n",
                           i, kinds[i], i, after);
    }
    return trace;
}

Time makespan(const std::vector<std::string>& kinds, const char* latency) {
    return run_of(request_of(chain(kinds)), "tiny", {std::string("gpu.sm.code_latency=") + latency})
        .makespan;
}

TEST_CASE("a kernel of other code than the one before it begins later by the latency") {
    // 2,000 clocks of the SM are whole periods of the front end's clock.
    const auto later = [](const std::vector<std::string>& kinds) {
        const Clock sm(platform_of("tiny").gpu.sm.clock);
        const Time more = makespan(kinds, "1910 clk") - makespan(kinds, "0 clk");
        return static_cast<double>(more.value) / static_cast<double>(sm.span({1910}).value);
    };
    CHECK(later({"copy"}) == Approx(1).epsilon(1e-6));
    CHECK(later({"copy", "copy", "copy"}) == Approx(1).epsilon(1e-6));
    CHECK(later({"copy", "relu"}) == Approx(2).epsilon(1e-6));
    CHECK(later({"copy", "relu", "copy"}) == Approx(3).epsilon(1e-6));
}

TEST_CASE("the wait for instructions is named") {
    const RunResult result =
        run_of(request_of(chain({"copy"})), "tiny", {"gpu.sm.code_latency=1910 clk"});
    const auto charge =
        std::find_if(result.attribution.begin(), result.attribution.end(),
                     [](const ChargeResult& c) { return c.owner == "instruction fetch"; });
    REQUIRE(charge != result.attribution.end());
    CHECK(charge->resource == "launch");
    CHECK(charge->amount == Clock(platform_of("tiny").gpu.sm.clock).span({1910}));
}

}  // namespace
