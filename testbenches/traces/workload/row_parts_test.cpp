// SPDX-License-Identifier: Apache-2.0
// Keys of functions of rows that name a part of the columns or the rows of the output.
#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "models/transport/operator_work.h"
#include "traces/formats/workload/workload_reader.h"
#include "traces/formats/workload/workload_writer.h"

using namespace vr;

namespace {

const std::string kHeader = "{\"vrsim_trace\": 1, \"name\": \"t\"}\n";
const std::string kTensors = kHeader +
                             "{\"tensor\": \"x\", \"shape\": [8, 256], \"type\": \"bf16\"}\n"
                             "{\"tensor\": \"w\", \"shape\": [1, 64], \"type\": \"bf16\"}\n"
                             "{\"tensor\": \"y\", \"shape\": [8, 192], \"type\": \"bf16\"}\n"
                             "{\"tensor\": \"f\", \"shape\": [8, 192], \"type\": \"fp8_e4m3\"}\n"
                             "{\"tensor\": \"n\", \"shape\": [8, 128], \"type\": \"nvfp4\"}\n"
                             "{\"tensor\": \"c\", \"shape\": [80, 256], \"type\": \"fp8_e4m3\"}\n";

std::string norm(const std::string& rest) {
    return R"({"op": "rms_norm", "id": "o", "input": "x", "weight": "w", "output": "y")" + rest +
           "}";
}
std::string quantise(const std::string& to, const std::string& rest) {
    return R"({"op": "quantise", "id": "o", "input": "x", "output": ")" + to + "\"" + rest + "}";
}

std::string problem(const std::string& line) {
    try {
        (void)parse_workload(kTensors + line + "\n", "t");
    } catch (const InputError& error) {
        return error.diagnostics().front().text();
    }
    return "no error";
}

}  // namespace

TEST_CASE("parts of columns are read with their defaults and written back") {
    const auto spec = [](const std::string& line) {
        const Workload workload = parse_workload(kTensors + line + "\n", "t").workload;
        const std::string text = write_workload(workload);
        CHECK(write_workload(parse_workload(text, "t").workload) == text);
        return parse_workload(text, "t").workload.operators[0];
    };
    const OperatorSpec heads = spec(norm(R"(, "columns": 64, "first": 64)"));
    CHECK(heads.columns == 64);
    CHECK(heads.input_columns.pitch == 64);
    CHECK(heads.input_columns.first == 64);
    CHECK(heads.output_columns.pitch == 64);
    CHECK(heads.output_columns.first == 0);
    const OperatorSpec shared =
        spec(quantise("f", R"(, "columns": 32, "pitch": 0, "first": 224, "output_pitch": 64, )"
                           R"("output_first": 32)"));
    CHECK(shared.input_columns.pitch == 0);
    CHECK(shared.output_columns.pitch == 64);
    CHECK(shared.output_columns.first == 32);
    const OperatorSpec placed =
        spec(quantise("c", R"(, "output_row_pitch": 10, "output_row_first": 9)"));
    CHECK(placed.columns == 0);
    CHECK(placed.row_pitch == 10);
    CHECK(placed.row_first == 9);
    // Neither columns nor rows named: the line has no more keys than it had before.
    const OperatorSpec whole =
        spec(R"({"op": "quantise", "id": "o", "input": "y", "output": "f"})");
    CHECK(whole.columns == 0);
    const Workload workload =
        parse_workload(kTensors + R"({"op": "quantise", "id": "o", "input": "y", "output": "f"})",
                       "t")
            .workload;
    CHECK(operator_line(workload, workload.operators[0], {}) ==
          R"({"op": "quantise", "id": "o", "input": "y", "output": "f"})");
}

TEST_CASE("work of a part is that of its columns") {
    const auto work = [](const std::string& line) {
        const Workload workload = parse_workload(kTensors + line + "\n", "t").workload;
        return std::pair{shape_text(workload, workload.operators[0]),
                         vector_flops(workload, workload.operators[0])};
    };
    const auto is = [](const std::string& shape, std::int64_t operations) {
        return std::pair{shape, operations};
    };
    CHECK(work(norm(R"(, "columns": 64, "first": 64)")) == is("8x192 bf16", 8 * 3 * 64 * 4));
    CHECK(work(quantise("c", R"(, "output_row_pitch": 10, "output_row_first": 9)")) ==
          is("8x256 bf16", 8 * 256 * 2));
}

TEST_CASE("work of a rotation that carries whole heads: all are moved, few are turned") {
    const Workload workload =
        parse_workload(
            kHeader + R"({"tensor": "x", "shape": [8, 192], "type": "bf16"})"
                      "\n"
                      R"({"tensor": "t", "shape": [8, 32], "type": "fp32"})"
                      "\n"
                      R"({"tensor": "y", "shape": [8, 192], "type": "fp8_e4m3"})"
                      "\n"
                      R"({"op": "rope", "id": "r", "input": "x", "angles": "t", "output": "y", )"
                      R"("columns": 32, "pitch": 64, "first": 16, "sequence_rows": 8, )"
                      R"("carry": true})"
                      "\n",
            "t")
            .workload;
    const OperatorSpec& op = workload.operators[0];
    CHECK(vector_flops(workload, op) == 8 * 3 * 32 * 3);
    CHECK(read_bytes(workload, op, 0) == 8 * 192 * 2);
    CHECK(write_bytes(workload, op) == 8 * 192);
}

TEST_CASE("work of a gated unit in a product's epilogue, and of values among other columns") {
    const std::string tensors = R"({"tensor": "a", "shape": [64, 128], "type": "bf16"})"
                                "\n"
                                R"({"tensor": "b", "shape": [96, 128], "type": "bf16"})"
                                "\n"
                                R"({"tensor": "d", "shape": [64, 48], "type": "bf16"})"
                                "\n"
                                R"({"tensor": "e", "shape": [64, 24], "type": "bf16"})"
                                "\n"
                                R"({"tensor": "v", "shape": [64, 192], "type": "bf16"})"
                                "\n"
                                R"({"tensor": "o", "shape": [64, 64], "type": "bf16"})"
                                "\n";
    const auto loaded = [&](const std::string& line) {
        return parse_workload(kHeader + tensors + line + "\n", "t").workload;
    };
    const Workload gemm =
        loaded(R"({"op": "gemm", "id": "g", "a": "a", "b": "b", "d": "d", "epilogue": "swiglu"})");
    CHECK(shape_text(gemm, gemm.operators[0]) == "64x96x128 bf16");
    CHECK(tensor_flops(gemm, gemm.operators[0]) == 2 * 64 * 96 * 128);
    CHECK(vector_flops(gemm, gemm.operators[0]) == 64 * 48 * 5);
    const Workload grouped =
        loaded(R"({"op": "grouped_gemm", "id": "g", "a": "a", "b": "b", "d": "e", )"
               R"("epilogue": "swiglu", "rows": [30, 34]})");
    CHECK(shape_text(grouped, grouped.operators[0]) == "2 groups, 64x48x128 bf16");
    CHECK(tensor_flops(grouped, grouped.operators[0]) == 2 * 64 * 48 * 128);
    CHECK(vector_flops(grouped, grouped.operators[0]) == 64 * 24 * 5);
    const Workload attention =
        loaded(R"({"op": "attention", "id": "t", "q": "a", "k": "a", "v": "v", "v_pitch": 96, )"
               R"("v_first": 48, "output": "o", "sequences": 2, "heads": 2, "context": 30})");
    CHECK(read_bytes(attention, attention.operators[0], 1) == 2 * 30 * 128 * 2);
    CHECK(read_bytes(attention, attention.operators[0], 2) == 2 * 30 * 64 * 2);
}

TEST_CASE("parts that do not fit are refused") {
    const auto has = [](const std::string& line, const std::string& text) {
        const std::string found = problem(line);
        INFO(line << "\n" << found);
        CHECK(found.find(text) != std::string::npos);
    };
    has(norm(R"(, "first": 64)"), "'first' without 'columns'");
    has(norm(R"(, "columns": 64, "first": 128)"), "within the input's columns");
    has(norm(R"(, "columns": 64, "output_pitch": 192, "output_first": 160)"),
        "output_first + columns within output_pitch");
    has(norm(R"(, "columns": 64, "output_pitch": 100)"), "which divides the output's columns");
    has(norm(R"(, "columns": 32)"), "within the output; here columns 32");
    has(norm(R"(, "columns": 64, "first": 8)"), "a multiple of 32 bytes");
    has(quantise("f", R"(, "columns": 64, "pitch": 32)"), "within the input's columns");
    has(quantise("f", R"(, "columns": 16, "pitch": 64, "output_pitch": 64)"),
        "a multiple of 32 bytes");
    has(quantise("n", R"(, "columns": 64, "output_pitch": 64)"),
        "a part that fills the rows of an nvfp4 output");
    has(quantise("c", R"(, "output_row_pitch": 11, "output_row_first": 3)"),
        "row r x output_row_pitch + output_row_first, within the output");
    has(quantise("y", ""), "quantise of x [8, 256] bf16 into y [8, 192] bf16");
    has(R"({"op": "quantise", "id": "o", "input": "y", "output": "y"})", "of one shape");
    has(R"({"op": "softmax", "id": "o", "input": "y", "output": "y", "columns": 64})",
        "unknown key 'columns'");
    has(quantise("c", R"(, "output_row_first": 80)"), "within the output");
}
