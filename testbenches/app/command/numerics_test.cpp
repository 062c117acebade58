// SPDX-License-Identifier: Apache-2.0
// `vrsim numerics check`: its own vectors, directories, totals, changed rules, exit codes.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "testbenches/app/command/vrsim_command.h"

using nlohmann::json;
using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::vrsim;

namespace {

namespace fs = std::filesystem;

const std::string kVectors = VRSIM_SOURCE_DIR "/testbenches/numerics/vectors/";

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("numerics check without a file checks every vector of the project") {
    const auto result = vrsim("numerics check");
    CHECK(result.exit_code == 0);
    CHECK_FALSE(has(result.out, "FAIL"));
    CHECK(has(result.out, "\nopen  "));
    CHECK(has(result.out, "180 of 180 cases as d1"));
    CHECK(has(result.out,
              "\n77 files, 215567 cases: all right; apart: 1 file with 180 cases on an "
              "open question\n"));
}

TEST_CASE("numerics check of a directory goes below it and counts") {
    const TemporaryFolder folder;
    fs::create_directories(folder.path() / "deep");
    fs::copy(kVectors + "decode_narrow.txt.gz", folder.path());
    fs::copy(kVectors + "dot_int8.txt.gz", folder.path() / "deep");
    write_text((folder.path() / "README.md").string(), "no vectors");
    const std::string path = folder.path().string();
    const auto right = vrsim("numerics check " + path);
    CHECK(right.exit_code == 0);
    CHECK(has(right.out, "\n2 files, "));
    const json j = json::parse(vrsim("numerics check --json - " + path).out);
    REQUIRE(j.size() == 2);
    CHECK(j[1]["path"] == path + "/deep/dot_int8.txt.gz");
    CHECK(j[1]["cases"] == 600);
    CHECK(j[1]["judged"] == true);

    SECTION("a wrong case: exit 1, the line and the total") {
        write_text(path + "/wrong.txt",
                   "# format code(hex) value_as_fp32_bits(hex)\n"
                   "e2m1 01 3f000000 0.5\ne2m1 02 3f800001 1\n");
        const auto wrong = vrsim("numerics check " + path);
        CHECK(wrong.exit_code == 1);
        CHECK(has(wrong.out, "FAIL  " + path + "/wrong.txt: 1 of 2 cases right"));
        CHECK(has(wrong.out, "line 3: e2m1 02: value expected 3f800001, got 3f800000"));
        CHECK(has(wrong.out, "\n3 files, "));
        CHECK(has(wrong.out, " right, 1 WRONG\n"));
        const auto quiet = vrsim("numerics check --quiet " + path);
        CHECK(quiet.exit_code == 1);
        CHECK(quiet.out.empty());
        CHECK(has(quiet.err, "FAIL  "));
    }
    SECTION("a bad file: exit 3, and the others are checked all the same") {
        write_text(path + "/a_bad.txt", "nonsense\n");
        write_text(path + "/b_bad.txt",
                   "# format code(hex) value_as_fp32_bits(hex)\ne2m1 zz 0 0\n");
        const auto bad = vrsim("numerics check " + path);
        CHECK(bad.exit_code == 3);
        CHECK(has(bad.out, "\n2 files, "));
        CHECK(has(bad.err, path + "/a_bad.txt:1:1: this kind of vector file is not supported"));
        CHECK(
            has(bad.err, path + "/b_bad.txt:2:6: 'z' is no hexadecimal digit; allowed: 0-9, a-f"));
    }
}

TEST_CASE("numerics check under a changed rule finds the cases that tell it") {
    const std::string file = kVectors + "dot_blackwell_tcgen05_nvfp4_block16_ue4m3.txt.gz";
    const auto result = vrsim("numerics check --rule F=34 " + file);
    CHECK(result.exit_code == 1);
    CHECK(has(result.out,
              "2136 of 2200 cases right (blackwell: e2m1 x e2m1 + fp32, ue4m3 per 16 "
              "(F=34), k = 64)"));
    CHECK(has(result.out, "open corner touched: a switch changed the accumulation rule"));
    const auto bad = vrsim("numerics check --rule F=much " + file);
    CHECK(bad.exit_code == 2);
    CHECK(has(bad.err, "accumulation rule: 'F=much'; allowed: a whole number after '='"));
}

TEST_CASE("a run with a changed accumulation rule says so and refuses what cannot be") {
    const std::string run = "run traces/samples/hello_gemm.jsonl --platform tiny --set ";
    const auto changed = vrsim(run + "gpu.accumulation_rule.fp8=L=32,F=20");
    INFO(changed.err);
    CHECK(changed.exit_code == 0);
    CHECK(has(changed.out, "a switch changed the accumulation rule"));
    CHECK_FALSE(has(vrsim(run + "gpu.accumulation=rubin").out, "a switch changed"));
    const auto refused = vrsim(run + "gpu.accumulation_rule.fp8=F=99");
    CHECK(refused.exit_code == 3);
    CHECK(has(refused.err, "accumulation_rule.fp8"));
    CHECK(has(refused.err, "'F=99'; allowed: 6 to 26"));
    const auto steps = vrsim(run + "gpu.accumulation_rule.nvfp4=K=96,L=96");
    CHECK(steps.exit_code == 3);
    CHECK(has(steps.err, "L=96 does not divide the K of a slot; allowed in a run: powers of two"));
}

}  // namespace
