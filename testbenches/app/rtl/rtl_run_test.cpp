// SPDX-License-Identifier: Apache-2.0
// `vrsim run` with the tensor core's SystemVerilog twin: alone, in lock step, wrong on purpose.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "testbenches/app/command/vrsim_checks.h"
#include "testbenches/app/rtl/waves_reader.h"

using nlohmann::json;
using vr::test::TemporaryFolder;
using vr::testing::check_refused;
using vr::testing::report;

namespace {

const std::string kHello = "run traces/samples/hello_gemm.jsonl --quiet --json - ";
const std::string kBoth = " --set gpu.sm.tensor_core.impl=both ";

// What impl may change: the configuration that names it, figures of the host, and the fidelity,
// which is its purpose.
std::string without_impl(json j, const std::string& fidelity) {
    CHECK(j["operators"][0]["fidelity"] == fidelity);
    j["operators"][0].erase("fidelity");
    j.erase("host");
    j.erase("configuration");
    return j.dump();
}

vr::test::CommandResult with_fault(const std::string& arguments) {
    return vr::test::run_command("cd " + vr::test::quoted(VRSIM_SOURCE_DIR) + " && VRSIM_HOME= " +
                                 vr::test::quoted(VRSIM_WITH_FAULT) + " " + arguments);
}

}  // namespace

TEST_CASE("hello_gemm: model, RTL and both in lock step give one report, byte for byte") {
    for (const std::string rest :
         {"--platform tiny", "--platform rubin", "--platform b200 --seed 3",
          "--platform tiny --compose modules --set gpu.accumulation=rubin_two_steps"}) {
        const json model = report(kHello + rest);
        const json both = report(kHello + rest + kBoth);
        const std::string expected = without_impl(model, "exact (reference)");
        CHECK(without_impl(both, "exact (RTL-checked)") == expected);
        CHECK_FALSE(model["tensors"][2]["digest"].get<std::string>().empty());
        // 128 x 128 elements, each in 512 / 64 (Rubin) or 512 / 32 steps.
        const bool rubin = rest == "--platform tiny" || rest == "--platform rubin";
        CHECK(both["host"]["rtl_leaf_steps"] == 128 * 128 * (rubin ? 8 : 16));
        CHECK_FALSE(model["host"].contains("rtl_leaf_steps"));
        if (rest == "--platform tiny") {
            const json rtl = report(kHello + rest + " --set gpu.sm.tensor_core.impl=rtl");
            CHECK(without_impl(rtl, "exact (RTL)") == expected);
        }
    }
}

TEST_CASE("NVFP4 with block scales: the same") {
    const std::string run = "run traces/samples/nvfp4_gemm.jsonl --platform tiny --quiet --json - ";
    const json both = report(run + kBoth);
    CHECK(without_impl(both, "exact (RTL-checked)") ==
          without_impl(report(run), "exact (reference)"));
    CHECK(both["host"]["rtl_leaf_steps"].get<std::int64_t>() > 1000);
}

TEST_CASE("BF16 and changed rules: the same") {
    for (const std::string set :
         {"", " --set gpu.accumulation_rule.bf16=K=32,L=32,F=20,result=nearest"}) {
        const std::string run =
            "run traces/samples/bf16_gemm.jsonl --platform tiny --quiet --json - " + set;
        const json both = report(run + kBoth);
        CHECK(without_impl(both, "exact (RTL-checked)") ==
              without_impl(report(run), "exact (reference)"));
        // 192 x 160 elements in whole tiles, with K = 320.
        CHECK(both["host"]["rtl_leaf_steps"] == 256 * 192 * (set.empty() ? 20 : 10));
    }
}

TEST_CASE("a planted fault in the RTL ends the run at its first difference, exit 1") {
    const TemporaryFolder folder;
    const std::string waves = (folder.path() / "fault.fst").string();
    const std::string fault = kHello + "--platform tiny --set gpu.sm.tensor_core.rtl_leaf=fault ";
    const auto result = with_fault(fault + kBoth + "--waves " + waves);
    INFO(result.err);
    CHECK(result.exit_code == 1);
    CHECK(result.out.empty());
    for (const char* part : {"lock step: gpu.sm", "RTL and model differ at clock ", "rubin.e4m3",
                             " of row ", " x column ", "\nvrsim:   a = ", "\nvrsim:   b = ",
                             "\nvrsim:   c = ", "expected ", "got "}) {
        CHECK_THAT(result.err, Catch::Contains(part));
    }
    // The waveforms end at the difference: at the clock that the message names.
    const auto told = result.err.find("at clock ") + 9;
    const auto clock = std::stoull(result.err.substr(told));
    CHECK(vr::testing::read_waves(waves).end == clock * 1000 - 500);
    // Without the model beside it nobody notices; the same program with our own leaf is right.
    CHECK(with_fault(fault + "--set gpu.sm.tensor_core.impl=rtl").exit_code == 0);
    CHECK(with_fault(kHello + "--platform tiny" + kBoth).exit_code == 0);
}

TEST_CASE("option --waves writes every leaf's signals") {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "hello.fst").string();
    const json both = report(kHello + "--platform tiny" + kBoth + "--waves " + path);
    CHECK_FALSE(std::filesystem::exists(path + ".partial"));
    const vr::testing::Waves waves = vr::testing::read_waves(path);
    CHECK(waves.timescale == -12);
    const auto clocks = both["host"]["rtl_leaf_clocks"].get<std::uint64_t>();
    CHECK(waves.end == clocks * 1000 - 500);
    std::uint64_t rises = 0;
    for (const char* sm : {"gpu.sm0.tensor_core.", "gpu.sm1.tensor_core."}) {
        INFO(sm);
        const std::string leaf(sm);
        REQUIRE(waves.signals.contains(leaf + "clk_i"));
        rises += waves.signals.at(leaf + "clk_i").rises;
        CHECK(waves.signals.at(leaf + "d_o").changes > 10'000);
        CHECK(waves.signals.at(leaf + "fp_dot_step.sum").changes > 10'000);
        CHECK(waves.signals.at(leaf + "valid_i").last == "0");
    }
    CHECK(rises == clocks);
    // Writing them changes nothing.
    CHECK(without_impl(both, "exact (RTL-checked)") ==
          without_impl(report(kHello + "--platform tiny" + kBoth), "exact (RTL-checked)"));
}

TEST_CASE("what has no waveforms or no RTL is refused") {
    const TemporaryFolder folder;
    const std::string waves = " --waves " + (folder.path() / "x.fst").string();
    const std::string hello = kHello + "--platform tiny ";
    check_refused({
        {hello + waves, 2, "this run has no RTL: add --set gpu.sm.tensor_core.impl=rtl"},
        {hello + kBoth + "--level roofline" + waves, 2, "formulas have no waveforms"},
        {hello + kBoth + "--waves x.vcd", 2, "a name that ends in .fst"},
        {hello + kBoth + "--waves no/such/x.fst", 2, "cannot write the file"},
        {"run traces/samples/copy.jsonl --platform tiny --quiet" + kBoth + waves, 2,
         "no gemm of the trace carries data"},
        {"demo --quiet" + waves, 2, "unknown flag '--waves'"},
        {"run traces/samples/bf16_gemm.jsonl --platform tiny --quiet "
         "--set gpu.accumulation_rule.bf16=K=64,L=64" +
             kBoth,
         3,
         "carries data by the contract rubin.bf16 (K=64,L=64), which no RTL leaf computes; "
         "allowed: steps of at most 64 bytes an operand"},
        {hello + kBoth + "--set gpu.sm.tensor_core.rtl_leaf=mine", 3,
         "no RTL leaf 'mine'; allowed: fp_dot_step"},
        {hello + "--set gpu.sm.tensor_core.impl=verilog", 3, "allowed: model, rtl, both"},
    });
    CHECK(std::filesystem::is_empty(folder.path()));
}
