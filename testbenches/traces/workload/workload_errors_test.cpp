// SPDX-License-Identifier: Apache-2.0
// Bad workload traces: the texts of the messages, which are part of the interface.
#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "traces/formats/workload/workload_reader.h"

namespace {

const std::string kHeader = "{\"vrsim_trace\": 1, \"name\": \"t\"}\n";
const std::string kTensors =
    "{\"tensor\": \"a\", \"shape\": [64, 32], \"type\": \"bf16\"}\n"
    "{\"tensor\": \"b\", \"shape\": [16, 32], \"type\": \"bf16\"}\n"
    "{\"tensor\": \"d\", \"shape\": [64, 16], \"type\": \"fp32\"}\n";
const std::string kGemm = R"({"op": "gemm", "id": "g", "a": "a", "b": "b", "d": "d"})";

// The messages of a text, one a line.
std::string problems(const std::string& text) {
    try {
        (void)vr::parse_workload(text, "t.jsonl");
    } catch (const vr::InputError& error) {
        CHECK(error.exit_code() == vr::ExitCode::kBadInput);
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("the base of these tests is right") {
    CHECK(problems(kHeader + kTensors + kGemm) == "no error");
}

TEST_CASE("a missing trace file") {
    try {
        (void)vr::read_workload("no/such.jsonl");
        FAIL("no error");
    } catch (const vr::InputError& error) {
        CHECK(std::string(error.what()) ==
              "no/such.jsonl: the trace cannot be read: No such file or directory; allowed: a "
              "readable workload trace; samples lie in traces/samples");
    }
    CHECK_THROWS_AS(vr::read_workload(VRSIM_SOURCE_DIR), vr::InputError);  // a folder
}

TEST_CASE("lines that are no JSON objects") {
    CHECK(problems(kHeader + kTensors + kGemm + "\n{\"op\": \"copy\", }\n") ==
          "t.jsonl:6:16: not JSON (syntax error while parsing object key - unexpected '}'; "
          "expected string literal); allowed: one JSON object per line, or a comment that starts "
          "with #");
    CHECK(problems(kHeader + "[1, 2]\n" + kTensors + kGemm) ==
          "t.jsonl:2:1: the line is a JSON array; allowed: one JSON object per line, "
          "{\"key\": value, ...}");
}

TEST_CASE("headers") {
    CHECK(problems(kTensors + kGemm) ==
          "t.jsonl:1: the header is missing; allowed: {\"vrsim_trace\": 1, \"name\": \"...\"} as "
          "the first object; add that line at the top");
    CHECK(problems("{\"vrsim_trace\": 2, \"name\": \"t\"}\n" + kTensors + kGemm) ==
          "t.jsonl:1:2: trace version 2 is not supported; allowed: 1; write the file anew in this "
          "version, or use the vrsim that wrote it");
    CHECK(problems(kHeader + kHeader + kTensors + kGemm) ==
          "t.jsonl:2:2: a second header; allowed: one header, the first object");
}

TEST_CASE("empty traces") {
    const std::string text =
        "t.jsonl: the trace holds no operator, so there is nothing to run; allowed: at least one "
        "line with a key 'op'";
    CHECK(problems("") == text);
    CHECK(problems("# nothing\n\n") == text);
    CHECK(problems(kHeader + kTensors) == text);
}

TEST_CASE("keys") {
    CHECK(problems(kHeader + kTensors +
                   R"({"op": "gemm", "id": "g", "a": "a", "b": "b", "d": "d", "dependz": []})") ==
          "t.jsonl:5:57: unknown key 'dependz'; allowed: op, id, a, b, d, epilogue, arguments, "
          "depends, "
          "stream, gpu; "
          "did you mean 'depends'?");
    CHECK(problems(kHeader + kTensors + R"({"op": "gemm", "id": "g", "a": "a", "d": "d"})") ==
          "t.jsonl:5: key 'b' is missing; allowed: \"b\": the name of a tensor; add it to this "
          "line");
    CHECK(
        problems(kHeader + kTensors + R"({"op": "gemm", "id": 7, "a": "a", "b": "b", "d": "d"})") ==
        "t.jsonl:5:16: 'id' is 7; allowed: the operator's name");
    CHECK(problems(kHeader + kTensors + kGemm + "\n{\"tensr\": \"x\"}") ==
          "t.jsonl:6: the line is neither a tensor nor an operator; allowed: a key 'tensor', "
          "'op', or in the first object 'vrsim_trace'");
    CHECK(problems(kHeader + kTensors +
                   R"({"op": "gemm", "id": "g", "a": "a", "b": "b", "d": "d", "stream": -1})") ==
          "t.jsonl:5:57: 'stream' is -1; allowed: an integer from 0 to 1048576");
}

TEST_CASE("arguments of a kernel are whole numbers by name") {
    const auto with = [](const char* arguments) {
        return problems(kHeader + kTensors +
                        R"({"op": "custom", "kernel": "k", "id": "c", "inputs": ["a"], )" +
                        R"("output": "d", "arguments": )" + arguments + "}");
    };
    CHECK(with(R"({"threads": 32, "steps": -1})") == "no error");
    for (const char* wrong : {"3", "[1]", R"({"threads": 1.5})", R"({"threads": "32"})",
                              R"({"threads": 18446744073709551615})"}) {
        INFO(wrong);
        CHECK(with(wrong).find("allowed: an object whose values are integers of 64 bits") !=
              std::string::npos);
    }
}

TEST_CASE("words") {
    CHECK(problems(kHeader + kTensors + kGemm + "\n{\"op\": \"gem\", \"id\": \"h\"}") ==
          "t.jsonl:6:2: unknown operator 'gem'; allowed: gemm, copy, elementwise, custom, "
          "grouped_gemm, batched_gemm, rms_norm, softmax, rope, quantise, top_k, swiglu, permute, "
          "combine, attention, replay, all_reduce, reduce, all_gather, gather, scatter, broadcast, "
          "all_to_all, reduce_scatter, "
          "reduce_scatter_block, barrier, send, receive; did you mean 'gemm'?");
    CHECK(problems(kHeader + kTensors + kGemm +
                   "\n{\"tensor\": \"x\", \"shape\": [1, 1], \"type\": \"fp8\"}") ==
          "t.jsonl:6:34: unknown tensor type 'fp8'; allowed: fp32, bf16, fp8_e4m3, nvfp4; did you "
          "mean 'fp32'?");
    CHECK(problems(kHeader + kTensors +
                   R"({"op": "elementwise", "id": "e", "function": "sillu", )" +
                   R"("inputs": ["d", "d"], "output": "d"})") ==
          "t.jsonl:5:34: unknown function 'sillu'; allowed: add, multiply, relu, silu; did you "
          "mean 'silu'?");
}

TEST_CASE("sizes") {
    const std::string allowed = "; allowed: [rows, columns], each an integer from 1 to 1073741824";
    for (const std::string shape :
         {"[-64,32]", "[0,32]", "[64]", "\"64x32\"", "[1.5,2]", "[18446744073709551615,1]"}) {
        CHECK(problems(kHeader + kTensors + kGemm + "\n{\"tensor\": \"x\", \"shape\": " + shape +
                       ", \"type\": \"bf16\"}") == "t.jsonl:6:17: 'shape' is " + shape + allowed);
    }
    CHECK(problems(kHeader + kTensors + kGemm +
                   "\n{\"tensor\": \"x\", \"shape\": [4, 40], \"type\": \"nvfp4\"}") ==
          "t.jsonl:6:2: nvfp4 tensor 'x' has 40 columns; allowed: a multiple of 16, the elements "
          "of one scale");
}

TEST_CASE("operands that do not fit") {
    CHECK(problems(kHeader + kTensors +
                   R"({"op": "gemm", "id": "g", "a": "b", "b": "a", "d": "d"})") ==
          "t.jsonl:5:16: operator 'g': gemm shapes do not agree: a b [16, 32] bf16, b a [64, 32] "
          "bf16, d d [64, 16] fp32; allowed: a [M, K], b [N, K], d [M, N]; here d would be [16, "
          "64]");
    CHECK(problems(kHeader + kTensors +
                   R"({"op": "gemm", "id": "g", "a": "a", "b": "d", "d": "d"})") ==
          "t.jsonl:5:16: operator 'g': gemm operands a [64, 32] bf16 and d [64, 16] fp32; allowed: "
          "a and b of one type out of bf16, fp8_e4m3, nvfp4");
    CHECK(problems(kHeader + kTensors +
                   R"({"op": "copy", "id": "c", "source": "a", "destination": "b"})") ==
          "t.jsonl:5:16: operator 'c': copy from a [64, 32] bf16 (4096 B) to b [16, 32] bf16 (1024 "
          "B); allowed: equal shapes and types, or (without nvfp4) equal bytes");
    CHECK(problems(kHeader + kTensors + R"({"op": "elementwise", "id": "e", "function": "add", )" +
                   R"("inputs": ["a"], "output": "a"})") ==
          "t.jsonl:5:23: operator 'e': elementwise has 1 inputs; allowed: 2 to 8 inputs for add, "
          "2 for multiply, 1 for relu and silu");
}

TEST_CASE("names that lead nowhere") {
    CHECK(problems(kHeader + kTensors +
                   R"({"op": "gemm", "id": "g", "a": "aa", "b": "b", "d": "d"})") ==
          "t.jsonl:5:27: no tensor 'aa'; allowed: one of the tensors of this file; did you mean "
          "'a'?");
    CHECK(problems(
              kHeader + kTensors +
              R"({"op": "gemm", "id": "g", "a": "a", "b": "b", "d": "d", "depends": ["zzzzz"]})") ==
          "t.jsonl:5:57: no operator 'zzzzz'; allowed: one of the operators of this file");
    CHECK(problems(kHeader + kTensors + kGemm + "\n" + kGemm) ==
          "t.jsonl:6:16: operator id 'g' is used twice; allowed: an id of its own for every "
          "operator; the first stands in line 5");
    CHECK(problems(kHeader + kTensors + kTensors.substr(0, kTensors.find('\n') + 1) + kGemm) ==
          "t.jsonl:5:2: tensor 'a' is declared twice; allowed: one line per tensor; the first "
          "stands in line 2");
}

TEST_CASE("cycles") {
    CHECK(
        problems(
            kHeader + kTensors +
            R"({"op": "copy", "id": "x", "source": "a", "destination": "a", "depends": ["y"]})"
            "\n"
            R"({"op": "copy", "id": "y", "source": "b", "destination": "b", "depends": ["x"]})") ==
        "t.jsonl:5: operators wait for each other: x (line 5) -> y (line 6) -> x; allowed: "
        "dependencies without a cycle, counting those through tensors; take one 'depends' of "
        "these lines away");
    // Through a tensor: y reads what x writes, and x is told to wait for y.
    CHECK(
        problems(kHeader + kTensors +
                 R"({"op": "copy", "id": "x", "source": "a", "destination": "a", "depends": ["y"]})"
                 "\n"
                 R"({"op": "gemm", "id": "y", "a": "a", "b": "b", "d": "d"})")
            .find("x (line 5) -> y (line 6) -> x") != std::string::npos);
    CHECK(problems(
              kHeader + kTensors +
              R"({"op": "copy", "id": "x", "source": "a", "destination": "a", "depends": ["x"]})")
              .find("x (line 5) -> x;") != std::string::npos);
}

TEST_CASE("contents") {
    const std::string tensor =
        "{\"tensor\": \"x\", \"shape\": [2, 4], \"type\": \"fp32\", \"data\": ";
    CHECK(problems(kHeader + kTensors + kGemm + "\n" + tensor + "\"random\"}") ==
          "t.jsonl:6:50: 'data' is \"random\"; allowed: \"seeded\" or {\"file\": \"PATH\"}; leave "
          "it out for a timing-only run");
    CHECK(problems(kHeader + kTensors + kGemm + "\n" + tensor + "{\"file\": \"none.bin\"}}") ==
          "t.jsonl:6:50: data file 'none.bin' of tensor 'x' cannot be read: No such file or "
          "directory; allowed: a readable file; relative paths start at the trace's folder");
    CHECK(problems(kHeader + tensor + "\"seeded\"}\n" + tensor.substr(0, 12) +
                   "y\", \"shape\": [2, 4], \"type\": \"fp32\"}\n" +
                   R"({"op": "copy", "id": "c", "source": "y", "destination": "x"})") ==
          "t.jsonl:4: operator 'c' has no data but writes tensor 'x', whose contents would be out "
          "of date; allowed: operators that either carry data throughout or are timing only; give "
          "its inputs \"data\": \"seeded\", or write another tensor");
}

TEST_CASE("all problems of a file come together, in order of line") {
    const std::string text = problems(
        "{\"vrsim_trace\": 9, \"name\": \"t\"}\n{\"tensor\": \"x\", \"shape\": [1, -1], "
        "\"type\": \"bf16\"}\nnonsense\n{\"op\": \"gemm\", \"id\": \"g\", \"a\": \"p\", "
        "\"b\": \"x\", \"d\": \"x\"}\n");
    const auto at = [&](const char* part) { return text.find(part); };
    CHECK(at("t.jsonl:1:2: trace version 9") == 0);
    CHECK(at("\nt.jsonl:2:17: 'shape'") < at("\nt.jsonl:3:2: not JSON"));
    CHECK(at("\nt.jsonl:3:2: not JSON") < at("\nt.jsonl:4:28: no tensor 'p'"));
    CHECK(at("no tensor 'p'") != std::string::npos);
}

TEST_CASE("shapes of a layer's operators") {
    const std::string tensors = R"({"tensor": "x", "shape": [40, 128], "type": "bf16"})"
                                "\n"
                                R"({"tensor": "w", "shape": [256, 128], "type": "bf16"})"
                                "\n"
                                R"({"tensor": "y", "shape": [40, 64], "type": "bf16"})"
                                "\n"
                                R"({"tensor": "r", "shape": [40, 16], "type": "fp32"})"
                                "\n";
    const auto has = [&](const std::string& op, const std::string& text) {
        const std::string found = problems(kHeader + tensors + op);
        INFO(found);
        CHECK(found.find(text) != std::string::npos);
    };
    has(R"({"op": "grouped_gemm", "id": "g", "a": "x", "b": "w", "d": "y", "rows": [20, 10, 5, 4]})",
        "4 groups with 39 rows in all");
    has(R"({"op": "grouped_gemm", "id": "g", "a": "x", "b": "w", "d": "y", "rows": []})",
        "'rows' is []; allowed: a list of at least one integer");
    has(R"({"op": "batched_gemm", "id": "g", "a": "x", "b": "w", "d": "y", "groups": 3})",
        "batched_gemm shapes do not agree: 3 groups");
    has(R"({"op": "rms_norm", "id": "n", "input": "x", "weight": "w", "output": "y"})",
        "input and output [rows, columns], weight [1, columns]");
    has(R"({"op": "rms_norm", "id": "n", "input": "x", "output": "y"})", "key 'weight' is missing");
    has(R"({"op": "top_k", "id": "k", "input": "x", "output": "r", "count": 9})",
        "top_k of x [40, 128] bf16 with count 9");
    has(R"({"op": "top_k", "id": "k", "input": "x", "output": "r", "count": 8, "scoring": "tanh"})",
        "unknown scoring 'tanh'; allowed: softmax, sigmoid");
    has(R"({"op": "swiglu", "id": "s", "input": "y", "output": "x"})", "(gates, then values)");
    has(R"({"op": "rope", "id": "r", "input": "x", "angles": "r", "output": "x", "columns": 32})",
        "cosines, then sines");
    has(R"({"op": "rope", "id": "r", "input": "x", "angles": "r", "output": "x", "columns": 32, )"
        R"("pitch": 64, "output_pitch": 32, "carry": true})",
        "with carry equal pitches of a multiple of 32 bytes, equal firsts");
    has(R"({"op": "rope", "id": "r", "input": "x", "angles": "r", "output": "x", "columns": 16, )"
        R"("pitch": 32, "output_first": 16, "carry": true})",
        "rope of x [40, 128] bf16 into x [40, 128] bf16 with carry");
    has(R"({"op": "rope", "id": "r", "input": "x", "angles": "r", "output": "x", "columns": 16, )"
        R"("pitch": 8, "output_pitch": 8, "carry": true})",
        "equal pitches of a multiple of 32 bytes");
    has(R"({"op": "rope", "id": "r", "input": "y", "angles": "r", "output": "x", "columns": 16, )"
        R"("pitch": 64, "carry": true})",
        "an input of all heads");
    has(R"({"op": "batched_gemm", "id": "g", "a": "x", "b": "w", "d": "y", "groups": 2, )"
        R"("epilogue": "swiglu"})",
        "unknown key 'epilogue'");
    has(R"({"op": "attention", "id": "a", "q": "x", "k": "w", "output": "y", "sequences": 40, )"
        R"("heads": 2, "kv_heads": 2, "context": 7})",
        "attention shapes do not agree");
    has(R"({"op": "attention", "id": "a", "q": "x", "k": "x", "v": "y", "v_pitch": 32, )"
        R"("v_first": 16, "output": "y", "sequences": 1, "heads": 2, "context": 7})",
        "with v_first + E <= v_pitch");
    has(R"({"op": "attention", "id": "a", "q": "x", "k": "x", "v": "x", "v_pitch": 64, )"
        R"("v_first": 8, "output": "y", "sequences": 1, "heads": 2, "context": 7})",
        "values of a pitch of 64 from 8 on; allowed: heads, v_pitch and v_first");
    has(R"({"op": "attention", "id": "a", "q": "x", "k": "x", "v_first": 16, "output": "y", )"
        R"("sequences": 1, "heads": 2, "context": 7})",
        "'v_first' without 'v'; allowed: both, or neither");
    const auto lengths = [&](const std::string& keys, const std::string& text) {
        has(R"({"op": "attention", "id": "a", "q": "x", "k": "w", "output": "x", "sequences": 2, )"
            R"("heads": 1, "causal": true, )" +
                keys + "}",
            text);
    };
    lengths(R"("contexts": [64])", "1 'contexts' for 2 sequences");
    lengths(R"("contexts": [64, 0])", "'contexts'");
    lengths(R"("contexts": [64, 129])", "context 129");
    lengths(R"("contexts": [64, 64], "context": 64)", "'context' and 'contexts'; allowed: one");
    lengths(R"("contexts": [64, 64], "query_rows": [20, 21])",
            "'query_rows' of 41 in all, and q x [40, 128]");
    lengths(R"("contexts": [64, 9], "query_rows": [30, 10])",
            "10 queries for 9 keys of sequence 1");
    lengths(R"("query_rows": [30, 10])", "key 'context' is missing");
    has(R"({"op": "gemm", "id": "g", "a": "x", "b": "w", "d": "y", "epilogue": "swiglu"})",
        "gates and values in turn), d [M, N / 2]; here d would be [40, 128]");
    has(R"({"op": "gemm", "id": "g", "a": "x", "b": "w", "d": "y", "epilogue": "gelu"})",
        "unknown epilogue 'gelu'; allowed: swiglu");
    has(R"({"op": "grouped_gemm", "id": "g", "a": "x", "b": "w", "d": "y", "rows": [20, 20], )"
        R"("epilogue": "swiglu", "row_alignment": 3})",
        "or N / 2 with the epilogue swiglu");
    CHECK(problems(kHeader + tensors +
                   R"({"op": "grouped_gemm", "id": "g", "a": "x", "b": "w", "d": "y", )"
                   R"("epilogue": "swiglu", "rows": [20, 20]})") == "no error");
    has(R"({"op": "permute", "id": "p", "input": "x", "routing": "r", "output": "y", "rows": [3]})",
        "permute shapes do not agree: 3 rows in 1 groups");
    CHECK(problems(kHeader + tensors +
                   R"({"op": "swiglu", "id": "s", "input": "x", "output": "y"})") == "no error");
}

TEST_CASE("tensors in host memory") {
    const auto at_host = [](const std::string& name, const std::string& shape) {
        return "{\"tensor\": \"" + name + "\", \"shape\": " + shape +
               ", \"type\": \"bf16\", \"place\": \"host\"}\n";
    };
    const std::string h = at_host("h", "[64, 32]");
    const std::string copy = R"({"op": "copy", "id": "c", "source": "h", "destination": "a"})";
    CHECK(problems(kHeader + kTensors + h + copy) == "no error");
    const vr::Workload workload =
        vr::parse_workload(kHeader + kTensors + h + copy, "t.jsonl").workload;
    CHECK(workload.tensors[3].home == vr::TensorHome::kHost);
    CHECK(workload.tensors[0].home == vr::TensorHome::kGpu);
    CHECK(crosses_to_host(workload, workload.operators[0]));
    CHECK(problems(kHeader + kTensors + h +
                   R"({"op": "gemm", "id": "g", "a": "h", "b": "b", "d": "d"})") ==
          "t.jsonl:6:16: operator 'g': input h [64, 32] bf16 lies in host memory; allowed: tensors "
          "in the GPU's memory; copy it to a tensor of the GPU first, with an operator 'copy'");
    CHECK(problems(kHeader + kTensors + h +
                   R"({"op": "elementwise", "id": "e", "function": "relu", "inputs": ["a"], )"
                   R"("output": "h"})") ==
          "t.jsonl:6:23: operator 'e': output h [64, 32] bf16 lies in host memory; allowed: a "
          "tensor in the GPU's memory; write a tensor of the GPU and copy it with an operator "
          "'copy' after");
    CHECK(problems(kHeader + kTensors + h + at_host("k", "[64, 32]") +
                   R"({"op": "copy", "id": "c", "source": "h", "destination": "k"})") ==
          "t.jsonl:7:16: operator 'c': copy from h to k, both in host memory; allowed: one side in "
          "host memory, the other in the GPU's; copy to a tensor of the GPU, and from there");
    CHECK(problems(kHeader + kTensors + kGemm + "\n" +
                   R"({"tensor": "k", "shape": [1, 1], "type": "bf16", "place": "hots"})") ==
          "t.jsonl:6:50: unknown place 'hots'; allowed: gpu, host; did you mean 'host'?");
}
