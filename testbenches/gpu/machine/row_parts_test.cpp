// SPDX-License-Identifier: Apache-2.0
// Functions of rows on parts of the columns, and rows that go to places of their own, with data.
#include "testbenches/gpu/machine/machine_rig.h"
#include "testbenches/gpu/machine/plain_math.h"

using namespace vr;
using namespace vr::testing;
using plain::Matrix;

namespace {

std::string tensor(const std::string& name, std::int64_t rows, std::int64_t columns,
                   const std::string& type, bool data = true) {
    return fmt::format("{{\"tensor\": \"{}\", \"shape\": [{}, {}], \"type\": \"{}\"{}}}\n", name,
                       rows, columns, type, data ? ", \"data\": \"seeded\"" : "");
}

std::string trace(const std::string& lines) {
    return "{\"vrsim_trace\": 1, \"name\": \"row parts\"}\n" + lines;
}

Matrix contents(MachineRig& rig, std::size_t i) {
    const TensorSpec& spec = rig.tensor(i);
    const TensorBytes bytes = rig.bytes(i);
    return spec.type == TensorType::kNvfp4
               ? plain::nvfp4(bytes.elements, bytes.scales, spec.rows, spec.columns)
               : plain::matrix(bytes.elements, spec.rows, spec.columns);
}

/// Columns [first, first + count) of m.
Matrix columns_of(const Matrix& m, std::int64_t first, std::int64_t count) {
    Matrix out = plain::zeros(m.rows, count);
    for (std::int64_t r = 0; r < m.rows; ++r) {
        for (std::int64_t c = 0; c < count; ++c) {
            out.at(r, c) = m.at(r, first + c);
        }
    }
    return out;
}

/// Tensor `i` before and after a run.
struct Run {
    explicit Run(const std::string& text, const Sets& sets = {}) : rig(text, "tiny", sets) {
        for (std::size_t i = 0; i < rig.request.workload.tensors.size(); ++i) {
            before.push_back(contents(rig, i));
        }
        rig.run();
    }
    MachineRig rig;
    std::vector<Matrix> before;
};

// A value as BF16 holds it is exact in FP32; in FP8 it is off by at most half a step, 1/16.
constexpr double kFp8 = 1.0 / 16;

}  // namespace

TEST_CASE("rms_norm of some columns leaves the output's other columns alone") {
    // 160 of 448 columns from the 96th on, into columns 64 to 223 of 256.
    Run run(trace(tensor("x", 21, 448, "bf16") + tensor("w", 1, 160, "bf16") +
                  tensor("y", 21, 256, "fp32") +
                  R"({"op": "rms_norm", "id": "n", "input": "x", "weight": "w", "output": "y", )"
                  R"("columns": 160, "first": 96, "output_pitch": 256, "output_first": 64})"));
    const Matrix y = contents(run.rig, 2);
    const Matrix expected =
        plain::rms_norm(columns_of(run.before[0], 96, 160), run.before[1], 1e-6);
    CHECK(plain::distance(columns_of(y, 64, 160), expected, 1e-3) < 1e-4);
    CHECK(plain::distance(columns_of(y, 0, 64), columns_of(run.before[2], 0, 64), 1e-9) == 0);
    CHECK(plain::distance(columns_of(y, 224, 32), columns_of(run.before[2], 224, 32), 1e-9) == 0);
}

TEST_CASE("rms_norm of each head has its own mean") {
    Run run(trace(tensor("x", 9, 5 * 64, "bf16") + tensor("w", 1, 64, "bf16") +
                  tensor("y", 9, 3 * 64, "fp32", false) +
                  R"({"op": "rms_norm", "id": "n", "input": "x", "weight": "w", "output": "y", )"
                  R"("columns": 64, "first": 128})"));
    const Matrix y = contents(run.rig, 2);
    for (std::int64_t h = 0; h < 3; ++h) {
        const Matrix expected =
            plain::rms_norm(columns_of(run.before[0], 128 + 64 * h, 64), run.before[1], 1e-6);
        CHECK(plain::distance(columns_of(y, 64 * h, 64), expected, 1e-3) < 1e-4);
    }
}

TEST_CASE("keys of heads are put together of their own and of shared columns") {
    // 7 heads: 544 own columns (more than a chunk) of 704, and 64 columns that all heads share.
    const std::int64_t heads = 7;
    for (const char* type : {"fp8_e4m3", "bf16"}) {
        for (const char* sms : {"gpu.sms=1", "gpu.sms=5"}) {
            INFO(type << " " << sms);
            Run run(trace(tensor("x", 37, heads * 704, "bf16") + tensor("r", 37, 128, "bf16") +
                          tensor("k", 37, heads * 608, type) +
                          R"({"op": "quantise", "id": "own", "input": "x", "output": "k", )"
                          R"("columns": 544, "pitch": 704, "first": 160, "output_pitch": 608})"
                          "\n"
                          R"({"op": "quantise", "id": "shared", "input": "r", "output": "k", )"
                          R"("columns": 64, "pitch": 0, "first": 32, "output_pitch": 608, )"
                          R"("output_first": 544})"),
                    {sms});
            const Matrix k = contents(run.rig, 2);
            const double near = std::string(type) == "bf16" ? 1e-9 : kFp8;
            for (std::int64_t h = 0; h < heads; ++h) {
                CHECK(plain::distance(columns_of(k, 608 * h, 544),
                                      columns_of(run.before[0], 704 * h + 160, 544),
                                      1.0 / 64) <= near);
                CHECK(plain::distance(columns_of(k, 608 * h + 544, 64),
                                      columns_of(run.before[1], 32, 64), 1.0 / 64) <= near);
            }
        }
    }
}

TEST_CASE("a part of FP8 columns keeps its bytes") {
    Run run(
        trace(tensor("x", 70, 512, "fp8_e4m3") + tensor("y", 70, 384, "fp8_e4m3") +
              R"({"op": "quantise", "id": "move", "input": "x", "output": "y", "columns": 128, )"
              R"("pitch": 256, "first": 64, "output_pitch": 192, "output_first": 32})"));
    const Matrix y = contents(run.rig, 1);
    for (std::int64_t h = 0; h < 2; ++h) {
        CHECK(plain::distance(columns_of(y, 192 * h + 32, 128),
                              columns_of(run.before[0], 256 * h + 64, 128), 1.0) == 0);
        CHECK(plain::distance(columns_of(y, 192 * h, 32), columns_of(run.before[1], 192 * h, 32),
                              1.0) == 0);
    }
}

TEST_CASE("a part of the columns becomes a whole NVFP4 tensor") {
    // All columns of a copy of the part give the same bytes.
    Run part(trace(tensor("x", 200, 512, "fp32") + tensor("y", 200, 208, "nvfp4", false) +
                   R"({"op": "quantise", "id": "q", "input": "x", "output": "y", "columns": 208, )"
                   R"("first": 128})"));
    const Matrix y = contents(part.rig, 1);
    for (std::int64_t r = 0; r < y.rows; ++r) {
        for (std::int64_t block = 0; block < y.columns / 16; ++block) {
            double largest = 0;
            for (std::int64_t c = block * 16; c < block * 16 + 16; ++c) {
                largest = std::max(largest, std::fabs(part.before[0].at(r, 128 + c)));
            }
            // Half the widest step of E2M1 (2 of 6), and the scale's own rounding.
            for (std::int64_t c = block * 16; c < block * 16 + 16; ++c) {
                REQUIRE(std::fabs(part.before[0].at(r, 128 + c) - y.at(r, c)) <=
                        largest * (1.0 / 6 + 1.0 / 16));
            }
        }
    }
}

TEST_CASE("rows are appended to the sequences of a cache, all others stay") {
    for (const char* type : {"fp8_e4m3", "bf16"}) {
        INFO(type);
        // 40 sequences of 7 rows each; the new row of each is the fifth.
        Run run(trace(tensor("x", 40, 192, "bf16") + tensor("c", 280, 96, type) +
                      R"({"op": "quantise", "id": "append", "input": "x", "output": "c", )"
                      R"("columns": 64, "first": 112, "output_pitch": 96, "output_first": 32, )"
                      R"("output_row_pitch": 7, "output_row_first": 4})"));
        const Matrix c = contents(run.rig, 1);
        const double near = std::string(type) == "bf16" ? 1e-9 : kFp8;
        for (std::int64_t r = 0; r < c.rows; ++r) {
            for (std::int64_t i = 0; i < c.columns; ++i) {
                const bool fresh = r % 7 == 4 && i >= 32;
                const double expected =
                    fresh ? run.before[0].at(r / 7, 112 + i - 32) : run.before[1].at(r, i);
                const double error = std::fabs(c.at(r, i) - expected);
                REQUIRE(error <= (fresh ? near * std::max(std::fabs(expected), 1.0 / 64) : 0));
            }
        }
    }
}

TEST_CASE("rope takes heads that stand behind others") {
    // Keys behind the queries: 2 of 5 heads of 32 columns.
    Run run(trace(tensor("x", 11, 5 * 32, "fp32") + tensor("t", 11, 32, "fp32") +
                  tensor("y", 11, 2 * 32, "fp32", false) +
                  R"({"op": "rope", "id": "r", "input": "x", "angles": "t", "output": "y", )"
                  R"("columns": 32, "first": 96, "output_first": 0, "sequence_rows": 11})"));
    const Matrix y = contents(run.rig, 2);
    for (std::int64_t r = 0; r < 11; ++r) {
        for (std::int64_t i = 0; i < 32; ++i) {
            const double c = run.before[1].at(r, i % 16);
            const double s = run.before[1].at(r, 16 + i % 16);
            const std::int64_t head = i / 16;
            const double a = run.before[0].at(r, 96 + head * 32 + 2 * (i % 16));
            const double b = run.before[0].at(r, 97 + head * 32 + 2 * (i % 16));
            REQUIRE(std::fabs(y.at(r, head * 32 + 2 * (i % 16)) - (a * c - b * s)) < 2e-6);
            REQUIRE(std::fabs(y.at(r, head * 32 + 1 + 2 * (i % 16)) - (a * s + b * c)) < 2e-6);
        }
    }
}
