// SPDX-License-Identifier: Apache-2.0
// vrsim sweep from outside: order, going on, failed points, errors before any run.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "testbenches/app/command/vrsim_command.h"

using namespace vr::test;
using nlohmann::json;
using vr::testing::vrsim;

namespace {

const std::string kHello = "sweep traces/samples/hello_gemm.jsonl --platform tiny ";

std::vector<std::string> lines(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) {
        out.push_back(line);
    }
    return out;
}

struct Csv {
    TemporaryFolder folder;
    std::string path = (folder.path() / "t.csv").string();
    std::string option = "--csv " + vr::test::quoted(path);
    [[nodiscard]] std::string text() const { return read_text(path); }
};

}  // namespace

TEST_CASE("sweep: rows in order of the values whatever the number of jobs, equal to runs") {
    const std::string vary =
        "--vary gpu.l2.fill_latency='40 clk,80 clk' --vary gpu.hbm4.refresh_postpone=0,8 ";
    Csv one;
    const auto result = vrsim(kHello + vary + "--jobs 1 " + one.option);
    REQUIRE(result.exit_code == 0);
    CHECK(result.out.find("4 points: 4 run now, 0 known before, 0 failed") != std::string::npos);
    const auto rows = lines(one.text());
    REQUIRE(rows.size() == 5);
    CHECK(rows[0] ==
          "gpu.l2.fill_latency,gpu.hbm4.refresh_postpone,status,time_fs,bound_by,bound_percent,"
          "tensor_flops_per_s,tensor_percent_of_peak,hbm_bytes_per_s,hbm_percent_of_peak,exit_code,"
          "reason,trace,platform,point");
    CHECK(rows[1].find("40 clk,0,complete,") == 0);
    CHECK(rows[2].find("40 clk,8,complete,") == 0);
    CHECK(rows[3].find("80 clk,0,complete,") == 0);
    CHECK(rows[4].find("80 clk,8,complete,") == 0);
    const json run = json::parse(vrsim("run traces/samples/hello_gemm.jsonl --platform tiny --set "
                                       "gpu.l2.fill_latency='80 clk' --set "
                                       "gpu.hbm4.refresh_postpone=8 --quiet --json -")
                                     .out);
    CHECK(rows[4].find("," + run["makespan_fs"].get<std::string>() + "," +
                       run["bound_by"]["resource"].get<std::string>() + ",") != std::string::npos);
    Csv three;
    CHECK(vrsim(kHello + vary + "--jobs 3 --quiet " + three.option).out.empty());
    CHECK(three.text() == one.text());
}

TEST_CASE("sweep: what is finished is not run again, a new value is added in its place") {
    Csv csv;
    REQUIRE(vrsim(kHello + "--vary gpu.l2.fill_latency='40 clk,80 clk' " + csv.option).exit_code ==
            0);
    const std::string first = csv.text();
    const auto same = vrsim(kHello + "--vary gpu.l2.fill_latency='40 clk,80 clk' " + csv.option);
    CHECK(same.out.find("2 points: 0 run now, 2 known before, 0 failed") != std::string::npos);
    CHECK(csv.text() == first);
    const auto more =
        vrsim(kHello + "--vary gpu.l2.fill_latency='40 clk,60 clk,80 clk' " + csv.option);
    CHECK(more.out.find("3 points: 1 run now, 2 known before, 0 failed") != std::string::npos);
    const auto rows = lines(csv.text());
    REQUIRE(rows.size() == 4);
    CHECK(rows[1] == lines(first)[1]);
    CHECK(rows[2].find("60 clk,complete,") == 0);
    CHECK(rows[3] == lines(first)[2]);
    // Another trace or seed is another point.
    CHECK(vrsim(kHello + "--vary gpu.l2.fill_latency='40 clk' --seed 2 " + csv.option)
              .out.find("1 run now") != std::string::npos);
    // A table that was cut off in the middle goes on.
    write_text(csv.path, lines(first)[0] + "\n" + lines(first)[1] + "\n");
    const auto resumed = vrsim(kHello + "--vary gpu.l2.fill_latency='40 clk,80 clk' " + csv.option);
    CHECK(resumed.out.find("2 points: 1 run now, 1 known before, 0 failed") != std::string::npos);
    CHECK(csv.text() == first);
}

TEST_CASE("sweep: a failed point stays in the table with its reason and exit code, exit 1") {
    Csv csv;
    const auto result = vrsim(kHello + "--vary gpu.crossbar.drop_response=0,1 " + csv.option);
    CHECK(result.exit_code == 1);
    CHECK(result.out.find("2 points: 2 run now, 0 known before, 1 failed") != std::string::npos);
    const auto rows = lines(csv.text());
    REQUIRE(rows.size() == 3);
    CHECK(rows[1].find("0,complete,") == 0);
    CHECK(rows[2].find("1,failed,,,,,,,,5,") == 0);
    CHECK(rows[2].find("the run stalled at ") != std::string::npos);
    const auto again = vrsim(kHello + "--vary gpu.crossbar.drop_response=0,1 " + csv.option);
    CHECK(again.exit_code == 1);
    CHECK(again.out.find("0 run now, 2 known before, 1 failed") != std::string::npos);
}

TEST_CASE("sweep: wrong keys and values are told together, before any run") {
    Csv csv;
    const auto wrong = vrsim(kHello + "--vary gpu.l2.slics=1 --vary gpu.sms=2,none " + csv.option);
    CHECK(wrong.exit_code == 3);
    CHECK(wrong.err.find("did you mean gpu.l2.slices?") != std::string::npos);
    CHECK(wrong.err.find("gpu.sms = \"none\"") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(csv.path));
    CHECK(vrsim("sweep no/such.jsonl --vary gpu.sms=1 " + csv.option).exit_code == 3);
    CHECK(vrsim(kHello + "--vary gpu.sms " + csv.option).exit_code == 2);
    CHECK(vrsim(kHello + csv.option).exit_code == 2);
    CHECK(vrsim(kHello + "--vary gpu.sms=1").exit_code == 2);
}

TEST_CASE("sweep: a file that is not ours, or cannot be written, is left alone") {
    Csv csv;
    write_text(csv.path, "mine\n");
    const auto theirs = vrsim(kHello + "--vary gpu.sms=2 " + csv.option);
    CHECK(theirs.exit_code == 2);
    CHECK(theirs.err.find("is not the table of a sweep over these keys") != std::string::npos);
    CHECK(csv.text() == "mine\n");
    const auto nowhere = vrsim(kHello + "--vary gpu.sms=2 --csv " +
                               quoted((csv.folder.path() / "no/t.csv").string()));
    CHECK(nowhere.exit_code == 2);
    CHECK(nowhere.err.find("cannot write the file") != std::string::npos);
}
