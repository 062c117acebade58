// SPDX-License-Identifier: Apache-2.0
// The JSON document and the terminal report.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/report/json_report.h"
#include "app/report/laws.h"
#include "app/report/matter.h"
#include "app/report/terminal_report.h"
#include "app/report/text.h"
#include "testbenches/app/report/sample_result.h"

using nlohmann::json;
using vr::RunResult;
using vr::testing::sample_result;

TEST_CASE("the JSON report holds what the schema promises") {
    RunResult result = sample_result();
    vr::check_laws(result);
    const json j = json::parse(vr::json_report(result));
    CHECK(j["schema_version"] == 1);
    CHECK(j["makespan_fs"] == "1000000000");
    CHECK(j["bound_by"]["resource"] == "HBM");
    CHECK(j["bound_by"]["fs"] == "600000001");
    CHECK(j["bound_by"]["share"] == 0.600000);
    CHECK(j["operators"].size() == 2);
    CHECK(j["operators"][0]["completed"] == 4);
    CHECK(j["operators"][0]["total"] == 4);
    CHECK(j["operators"][1]["begin_fs"] == "700000000");
    std::int64_t sum = 0;
    for (const json& charge : j["attribution"]) {
        sum += std::stoll(charge["fs"].get<std::string>());
    }
    CHECK(sum == 1'000'000'000);
    CHECK(j["resources"][0]["name"] == "HBM");
    CHECK(j["resources"][0]["achieved"] == 24'576'000'000);
    CHECK(j["resources"][0]["peak"] == 50'000'000'000);
    CHECK(j["resources"][0]["utilisation"] == 0.49152);
    CHECK(j["tensors"][0]["digest"] == "0123456789abcdef");
    CHECK(j["tensors"][1]["dirty_lines"] == 64);
    CHECK(j["statistics"]["gpu.l2.hits"]["value"] == 64);
    CHECK(j["statistics"]["gpu.l2.busy"]["value"] == "5");  // femtoseconds are texts
    CHECK(j["configuration"]["parameters"]["gpu.hbm4.t_rc"]["value"] == "45 ns");
    CHECK(j["laws"].size() == 8);
    CHECK(j["estimated_parameters"].size() == 2);
    CHECK(j["host"].is_object());
}

TEST_CASE("equal results give equal bytes, and the host's figures stand in `host` alone") {
    RunResult a = sample_result();
    RunResult b = sample_result();
    b.host.cpu_microseconds = 123;
    b.host.peak_memory_bytes = 456;
    b.host.fold = true;
    b.host.counters = {{"memo_hits", 3}};
    const std::string text_a = vr::json_report(a);
    const std::string text_b = vr::json_report(b);
    CHECK(text_a.starts_with("{\n  \"schema_version\": 1,\n"));
    CHECK(text_a == vr::json_report(sample_result()));
    CHECK(text_a != text_b);
    CHECK(text_a.substr(0, text_a.find("\"host\"")) == text_b.substr(0, text_b.find("\"host\"")));
    CHECK(json::parse(text_b)["host"]["memo_hits"] == 3);
}

TEST_CASE("texts with quotes, line ends and control characters survive JSON") {
    RunResult result = sample_result();
    result.trace_name = "a\"b\\c\nd\te\x01";
    CHECK(json::parse(vr::json_report(result))["trace"] == result.trace_name);
}

TEST_CASE("estimated parameters matter when their resource owns 5 % or more") {
    RunResult result = sample_result();
    const auto found = vr::mattering_parameters(result);
    REQUIRE(found.size() == 2);
    CHECK(found[0].path == "gpu.hbm4.t_rc");  // not gpu.hbm4x.y, not the published one
    CHECK(found[0].resource == "HBM");
    CHECK(found[1].path == "gpu.front.launch");
    for (auto& parameter : result.configuration) {
        parameter.without_effect = parameter.path == found[0].path ? "refresh = none" : "";
    }
    const auto left = vr::mattering_parameters(result);
    REQUIRE(left.size() == 1);
    CHECK(left[0].path == "gpu.front.launch");
    result.configuration[0].without_effect.clear();
    result.attribution[1].amount = {49'999'999};  // launch below 5 %
    CHECK(vr::mattering_parameters(result).size() == 1);
}

TEST_CASE("rates come before other parameters, our own policies last of all") {
    RunResult result = sample_result();
    result.configuration = {{"gpu.hbm4.interleave", "256 B", "estimated", "no public map"},
                            {"gpu.hbm4.read_queue", "64", "estimated", "policy of this model: x"},
                            {"gpu.hbm4.clock", "1 GHz", "estimated", "s"},
                            {"gpu.hbm4.front_latency", "10 clk", "estimated", "s"},
                            {"gpu.front.launch", "300 ns", "estimated", "s"}};
    const auto paths = [](const RunResult& r) {
        std::vector<std::string> out;
        for (const auto& parameter : vr::mattering_parameters(r)) {
            out.push_back(parameter.path);
        }
        return out;
    };
    CHECK(paths(result) == std::vector<std::string>{"gpu.hbm4.clock", "gpu.hbm4.front_latency",
                                                    "gpu.hbm4.interleave", "gpu.front.launch",
                                                    "gpu.hbm4.read_queue"});
    // A resource that names a parameter more closely has it, here with too little time to matter.
    result.resource_parameters.push_back({"HBM latency", {"gpu.hbm4.front_latency"}});
    CHECK(paths(result) == std::vector<std::string>{"gpu.hbm4.clock", "gpu.hbm4.interleave",
                                                    "gpu.front.launch", "gpu.hbm4.read_queue"});
}

TEST_CASE("a run is bound by the resource with the largest sum, ties go to the first") {
    CHECK(vr::bound_of({}).resource.empty());
    const vr::BoundResult bound =
        vr::bound_of({{"launch", "launch", {50}}, {"queue", "HBM", {30}}, {"bus", "HBM", {30}}});
    CHECK(bound.resource == "HBM");  // no single charge of it is the largest
    CHECK(bound.owned.value == 60);
    CHECK(vr::bound_of({{"b", "B", {40}}, {"a", "A", {20}}, {"c", "A", {20}}}).resource == "B");
}

TEST_CASE("a bar for each resource, its owners below, at most 19 lines") {
    RunResult result = sample_result();
    result.attribution.clear();
    for (int resource = 0; resource < 14; ++resource) {
        for (int owner = 0; owner < 5; ++owner) {
            result.attribution.push_back({"owner " + std::to_string(owner),
                                          "resource " + std::to_string(resource),
                                          vr::Time{(14 - resource) * 1'000'000 - owner}});
        }
    }
    result.makespan = {5 * 105 * 1'000'000 - 14 * 10};
    const std::string text = vr::terminal_report(result, {});
    const std::size_t begin = text.find("  where the time went");
    const std::string table = text.substr(begin, text.find("\n\n", begin) - begin);
    INFO(table);
    CHECK(std::count(table.begin(), table.end(), '\n') + 1 <= 19);
    CHECK(table.find("  resource 0 ") < table.find("    owner 0 "));
    CHECK(table.find("    owner 1 ") < table.find("    ... 3 smaller ones"));
    CHECK(table.find("    ... 3 smaller ones") < table.find("  resource 1 "));
    CHECK(table.find("  ... 5 smaller resources (see --json)") != std::string::npos);
}

TEST_CASE("the terminal report fits its columns and says the essentials") {
    RunResult result = sample_result();
    const std::string text = vr::terminal_report(result, {"vrsim run t.jsonl", false, false});
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(line.size() <= 100);
    }
    for (const char* part :
         {"1.000 us", "bound by  HBM, 60.0 % of the time",
          "roofline bound 600.000 ns (60.0 % of the time)", "first", "70.0 %",
          "sums to 1000000000 fs exactly", "HBM data bus", "gpu.hbm4.t_rc", "49.2 %",
          "left dirty in L2: 64 lines", "open numeric corner touched: sign of zero",
          "vrsim run t.jsonl --events run.pftrace", "0123456789abcdef"}) {
        INFO(part);
        CHECK(text.find(part) != std::string::npos);
    }
}

TEST_CASE("long lists of operators are cut, and say so") {
    RunResult result = sample_result();
    result.operators.resize(1);
    for (int i = 0; i < 30; ++i) {
        result.operators.push_back(result.operators[0]);
    }
    CHECK(vr::terminal_report(result, {}).find("... 11 more (see --json)") != std::string::npos);
}

TEST_CASE("integers as text") {
    CHECK(vr::time_text({0}) == "0 fs");
    CHECK(vr::time_text({999}) == "999 fs");
    CHECK(vr::time_text({1'000}) == "1.000 ps");
    CHECK(vr::time_text({26'530'123'456}) == "26.530 us");
    CHECK(vr::amount_text(583'467'008, "B") == "583.5 MB");
    CHECK(vr::amount_text(22'016'000'000'000, "B/s") == "22.02 TB/s");
    CHECK(vr::amount_text(17, "B") == "17 B");
    CHECK(vr::percent_text(1, 3) == "33.3 %");
    CHECK(vr::percent_text(0, 0) == "0.0 %");
    CHECK(vr::ratio_text(2, 3, 6) == "0.666666");  // cut off, not rounded: never above the truth
    CHECK(vr::ratio_text(7, 2, 3) == "3.500");
    CHECK(vr::rate_per_second(24'576, {1'000'000'000}) == 24'576'000'000);
    CHECK(vr::hex_text(255) == "00000000000000ff");
}
