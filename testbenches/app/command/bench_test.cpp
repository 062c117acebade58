// SPDX-License-Identifier: Apache-2.0
// `vrsim bench`: what it prints of a benchmark with a rival, and when that one is too slow.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/bench/benchmark.h"
#include "testbenches/app/command/vrsim_command.h"

using nlohmann::json;
using vr::testing::vrsim;

TEST_CASE("a rival falls when one of its units costs more of the baseline's than it may") {
    const vr::Rival rival{"oracle", 10, 100};
    CHECK(rival.cost(1000) == 100);
    CHECK_FALSE(rival.fell(1000));
    CHECK(rival.fell(1010));
    CHECK(vr::Rival{"oracle", 9, 100}.fell(1000));
    CHECK_FALSE(vr::Rival{}.fell(1000));
}

TEST_CASE("bench compares HBM4's core with its oracle and a fixed loop") {
    const auto result = vrsim("bench hbm4_sequential --json -");
    INFO(result.out << result.err);
    const json list = json::parse(result.out);
    REQUIRE(list.size() == 1);
    const json& j = list[0];
    const json& oracle = j["rival"];
    CHECK(oracle["name"] == "oracle");
    const auto rate = oracle["value"].get<std::int64_t>();
    REQUIRE(rate > 0);
    CHECK(oracle["ratio"].get<double>() ==
          Approx(j["value"].get<double>() / static_cast<double>(rate)).margin(0.1));
    CHECK(oracle["ratio"] > 1);  // 90 in a release build
    CHECK(oracle["cost"] == j["baseline"].get<std::int64_t>() / rate);
    CHECK(oracle["passed"] == (oracle["cost"] <= oracle["most_cost"]));
    CHECK(result.exit_code == (oracle["passed"] == true ? 0 : 1));
    CHECK(result.err.find("oracle") != std::string::npos);
    CHECK((result.err.find("SLOWER") != std::string::npos) == (result.exit_code == 1));
}
