// SPDX-License-Identifier: Apache-2.0
// Runs that follow each other in one process give the same report, byte for byte, but for `host`.
// Two runs of the program: testbenches/app/command. Two builds: testbenches/determinism.
#include <catch2/catch.hpp>

#include "app/paths.h"
#include "app/platform/simulation.h"
#include "app/report/json_report.h"
#include "app/simulate.h"
#include "traces/formats/workload/workload_reader.h"

namespace {

// The whole report with an empty `host`, and how the host folded.
struct Report {
    std::string text;
    bool events = false;
};

Report report(const std::string& sample, std::uint64_t seed = 1) {
    vr::CommonOptions common;
    common.platform = "tiny";
    vr::Configuration configuration = vr::load_platform(common);
    (void)vr::bind_platform(configuration);
    vr::EventRecord events;
    vr::RunRequest request;
    request.workload =
        vr::read_workload(vr::tree_path("traces/samples/" + sample + ".jsonl")).workload;
    request.seed = seed;
    request.events = &events;
    vr::RunResult result = vr::run_detailed(configuration, request);
    vr::embed_configuration(configuration, result);
    result.host = {};
    return {vr::json_report(result), !events.sorted().empty()};
}

}  // namespace

TEST_CASE("two runs in one process give equal bytes") {
    for (const char* sample : {"hello_gemm", "nvfp4_gemm"}) {
        INFO(sample);
        const Report first = report(sample);
        CHECK(first.events);
        // A run of something else between them leaves no trace.
        (void)report("elementwise", 3);
        CHECK(first.text == report(sample).text);
        // The test can fail: other contents give another digest.
        CHECK(first.text != report(sample, 2).text);
    }
}
