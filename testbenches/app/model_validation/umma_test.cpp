// SPDX-License-Identifier: Apache-2.0
// The tensor-core model against the measured B200: latencies and intervals, each by itself, and a
// wrong machine that does not pass.
#include <catch2/catch.hpp>
#include <fstream>

#include "app/paths.h"
#include "app/validation/validate.h"
#include "testbenches/support/scratch_folder.h"

namespace {

vr::FamilySummary judged(const std::vector<std::string>& sets = {}) {
    vr::CommonOptions common;
    common.sets = sets;
    vr::Presets presets(common);
    const vr::Family family = vr::umma_family();
    const auto rows =
        vr::read_measured(vr::tree_path("testbenches/validation/data/" + family.name + ".csv"));
    return vr::judge(family, rows, presets);
}

const vr::ExperimentSummary& experiment(const vr::FamilySummary& summary, const std::string& name) {
    for (const vr::ExperimentSummary& e : summary.experiments) {
        if (e.name == name) {
            return e;
        }
    }
    FAIL("no experiment " << name);
    throw 0;
}

}  // namespace

TEST_CASE("intervals and latencies of the B200 tensor core are within 5 % in the median, each") {
    const vr::FamilySummary summary = judged();
    CHECK(summary.passed());
    CHECK(summary.judged.size() == summary.rows);  // no row is left out or beaten by another
    CHECK(summary.modelled == summary.rows);       // none counts with the roofline's error
    REQUIRE(summary.experiments.size() == 4);
    for (const char* name : {"umma_latency", "umma_initiation_interval_fit"}) {
        INFO(name);
        const vr::ExperimentSummary& e = experiment(summary, name);
        CHECK(e.rows == 167);
        CHECK(e.median < 0.05);
        CHECK(e.percentile90 < 0.05);
    }
    CHECK(summary.median_limit == 0.03);
}

TEST_CASE("a tensor core with one wrong property does not pass") {
    // Half the operand bytes per clock: intervals of narrow instructions grow.
    const vr::FamilySummary narrow = judged({"gpu.sm.shared_memory.read_width=64 B/clk"});
    CHECK_FALSE(narrow.passed());
    CHECK(experiment(narrow, "umma_initiation_interval_fit").percentile90 > 0.5);
    // A pipeline that is 80 clocks deeper: latencies grow, intervals do not.
    const vr::FamilySummary deep = judged({"gpu.sm.tensor_core.pipeline=184 clk"});
    CHECK_FALSE(deep.passed());
    CHECK(experiment(deep, "umma_latency").median > 0.05);
    CHECK(experiment(deep, "umma_initiation_interval_fit").median < 0.05);
    // N streamed at twice the rate.
    CHECK_FALSE(judged({"gpu.sm.tensor_core.columns_per_clock=4"}).passed());
}

TEST_CASE("rows of wgmma run on Hopper's tensor core, those of mma.sync are left out") {
    const auto path = vr::testing::scratch_folder() / "rows.csv";
    std::ofstream(path)
        << "device,experiment,format,ab_layout,cta_group,M,N,K,depth,value,unit,source\n"
           "H100-SXM,wgmma_latency,BF16,SS,1,64,256,16,,150,cycles,s\n"
           "H100-SXM,wgmma_latency,BF16,RS,1,64,256,16,,150,cycles,s\n"
           "H100-SXM,wgmma_initiation_interval_fit,BF16,SS,1,64,256,16,,128,cycles,s\n"
           "H100-SXM,mma_sync_latency,BF16,RR,1,16,8,16,,33,cycles,s\n";
    vr::Presets presets({});
    const vr::FamilySummary summary =
        vr::judge(vr::umma_family(), vr::read_measured(path.string()), presets);
    REQUIRE(summary.judged.size() == 3);
    CHECK(summary.modelled == 3);
    // 2,048 bytes of A through 128 bytes a clock come before the first column.
    CHECK(summary.judged[0].prediction.simulated - summary.judged[1].prediction.simulated == 16);
    CHECK(summary.judged[2].prediction.simulated == 128);
    REQUIRE(summary.left_out.size() == 1);
    CHECK(summary.left_out[0].prediction.why ==
          "'mma_sync_latency' is no experiment of tcgen05.mma or wgmma");
}

TEST_CASE("the family of dense products has no limit: it is printed, not judged") {
    CHECK(vr::gemm_dense_family().median_limit == 0);
    vr::FamilySummary summary;
    summary.experiments = {{"e", 1, 9.0, 9.0}};
    CHECK(summary.passed());
    CHECK(vr::validation_table({summary}).find("printed, not judged") != std::string::npos);
    summary.median_limit = 0.05;
    summary.percentile90_limit = 0.1;
    CHECK_FALSE(summary.passed());
    CHECK(vr::validation_table({summary}).find("FAILED: e has median 9.0000") != std::string::npos);
}
