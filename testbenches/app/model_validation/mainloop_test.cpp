// SPDX-License-Identifier: Apache-2.0
// One tile with a long K on a B200: what TMA, shared memory, barriers and tensor core take
// together.
#include <catch2/catch.hpp>
#include <cmath>

#include "app/validation/family.h"

namespace {

struct Case {
    const char* dtype;
    const char* m;
    const char* n;
    const char* k;
    const char* stages;
    double teraflops;
};

double error_of(const Case& c, const std::vector<std::string>& sets = {}) {
    vr::CommonOptions common;
    common.sets = sets;
    vr::Presets presets(common);
    vr::MeasuredRow row;
    row.device = "B200-SXM";
    row.experiment = "cutlass_single_tile_mainloop";
    row.value = c.teraflops;
    row.unit = "TFLOPS";
    row.parameters = {{"dtype", c.dtype}, {"tile_m", c.m},      {"tile_n", c.n},
                      {"tile_k", c.k},    {"stages", c.stages}, {"K", "131072"}};
    const vr::Prediction made = vr::cutlass_mainloop_family().predict(row, presets);
    REQUIRE(made.state == vr::RowState::kModelled);
    CHECK(made.roofline > made.simulated);
    return std::fabs(std::log(made.simulated / row.value));
}

TEST_CASE("a mainloop is bound by latency, by instructions or by rows of TMA") {
    // SemiAnalysis microbench-blackwell.
    const Case latency = {"BF16", "64", "64", "64", "3", 2.467};
    const Case instructions = {"BF16", "64", "16", "64", "8", 1.358};
    const Case rows = {"BF16", "64", "64", "64", "8", 5.033};
    for (const Case& c : {latency, instructions, rows}) {
        INFO(c.m << "x" << c.n << "x" << c.k << ", stages " << c.stages);
        CHECK(error_of(c) < 0.08);
    }
    CHECK(error_of(latency, {"gpu.l2.hit_latency=500 clk"}) > 0.2);
    CHECK(error_of(instructions, {"gpu.sm.tma.instruction_interval=0 clk"}) > 0.2);
    CHECK(error_of(rows, {"gpu.sm.tma.line_rate=200", "gpu.sm.tma.instruction_interval=0 clk"}) >
          0.2);
}

TEST_CASE("a row of a mainloop without its tile is left out, one of another type too") {
    vr::Presets presets({});
    vr::MeasuredRow row;
    row.device = "B200-SXM";
    row.unit = "TFLOPS";
    row.parameters = {{"dtype", "BF16"}, {"tile_m", "64"}};
    CHECK(vr::cutlass_mainloop_family().predict(row, presets).state == vr::RowState::kLeftOut);
    row.parameters = {{"dtype", "INT3"}, {"tile_m", "64"}, {"tile_n", "64"},
                      {"tile_k", "64"},  {"stages", "2"},  {"K", "131072"}};
    CHECK(vr::cutlass_mainloop_family().predict(row, presets).why.find("INT3") !=
          std::string::npos);
}

}  // namespace
