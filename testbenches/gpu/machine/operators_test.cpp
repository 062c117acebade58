// SPDX-License-Identifier: Apache-2.0
// Operators of a decoder layer with real data: what the machine computes equals the plain way.
#include <algorithm>

#include "testbenches/gpu/machine/operator_rig.h"

using namespace vr;
using namespace vr::testing;
using plain::Matrix;

namespace {

constexpr double kBf16 = 1.0 / 256;  // half a unit in the last place, relative
constexpr double kFp32 = 2e-6;

}  // namespace

TEST_CASE("rms_norm of rows equals the formula") {
    for (const std::int64_t columns : {64, 1000, 7168}) {
        const std::string text =
            trace(tensor("x", 5, columns, "bf16") + tensor("w", 1, columns, "bf16") +
                  tensor("y", 5, columns, "fp32", false) +
                  R"({"op": "rms_norm", "id": "n", "input": "x", "weight": "w", "output": "y"})");
        CHECK(distance_of(
                  text,
                  [](MachineRig& rig) {
                      return plain::rms_norm(contents(rig, 0), contents(rig, 1), 1e-6);
                  },
                  1e-3) < 1e-4);
    }
}

TEST_CASE("softmax of rows equals the formula") {
    const std::string text =
        trace(tensor("x", 33, 200, "fp32") + tensor("y", 33, 200, "fp32", false) +
              R"({"op": "softmax", "id": "s", "input": "x", "output": "y"})");
    CHECK(distance_of(
              text, [](MachineRig& rig) { return plain::softmax(contents(rig, 0)); }, 1e-9) < 1e-5);
}

TEST_CASE("swiglu multiplies the gated half with the other") {
    const std::string text =
        trace(tensor("x", 70, 1536, "bf16") + tensor("y", 70, 768, "bf16", false) +
              R"({"op": "swiglu", "id": "g", "input": "x", "output": "y"})");
    CHECK(distance_of(
              text, [](MachineRig& rig) { return plain::swiglu(contents(rig, 0)); }, 1e-6) <
          1.01 * kBf16);
}

TEST_CASE("rope that carries the other columns of each head writes whole heads") {
    for (const bool narrow : {false, true}) {
        // 3 heads of 64 columns of which 32 from the 16th on are turned.
        const std::string text =
            trace(tensor("x", 12, 192, "bf16") + tensor("t", 40, 32, "fp32") +
                  tensor("y", 12, 192, narrow ? "fp8_e4m3" : "bf16", false) +
                  R"({"op": "rope", "id": "r", "input": "x", "angles": "t", "output": "y", )"
                  R"("columns": 32, "pitch": 64, "first": 16, "position": 3, )"
                  R"("sequence_rows": 6, "carry": true})");
        const auto expected = [](MachineRig& rig) {
            const Matrix x = contents(rig, 0);
            const Matrix t = contents(rig, 1);
            Matrix y = x;
            for (std::int64_t r = 0; r < 12; ++r) {
                for (std::int64_t pair = 0; pair < 3 * 16; ++pair) {
                    const std::int64_t at = pair / 16 * 64 + 16 + pair % 16 * 2;
                    const double c = t.at(3 + r % 6, pair % 16);
                    const double s = t.at(3 + r % 6, 16 + pair % 16);
                    y.at(r, at) = x.at(r, at) * c - x.at(r, at + 1) * s;
                    y.at(r, at + 1) = x.at(r, at) * s + x.at(r, at + 1) * c;
                }
            }
            return y;
        };
        INFO(narrow);
        CHECK(distance_of(text, expected, 1.0 / 64) <= (narrow ? 1.01 / 16 : 1.01 * kBf16));
    }
}

TEST_CASE("rope turns pairs of columns by the angles of each row's position") {
    // 2 sequences of 6 rows, 3 heads of 48 columns of which 32 from the 16th on are turned, into
    // heads of 64 columns.
    const std::string text = trace(
        tensor("x", 12, 144, "fp32") + tensor("t", 40, 32, "fp32") +
        tensor("y", 12, 192, "fp32", false) +
        R"({"op": "rope", "id": "r", "input": "x", "angles": "t", "output": "y", "columns": 32, )"
        R"("pitch": 48, "first": 16, "output_pitch": 64, "output_first": 32, "position": 3, )"
        R"("sequence_rows": 6})");
    MachineRig rig(text);
    rig.run();
    const Matrix x = contents(rig, 0);
    const Matrix t = contents(rig, 1);
    const Matrix y = contents(rig, 2);
    double most = 0;
    for (std::int64_t r = 0; r < 12; ++r) {
        for (std::int64_t h = 0; h < 3; ++h) {
            for (std::int64_t i = 0; i < 16; ++i) {
                const double c = t.at(3 + r % 6, i);
                const double s = t.at(3 + r % 6, 16 + i);
                const double a = x.at(r, h * 48 + 16 + 2 * i);
                const double b = x.at(r, h * 48 + 17 + 2 * i);
                most = std::max(most, std::fabs(y.at(r, h * 64 + 32 + 2 * i) - (a * c - b * s)));
                most = std::max(most, std::fabs(y.at(r, h * 64 + 33 + 2 * i) - (a * s + b * c)));
            }
        }
    }
    CHECK(most < kFp32);
}

TEST_CASE("quantise gives the nearest elements and scales") {
    SECTION("FP8") {
        const std::string text =
            trace(tensor("x", 40, 700, "fp32") + tensor("y", 40, 700, "fp8_e4m3", false) +
                  R"({"op": "quantise", "id": "q", "input": "x", "output": "y"})");
        CHECK(distance_of(
                  text, [](MachineRig& rig) { return contents(rig, 0); }, 1.0 / 64) <= 1.0 / 16);
    }
    SECTION("NVFP4") {
        const std::string text =
            trace(tensor("x", 200, 256, "fp32") + tensor("y", 200, 256, "nvfp4", false) +
                  R"({"op": "quantise", "id": "q", "input": "x", "output": "y"})");
        MachineRig rig(text);
        rig.run();
        const Matrix x = contents(rig, 0);
        const Matrix y = contents(rig, 1);
        for (std::int64_t r = 0; r < x.rows; ++r) {
            for (std::int64_t block = 0; block < x.columns / 16; ++block) {
                double largest = 0;
                for (std::int64_t c = block * 16; c < block * 16 + 16; ++c) {
                    largest = std::max(largest, std::fabs(x.at(r, c)));
                }
                // Half the widest step of E2M1 (2 of 6), and the scale's own rounding.
                for (std::int64_t c = block * 16; c < block * 16 + 16; ++c) {
                    REQUIRE(std::fabs(x.at(r, c) - y.at(r, c)) <= largest * (1.0 / 6 + 1.0 / 16));
                }
            }
        }
    }
}

TEST_CASE("top_k takes the best experts of the best groups") {
    const std::string text = trace(
        tensor("x", 20, 64, "fp32") + tensor("b", 1, 64, "fp32") +
        tensor("y", 20, 12, "fp32", false) +
        R"({"op": "top_k", "id": "k", "input": "x", "bias": "b", "output": "y", "count": 6, )"
        R"("scoring": "sigmoid", "groups": 8, "groups_kept": 3, "normalise": true, "scale": 2.5})");
    MachineRig rig(text);
    rig.run();
    const Matrix x = contents(rig, 0);
    const Matrix b = contents(rig, 1);
    const Matrix y = contents(rig, 2);
    for (std::int64_t r = 0; r < 20; ++r) {
        std::vector<double> score(64);
        std::vector<double> choice(64);
        for (std::int64_t e = 0; e < 64; ++e) {
            score[static_cast<std::size_t>(e)] = 1.0 / (1.0 + std::exp(-x.at(r, e)));
            choice[static_cast<std::size_t>(e)] = score[static_cast<std::size_t>(e)] + b.at(0, e);
        }
        std::vector<std::pair<double, std::size_t>> groups;
        for (std::size_t g = 0; g < 8; ++g) {
            std::vector<double> of(choice.begin() + static_cast<long>(8 * g),
                                   choice.begin() + static_cast<long>(8 * g + 8));
            std::sort(of.rbegin(), of.rend());
            groups.emplace_back(of[0] + of[1], g);
        }
        std::sort(groups.rbegin(), groups.rend());
        std::vector<std::pair<double, std::size_t>> experts;
        for (std::size_t g = 0; g < 3; ++g) {
            for (std::size_t e = 8 * groups[g].second; e < 8 * groups[g].second + 8; ++e) {
                experts.emplace_back(choice[e], e);
            }
        }
        std::sort(experts.rbegin(), experts.rend());
        double sum = 0;
        for (std::size_t n = 0; n < 6; ++n) {
            sum += score[experts[n].second];
        }
        for (std::int64_t n = 0; n < 6; ++n) {
            const std::size_t e = experts[static_cast<std::size_t>(n)].second;
            REQUIRE(y.at(r, 6 + n) == static_cast<double>(e));
            REQUIRE(std::fabs(y.at(r, n) - 2.5 * score[e] / sum) < kFp32);
        }
    }
}

TEST_CASE("results are written as FP8 where the next operator wants them so") {
    constexpr double kFp8 = 1.0 / 16;  // half a unit in the last place
    constexpr double kSmall = 1.0 / 64;
    SECTION("product, with tiles of 192 columns") {
        const std::string text =
            trace(tensor("a", 40, 96, "bf16") + tensor("b", 192, 96, "bf16") +
                  tensor("d", 40, 192, "fp8_e4m3", false) +
                  R"({"op": "gemm", "id": "g", "a": "a", "b": "b", "d": "d"})");
        for (const char* sms : {"gpu.sms=1", "gpu.sms=6"}) {
            CHECK(distance_of(text,
                              [](MachineRig& rig) {
                                  Matrix d = plain::zeros(40, 192);
                                  plain::multiply(contents(rig, 0), contents(rig, 1), d, 0, 40, 0,
                                                  0, 192, 0);
                                  return d;
                              },
                              kSmall, {sms}) <= 1.01 * kFp8);
        }
    }
    SECTION("norm") {
        const std::string text =
            trace(tensor("x", 9, 512, "bf16") + tensor("w", 1, 512, "bf16") +
                  tensor("y", 9, 512, "fp8_e4m3", false) +
                  R"({"op": "rms_norm", "id": "n", "input": "x", "weight": "w", "output": "y"})");
        CHECK(distance_of(
                  text,
                  [](MachineRig& rig) {
                      return plain::rms_norm(contents(rig, 0), contents(rig, 1), 1e-6);
                  },
                  kSmall) <= 1.01 * kFp8);
    }
    SECTION("gated unit") {
        const std::string text =
            trace(tensor("x", 70, 1536, "bf16") + tensor("y", 70, 768, "fp8_e4m3", false) +
                  R"({"op": "swiglu", "id": "g", "input": "x", "output": "y"})");
        CHECK(distance_of(
                  text, [](MachineRig& rig) { return plain::swiglu(contents(rig, 0)); }, kSmall) <=
              1.01 * kFp8);
    }
}

TEST_CASE("norm and rotation put new keys into their rows of a cache") {
    // 3 sequences of 5 rows; the latent 32 columns are normed, the other 32 turned.
    const std::string text = trace(
        tensor("x", 3, 64, "bf16") + tensor("w", 1, 32, "bf16") + tensor("t", 8, 32, "fp32") +
        tensor("c", 15, 64, "fp8_e4m3") +
        R"({"op": "rms_norm", "id": "n", "input": "x", "weight": "w", "output": "c", )"
        R"("columns": 32, "pitch": 64, "output_pitch": 64, "output_row_pitch": 5, )"
        R"("output_row_first": 4})"
        "\n"
        R"({"op": "rope", "id": "r", "input": "x", "angles": "t", "output": "c", "columns": 32, )"
        R"("pitch": 64, "first": 32, "position": 4, "output_row_pitch": 5, )"
        R"("output_row_first": 4})");
    MachineRig rig(text);
    const Matrix before = contents(rig, 3);
    rig.run();
    const Matrix x = contents(rig, 0);
    const Matrix t = contents(rig, 2);
    const Matrix after = contents(rig, 3);
    Matrix latent = plain::zeros(3, 32);
    for (std::int64_t r = 0; r < 3; ++r) {
        for (std::int64_t c = 0; c < 32; ++c) {
            latent.at(r, c) = x.at(r, c);
        }
    }
    const Matrix normed = plain::rms_norm(latent, contents(rig, 1), 1e-6);
    const auto near = [](double got, double wanted) {
        return std::fabs(got - wanted) <= std::max(std::fabs(wanted) * 1.01 / 16, 1.0 / 1024);
    };
    for (std::int64_t row = 0; row < 15; ++row) {
        const std::int64_t r = row / 5;
        for (std::int64_t c = 0; c < 64; ++c) {
            if (row % 5 != 4) {
                REQUIRE(after.at(row, c) == before.at(row, c));
            } else if (c < 32) {
                REQUIRE(near(after.at(row, c), normed.at(r, c)));
            } else {
                const std::int64_t i = (c - 32) / 2;
                const double a = x.at(r, 32 + 2 * i);
                const double b = x.at(r, 33 + 2 * i);
                const double cosine = t.at(4, i);
                const double sine = t.at(4, 16 + i);
                REQUIRE(near(after.at(row, c),
                             c % 2 == 0 ? a * cosine - b * sine : a * sine + b * cosine));
            }
        }
    }
}

TEST_CASE("sums of several tensors, and a norm of a sum") {
    const std::string inputs = tensor("a", 9, 320, "bf16") + tensor("b", 9, 320, "bf16") +
                               tensor("c", 9, 320, "bf16") + tensor("w", 1, 320, "bf16");
    const auto sum = [](MachineRig& rig, std::size_t count) {
        Matrix out = contents(rig, 0);
        for (std::size_t n = 1; n < count; ++n) {
            const Matrix addend = contents(rig, n);
            for (std::size_t i = 0; i < out.values.size(); ++i) {
                out.values[i] += addend.values[i];
            }
        }
        return out;
    };
    CHECK(distance_of(
              trace(inputs + tensor("y", 9, 320, "bf16", false) +
                    R"({"op": "elementwise", "id": "s", "function": "add", )"
                    R"("inputs": ["a", "b", "c"], "output": "y"})"),
              [&](MachineRig& rig) { return sum(rig, 3); }, 1e-2) < 1.01 * kBf16);
    CHECK(distance_of(
              trace(inputs + tensor("y", 9, 320, "fp32", false) +
                    R"({"op": "rms_norm", "id": "n", "input": "a", "weight": "w", "add": "b", )"
                    R"("output": "y"})"),
              [&](MachineRig& rig) { return plain::rms_norm(sum(rig, 2), contents(rig, 3), 1e-6); },
              1e-3) < 1e-4);
}
