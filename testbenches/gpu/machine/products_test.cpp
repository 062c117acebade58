// SPDX-License-Identifier: Apache-2.0
// Grouped and batched products and gated units with real data: what the machine computes equals the
// plain way.
#include <algorithm>

#include "testbenches/gpu/machine/operator_rig.h"

using namespace vr;
using namespace vr::testing;
using plain::Matrix;

TEST_CASE("a grouped product multiplies each group's rows with its own matrix") {
    for (const char* type : {"bf16", "fp8_e4m3", "nvfp4"}) {
        const bool scaled = std::string(type) == "nvfp4";
        const std::int64_t n = scaled ? 128 : 96;
        const std::vector<std::int64_t> counts = {40, 0, 130, 1};
        const std::int64_t align = scaled ? 128 : 1;
        std::int64_t rows = 0;
        std::vector<std::int64_t> starts;
        for (const std::int64_t count : counts) {
            starts.push_back(rows);
            rows = (rows + count + align - 1) / align * align;
        }
        const std::string text =
            trace(tensor("a", rows, 192, type) + tensor("b", 4 * n, 192, type) +
                  tensor("d", rows, n, "fp32", false) +
                  fmt::format(R"({{"op": "grouped_gemm", "id": "g", "a": "a", "b": "b", "d": "d", )"
                              R"("rows": [40, 0, 130, 1], "row_alignment": {}}})",
                              align));
        for (const char* sms : {"gpu.sms=2", "gpu.sms=5"}) {
            INFO(type << " " << sms);
            CHECK(distance_of(text,
                              [&](MachineRig& rig) {
                                  Matrix d = plain::zeros(rows, n);
                                  for (std::size_t g = 0; g < counts.size(); ++g) {
                                      plain::multiply(contents(rig, 0), contents(rig, 1), d,
                                                      starts[g], counts[g], 0,
                                                      static_cast<std::int64_t>(g) * n, n, 0);
                                  }
                                  return d;
                              },
                              1.0, {sms}) < 1e-3);
        }
    }
}

TEST_CASE("a gated unit in a product's epilogue takes gates and values in turn") {
    const auto product = [](MachineRig& rig) {
        Matrix d = plain::zeros(rig.tensor(0).rows, rig.tensor(1).rows);
        plain::multiply(contents(rig, 0), contents(rig, 1), d, 0, d.rows, 0, 0, d.columns, 0);
        return plain::swiglu_in_turn(d);
    };
    const auto text = [](const char* type, std::int64_t rows, std::int64_t n, const char* out) {
        return trace(tensor("a", rows, 192, type) + tensor("b", n, 192, type) +
                     tensor("d", rows, n / 2, out, false) +
                     R"({"op": "gemm", "id": "g", "a": "a", "b": "b", "d": "d", )"
                     R"("epilogue": "swiglu"})");
    };
    for (const char* type : {"bf16", "fp8_e4m3", "nvfp4"}) {
        for (const char* sms : {"gpu.sms=1", "gpu.sms=6"}) {
            INFO(type << " " << sms);
            CHECK(distance_of(text(type, 300, 352, "fp32"), product, 1.0, {sms}) < 4e-3);
            const auto saturated = [&](MachineRig& rig) {
                Matrix d = product(rig);
                for (double& value : d.values) {
                    value = std::clamp(value, -448.0, 448.0);
                }
                return d;
            };
            CHECK(distance_of(text(type, 40, 96, "fp8_e4m3"), saturated, 1.0, {sms}) < 0.07);
        }
    }
    for (const bool scaled : {false, true}) {
        const std::vector<std::int64_t> counts = {40, 0, 130, 1};
        const std::vector<std::int64_t> starts = scaled
                                                     ? std::vector<std::int64_t>{0, 128, 128, 384}
                                                     : std::vector<std::int64_t>{0, 40, 40, 170};
        const std::int64_t rows = scaled ? 512 : 171;
        const char* type = scaled ? "nvfp4" : "fp8_e4m3";
        INFO("grouped " << type);
        CHECK(distance_of(
                  trace(tensor("a", rows, 192, type) + tensor("b", 512, 192, type) +
                        tensor("d", rows, 64, "bf16", false) +
                        fmt::format(R"({{"op": "grouped_gemm", "id": "g", "a": "a", "b": "b", )"
                                    R"("d": "d", "epilogue": "swiglu", )"
                                    R"("rows": [40, 0, 130, 1], "row_alignment": {}}})",
                                    scaled ? 128 : 1)),
                  [&](MachineRig& rig) {
                      Matrix d = plain::zeros(rows, 128);
                      for (std::size_t g = 0; g < counts.size(); ++g) {
                          plain::multiply(contents(rig, 0), contents(rig, 1), d, starts[g],
                                          counts[g], 0, static_cast<std::int64_t>(g) * 128, 128, 0);
                      }
                      return plain::swiglu_in_turn(d);
                  },
                  1.0) < 4e-3 + 1.0 / 256);
    }
}

TEST_CASE("a batched product multiplies each head's columns with its own matrix") {
    for (const char* type : {"bf16", "fp8_e4m3"}) {
        // 3 heads: 64 of 96 columns of a, into 80 of 112 columns of d from the 16th on.
        const std::string text =
            trace(tensor("a", 70, 288, type) + tensor("b", 240, 64, type) +
                  tensor("d", 70, 336, "fp32", false) +
                  R"({"op": "batched_gemm", "id": "g", "a": "a", "b": "b", "d": "d", "groups": 3, )"
                  R"("a_pitch": 96, "a_first": 32, "d_pitch": 112, "d_first": 16})");
        CHECK(distance_of(
                  text,
                  [&](MachineRig& rig) {
                      Matrix d = plain::zeros(70, 336);
                      for (std::int64_t g = 0; g < 3; ++g) {
                          plain::multiply(contents(rig, 0), contents(rig, 1), d, 0, 70, g * 96 + 32,
                                          g * 80, 80, g * 112 + 16);
                      }
                      return d;
                  },
                  1.0) < 1e-3);
    }
}
