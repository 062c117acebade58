// SPDX-License-Identifier: Apache-2.0
// Runs of the program that must be equal, and the script that compares builds.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "testbenches/app/command/vrsim_command.h"

using nlohmann::ordered_json;
using vr::test::quoted;
using vr::test::run_command;
using vr::test::TemporaryFolder;
using vr::test::write_program;
using vr::testing::vrsim;

namespace {

// The report's text without `host`, keys in their order.
std::string report(const std::string& arguments) {
    const auto result = vrsim("run " + arguments + " --quiet --json -");
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    ordered_json j = ordered_json::parse(result.out);
    CHECK(j.erase("host") == 1);
    return j.dump();
}

std::string compare(const std::string& one, const std::string& two, int& exit_code) {
    const auto result =
        run_command(quoted(VRSIM_SOURCE_DIR "/testbenches/determinism/compare_builds.sh") + " " +
                    quoted(one) + " " + quoted(two));
    exit_code = result.exit_code;
    return result.out + result.err;
}

}  // namespace

TEST_CASE("two runs of the program give equal bytes outside `host`, at the detailed level") {
    for (const char* sample : {"hello_gemm", "nvfp4_gemm"}) {
        const std::string run = "traces/samples/" + std::string(sample) + ".jsonl --platform tiny";
        const std::string first = report(run);
        CHECK(first == report(run));
        CHECK(first != report(run + " --seed 2"));  // the comparison sees the contents
    }
}

TEST_CASE("the script that compares builds tells equal from different") {
    int exit_code = -1;
    const std::string same = compare(VRSIM_PROGRAM, VRSIM_PROGRAM, exit_code);
    INFO(same);
    CHECK(exit_code == 0);
    CHECK(same.find("equal      hello_gemm on tiny") != std::string::npos);
    CHECK(same.find("equal      nvfp4_gemm on tiny") != std::string::npos);
    CHECK(same.find("equal      copy on rubin") != std::string::npos);

    const TemporaryFolder folder;
    const std::string other = (folder.path() / "vrsim").string();
    write_program(other, "#!/bin/sh\nexec " + quoted(VRSIM_PROGRAM) + " \"$@\" --seed 2\n");
    const std::string differs = compare(VRSIM_PROGRAM, other, exit_code);
    INFO(differs);
    CHECK(exit_code == 1);
    CHECK(differs.find("DIFFERENT  hello_gemm on tiny") != std::string::npos);
    CHECK(differs.find("\"digest\"") != std::string::npos);

    write_program(other, "#!/bin/sh\nexit 3\n");
    CHECK(compare(VRSIM_PROGRAM, other, exit_code).find("FAILED ") != std::string::npos);
    CHECK(exit_code == 1);
    CHECK(compare(VRSIM_PROGRAM, "no/such", exit_code).find("is no program") != std::string::npos);
    CHECK(exit_code == 2);
}
