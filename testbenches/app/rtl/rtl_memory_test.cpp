// SPDX-License-Identifier: Apache-2.0
// `vrsim mem` with the SystemVerilog twins of the command schedulers: alone, in lock step, with
// waveforms, and where it is refused.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "testbenches/app/command/vrsim_checks.h"
#include "testbenches/app/rtl/waves_reader.h"

using nlohmann::json;
using vr::test::TemporaryFolder;
using vr::testing::check_refused;
using vr::testing::report;
using vr::testing::vrsim;

namespace {

const std::string kMem = "mem --platform rubin --requests 2000 --quiet --json - ";

std::string measured(json j) {
    j.erase("host");
    j.erase("configuration");
    return j.dump();
}

}  // namespace

TEST_CASE("vrsim mem: model, RTL and both in lock step give one report, byte for byte") {
    for (const std::string rest :
         {"--pattern seq", "--pattern mixseq --set gpu.hbm4.refresh=all_bank",
          "--pattern mixrand --set gpu.hbm4.refresh=none",
          "--pattern seq --pattern seq --pattern seq:write=1 --channels 2 --set "
          "gpu.hbm4.standard=hbm3",
          "--pattern rand --max-sim-time 2us --set gpu.hbm4.read_queue=16"}) {
        const bool stopped = rest.find("--max-sim-time") != std::string::npos;
        const auto run = [&](const std::string& impl) {
            const auto result = vrsim(kMem + rest + " --set gpu.hbm4.impl=" + impl);
            INFO(rest << " " << impl << "\n" << result.err);
            REQUIRE(result.exit_code == (stopped ? 5 : 0));
            return json::parse(result.out);
        };
        const json model = run("model");
        const json both = run("both");
        const json rtl = run("rtl");
        INFO(rest);
        CHECK(model["counters"]["activates"].get<int>() > 10);
        CHECK(measured(both) == measured(model));
        CHECK(measured(rtl) == measured(model));
        CHECK_FALSE(model["host"].contains("rtl_clocks"));
        CHECK(both["host"]["rtl_clocks"] == rtl["host"]["rtl_clocks"]);
        CHECK(both["host"]["rtl_clocks"].get<std::int64_t>() > 2000);
        CHECK_THAT(both["host"]["fidelity"].get<std::string>(), Catch::Contains("lock step"));
        CHECK(rtl["host"]["fidelity"] == "RTL");
    }
}

TEST_CASE("vrsim mem --events: model, RTL and both record the same commands") {
    const TemporaryFolder folder;
    // At 4 GB/s the memory is idle in between; a table shows its refreshes then, a timeline not.
    for (const char* file : {"trace.csv", "timeline.json"}) {
        std::string of_model;
        for (const std::string impl : {"model", "rtl", "both"}) {
            const std::string path = (folder.path() / file).string();
            (void)report(
                "mem --platform rubin --requests 300 --quiet --json - --pattern mixrand "
                "--rate '4 GB/s' --events " +
                path + " --set gpu.hbm4.impl=" + impl);
            const std::string text = vr::test::read_text(path);
            INFO(file << " " << impl);
            CHECK(text.size() > 10'000);
            of_model = of_model.empty() ? text : of_model;
            CHECK(text == of_model);
            std::filesystem::remove(path);
        }
    }
}

TEST_CASE("vrsim mem --waves writes the signals of every command scheduler") {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "mem.fst").string();
    const std::string run =
        "mem --platform rubin --pattern mixseq --requests 200 --quiet --json - "
        "--set gpu.hbm4.impl=both";
    const json both = report(run + " --waves " + path);
    const vr::testing::Waves waves = vr::testing::read_waves(path);
    const auto clocks = both["host"]["rtl_clocks"].get<std::uint64_t>();
    CHECK(waves.end <= clocks * 1000);
    CHECK(waves.end + 1000 > clocks * 1000);
    std::uint64_t reads = 0;
    for (const char* scope : {"hbm4.pseudo_channel0.", "hbm4.pseudo_channel1."}) {
        INFO(scope);
        const std::string top(scope);
        REQUIRE(waves.signals.contains(top + "column_valid_o"));
        reads += waves.signals.at(top + "done_valid_o").changes;
        CHECK(waves.signals.at(top + "row_valid_o").rises > 5);
        CHECK(waves.signals.contains(top + "hbm4_scheduler.u_banks.u_window.may_activate_o"));
        CHECK(waves.signals.at(top + "hbm4_scheduler.tick_q").changes > 100);
    }
    CHECK(reads > 100);
    CHECK(measured(both) == measured(report(run)));
}

TEST_CASE("RTL of a whole memory, and waveforms without RTL, are refused") {
    const TemporaryFolder folder;
    const std::string waves = " --waves " + (folder.path() / "x.fst").string();
    const std::string both = " --set gpu.hbm4.impl=both";
    check_refused({
        {kMem + "--pattern seq --target gpu" + both, 3,
         "gpu.hbm4.impl = \"both\": RTL schedules a single channel, this is the memory of a GPU "
         "(512 pseudo-channels)"},
        {kMem + "--pattern seq --channels 4" + both, 3, "this is --channels (4 pseudo-channels)"},
        {"run traces/samples/copy.jsonl --platform tiny --quiet" + both, 3,
         "allowed: model; rtl and both with `vrsim mem --target channel`"},
        {kMem + "--pattern seq" + waves, 2,
         "this run has no RTL: add --set gpu.hbm4.impl=rtl (or both)"},
        {kMem + "--pattern seq --waves x.vcd" + both, 2, "a name that ends in .fst"},
        {kMem + "--pattern seq --level roofline" + both + waves, 2, "formulas have no waveforms"},
        {kMem + "--pattern seq --set gpu.hbm4.impl=verilog", 3, "allowed: model, rtl, both"},
    });
    CHECK(std::filesystem::is_empty(folder.path()));
}
