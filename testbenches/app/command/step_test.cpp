// SPDX-License-Identifier: Apache-2.0
// vrsim step from outside: scripts on standard input, exit codes, a terminal.
#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "testbenches/app/command/vrsim_command.h"

using namespace vr::test;
using vr::testing::vrsim;

namespace {

CommandResult step(const std::string& script, const std::string& options = "--platform tiny") {
    const TemporaryFolder folder;
    write_text(folder.path() / "script", script);
    return vrsim("step traces/samples/hello_gemm.jsonl " + options + " < " +
                 quoted((folder.path() / "script").string()));
}

std::vector<std::string> lines(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) {
        out.push_back(line);
    }
    return out;
}

}  // namespace

TEST_CASE("step: a script of twenty forward and twenty back, twice the same") {
    const auto result = step("next 20\nback 20\n");
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
    auto shown = lines(result.out);
    REQUIRE(shown.size() == 41);  // no prompt in a script
    CHECK(shown[0].find("hello_gemm on tiny: ") == 0);
    CHECK(std::equal(shown.begin() + 1, shown.begin() + 21, shown.rbegin()));
    CHECK(step("next 20\nback 20\n").out == result.out);
    CHECK(step("next 20\nback 20\n", "--platform tiny --compose modules").out == result.out);
}

TEST_CASE("step: why on a stalled tile names the DRAM command") {
    const auto result = step("find stall\nwhy\nquit\nnext\n", "--platform rubin --quiet");
    CHECK(result.exit_code == 0);
    const auto shown = lines(result.out);
    REQUIRE(shown.size() > 5);
    CHECK(shown[0].find("gpu.tpc0.sm0.stall  waits for full operand loads") != std::string::npos);
    CHECK(result.out.find(" for ACT of row ") != std::string::npos);
    CHECK(shown.back().find("kernel launch") != std::string::npos);  // nothing after quit
}

TEST_CASE("step: a wrong command is told, the others go on, exit 2") {
    const auto result = step("bak\nnext\n");
    CHECK(result.exit_code == 2);
    CHECK(result.err ==
          "vrsim: step: unknown command 'bak'; did you mean 'back'?; help lists them\n");
    CHECK(lines(result.out).size() == 2);
}

TEST_CASE("step: a run that ends early is walked up to there") {
    const auto stalled = step("next 3\n", "--platform tiny --set gpu.crossbar.drop_response=1");
    CHECK(stalled.exit_code == 5);
    CHECK(stalled.err.find("vrsim: step: the run stalled at ") == 0);
    CHECK(lines(stalled.out).size() == 4);
    const auto cut = step("goto 1 us\nnext 100000\n", "--platform tiny --max-sim-time '1.1 us'");
    CHECK(cut.exit_code == 0);
    CHECK(lines(cut.out).back() == "end of the run");
}

TEST_CASE("step: wrong use and bad input as every verb has them") {
    CHECK(vrsim("step").exit_code == 2);
    CHECK(vrsim("step no/such.jsonl").exit_code == 3);
    const auto flag = vrsim("step traces/samples/hello_gemm.jsonl --evnts x");
    CHECK(flag.exit_code == 2);
    CHECK(step("", "--platform tiny --set gpu.sms=0").exit_code == 3);
}

TEST_CASE("step: a terminal gets a prompt") {
    if (!has_terminals()) {
        return;
    }
    const auto result = run_on_terminal("cd " + quoted(VRSIM_SOURCE_DIR) +
                                            " && VRSIM_HOME= " + quoted(VRSIM_PROGRAM) +
                                            " step traces/samples/hello_gemm.jsonl --platform tiny",
                                        "next\nnxt\nquit\n");
    CHECK(result.out.find("step> ") != std::string::npos);
    CHECK(result.out.find("did you mean 'next'?") != std::string::npos);
    CHECK(result.exit_code == 0);
}
