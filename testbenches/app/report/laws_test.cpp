// SPDX-License-Identifier: Apache-2.0
// Each law holds on a right result and catches one planted fault, with its witness.
#include <catch2/catch.hpp>

#include "app/report/laws.h"
#include "models/base/error.h"
#include "testbenches/app/report/sample_result.h"

using vr::RunResult;
using vr::testing::sample_result;

namespace {

std::string broken(void (*damage)(RunResult&)) {
    RunResult result = sample_result();
    damage(result);
    try {
        vr::check_laws(result);
    } catch (const vr::LawBroken& error) {
        CHECK(error.exit_code() == vr::ExitCode::kLawBroken);
        CHECK_FALSE(result.laws.back().passed);
        return error.what();
    }
    return "holds";
}

}  // namespace

TEST_CASE("a right result keeps every law, and the report can say so") {
    RunResult result = sample_result();
    vr::check_laws(result);
    CHECK(result.laws.size() == 8);
    for (const vr::LawResult& law : result.laws) {
        CHECK(law.passed);
    }
}

TEST_CASE("charges that miss one femtosecond") {
    CHECK(broken([](RunResult& r) { r.attribution[0].amount -= vr::Time{1}; }) ==
          "a law is broken: attribution sums to the makespan\n  witness: charges sum to 999999999 "
          "fs, the makespan is 1000000000 fs, the difference is -1 fs");
}

TEST_CASE("an owner that says nothing") {
    for (const char* name : {"", "other", "unknown", "idle"}) {
        RunResult result = sample_result();
        result.attribution[1].owner = name;
        CHECK_THROWS_WITH(vr::check_laws(result),
                          Catch::Contains("299999999 fs belong to '" + std::string(name) + "'"));
    }
}

TEST_CASE("more than the peak") {
    // 24,576 B in 1 us are 24.576 GB/s exactly.
    CHECK(broken([](RunResult& r) { r.resources[0].peak_per_second = 24'576'000'000; }) == "holds");
    CHECK(broken([](RunResult& r) {
              r.resources[0].peak_per_second = 24'575'999'999;
          }).find("HBM: 24576 in 1000000000 fs is more than its peak of 24575999999 B/s") !=
          std::string::npos);
}

TEST_CASE("bytes that are neither hit nor miss") {
    CHECK(broken([](RunResult& r) {
              ++r.tensors[0].l2_hit_bytes;
          }).find("tensor 'a': requested 16384 B, L2 hits 8193 B + misses 8192 B") !=
          std::string::npos);
}

TEST_CASE("operators that are not complete, or lie outside the run") {
    CHECK(broken([](RunResult& r) {
              r.operators[1].completed = 1;
          }).find("operator 'second': 1 of 2 work items") != std::string::npos);
    CHECK(broken([](RunResult& r) {
              r.operators[1].end += vr::Time{1};
          }).find("operator 'second'") != std::string::npos);
    CHECK(broken([](RunResult& r) {
              r.operators[0].total = r.operators[0].completed = 0;
          }).find("operator 'first'") != std::string::npos);
    CHECK(broken([](RunResult& r) {
              r.complete = false;
              r.operators[1].completed = 1;
          }) == "holds");
}

TEST_CASE("a tensor that was read and never came from HBM") {
    CHECK(broken([](RunResult& r) {
              r.tensors[0].hbm_read_bytes = 8'191;
          }).find("tensor 'a' has 8192 B that are read, but only 8191 B came from HBM") !=
          std::string::npos);
}

TEST_CASE("requests without an answer, and credits that stay out") {
    CHECK(broken([](RunResult& r) {
              r.unanswered_requests = 2;
          }).find("2 requests of L2 and memory") != std::string::npos);
    CHECK(broken([](RunResult& r) {
              r.credits_out = 128;
          }).find("128 B of the SMs' windows are still out") != std::string::npos);
    CHECK(broken([](RunResult& r) {
              r.complete = false;  // what is cut has requests on their way
              r.unanswered_requests = 2;
              r.credits_out = 128;
          }) == "holds");
}

TEST_CASE("a tensor at the host that was read and never crossed C2C") {
    CHECK(broken([](RunResult& r) {
              r.tensors[0].at_host = true;
              r.tensors[0].hbm_read_bytes = 0;
              r.tensors[0].c2c_read_bytes = 8'192;
          }) == "holds");
    CHECK(broken([](RunResult& r) {
              r.tensors[0].at_host = true;
              r.tensors[0].c2c_read_bytes = 8'191;
          })
              .find("tensor 'a' lies at the host, has 8192 B and is read, but only 8191 B crossed "
                    "C2C") != std::string::npos);
}
