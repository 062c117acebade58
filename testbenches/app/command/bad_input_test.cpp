// SPDX-License-Identifier: Apache-2.0
// Bad input and wrong use from the command line: exit code, the place at fault, what is allowed,
// and the hint. Nothing goes to standard output.
#include <catch2/catch.hpp>
#include <vector>

#include "testbenches/app/command/vrsim_command.h"

using vr::test::quoted;
using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::vrsim;

namespace {

const std::string kHeader = "{\"vrsim_trace\": 1, \"name\": \"t\"}\n";
const std::string kTensors =
    "{\"tensor\": \"a\", \"shape\": [64, 32], \"type\": \"bf16\"}\n"
    "{\"tensor\": \"b\", \"shape\": [16, 32], \"type\": \"bf16\"}\n"
    "{\"tensor\": \"d\", \"shape\": [64, 16], \"type\": \"fp32\"}\n";
const std::string kGemm =
    "{\"op\": \"gemm\", \"id\": \"g\", \"a\": \"a\", \"b\": \"b\", \"d\": \"d\"}\n";

/// A file's text, and what the message must hold; FILE stands for the file's path.
struct BadFile {
    const char* name;
    std::string text;
    std::vector<std::string> parts;
};

std::string with_path(std::string text, const std::string& path) {
    const std::size_t at = text.find("FILE");
    return at == std::string::npos ? text : text.replace(at, 4, path);
}

// Runs a command on a bad file: exit 3, nothing on standard output, every part in the message.
void expect_refused(const BadFile& bad, const std::string& path, const std::string& command) {
    INFO(bad.name << ": vrsim " << command);
    const auto result = vrsim(command);
    INFO(result.err);
    CHECK(result.exit_code == 3);
    CHECK(result.out.empty());
    for (const std::string& part : bad.parts) {
        INFO("expected: " << with_path(part, path));
        CHECK(result.err.find(with_path(part, path)) != std::string::npos);
    }
}

const std::vector<BadFile>& bad_traces() {
    static const std::vector<BadFile> table = {
        {"no JSON",
         kHeader + kTensors + "{\"op\": \"gemm\" \"id\": \"g\"}\n",
         {"FILE:5:18: not JSON", "allowed: one JSON object per line"}},
        {"an array",
         "[1, 2]\n" + kHeader + kTensors + kGemm,
         {"FILE:1:1: the line is a JSON array", "allowed: one JSON object per line"}},
        {"empty",
         "",
         {"FILE: the trace holds no operator", "allowed: at least one line with a key 'op'"}},
        {"no operator", kHeader + kTensors, {"FILE: the trace holds no operator"}},
        {"no header",
         kTensors + kGemm,
         {"FILE:1: the header is missing", "allowed: {\"vrsim_trace\": 1",
          "add that line at the top"}},
        {"a later version",
         "{\"vrsim_trace\": 2, \"name\": \"t\"}\n" + kTensors + kGemm,
         {"FILE:1:2: trace version 2 is not supported; allowed: 1"}},
        {"unknown operator",
         kHeader + kTensors + "{\"op\": \"gem\", \"id\": \"g\"}\n",
         {"FILE:5:2: unknown operator 'gem'; allowed: gemm, copy, elementwise, custom",
          "did you mean 'gemm'?"}},
        {"negative size",
         kHeader + "{\"tensor\": \"x\", \"shape\": [-64, 32], \"type\": \"bf16\"}\n" + kTensors +
             kGemm,
         {"FILE:2:17: 'shape' is [-64,32]", "allowed: [rows, columns], each an integer from 1 to"}},
        {"unknown tensor type",
         kHeader + "{\"tensor\": \"x\", \"shape\": [4, 4], \"type\": \"bf61\"}\n" + kTensors +
             kGemm,
         {"FILE:2:34: unknown tensor type 'bf61'; allowed: fp32, bf16, fp8_e4m3, nvfp4",
          "did you mean 'bf16'?"}},
        {"dangling dependency",
         kHeader + kTensors +
             "{\"op\": \"gemm\", \"id\": \"g\", \"a\": \"a\", \"b\": \"b\", \"d\": \"d\", "
             "\"depends\": [\"gone\"]}\n",
         {"FILE:5:57: no operator 'gone'", "allowed: one of the operators of this file"}},
        {"dangling tensor",
         kHeader + kTensors +
             "{\"op\": \"gemm\", \"id\": \"g\", \"a\": \"aa\", \"b\": \"b\", \"d\": \"d\"}\n",
         {"FILE:5:27: no tensor 'aa'", "did you mean 'a'?"}},
        {"cycle",
         kHeader + kTensors +
             "{\"tensor\": \"x\", \"shape\": [64, 32], \"type\": \"bf16\"}\n"
             "{\"tensor\": \"y\", \"shape\": [64, 32], \"type\": \"bf16\"}\n"
             "{\"op\": \"copy\", \"id\": \"one\", \"source\": \"a\", \"destination\": \"x\", "
             "\"depends\": [\"two\"]}\n"
             "{\"op\": \"copy\", \"id\": \"two\", \"source\": \"a\", \"destination\": \"y\", "
             "\"depends\": [\"one\"]}\n",
         {"FILE:7: operators wait for each other: one (line 7) -> two (line 8) -> one",
          "allowed: dependencies without a cycle"}},
        {"shapes that do not agree",
         kHeader +
             "{\"tensor\": \"a\", \"shape\": [64, 31], \"type\": \"bf16\"}\n"
             "{\"tensor\": \"b\", \"shape\": [16, 32], \"type\": \"bf16\"}\n"
             "{\"tensor\": \"d\", \"shape\": [64, 16], \"type\": \"fp32\"}\n" +
             kGemm,
         {"FILE:5:16: operator 'g': gemm shapes do not agree",
          "allowed: a [M, K], b [N, K], d [M, N]"}},
        {"duplicate tensor",
         kHeader + kTensors + "{\"tensor\": \"a\", \"shape\": [64, 32], \"type\": \"bf16\"}\n" +
             kGemm,
         {"FILE:5:2: tensor 'a' is declared twice", "the first stands in line 2"}},
        {"duplicate id",
         kHeader + kTensors + kGemm + kGemm,
         {"FILE:6:16: operator id 'g' is used twice", "the first stands in line 5"}},
        {"unknown key",
         kHeader + kTensors +
             "{\"op\": \"gemm\", \"id\": \"g\", \"a\": \"a\", \"b\": \"b\", \"d\": \"d\", "
             "\"strem\": 1}\n",
         {"FILE:5:57: unknown key 'strem'; allowed: op, id, a, b, d, epilogue, arguments, depends, "
          "stream, "
          "gpu",
          "did you mean 'stream'?"}},
        {"missing key",
         kHeader + kTensors + "{\"op\": \"gemm\", \"id\": \"g\", \"a\": \"a\", \"d\": \"d\"}\n",
         {"FILE:5: key 'b' is missing", "add it to this line"}},
    };
    return table;
}

const std::vector<BadFile>& bad_platforms() {
    static const std::string kTiny = "extends = \"tiny\"\n";
    static const std::vector<BadFile> table = {
        {"unknown key",
         kTiny + "[gpu.l2]\nslics = 3\n",
         {"FILE:3:1: gpu.l2.slics = 3 is an unknown key; allowed: capacity, ",
          "did you mean gpu.l2.slices?"}},
        {"bare number",
         kTiny + "[gpu.l2]\nhit_latency = 200\n",
         {"FILE:3:15: gpu.l2.hit_latency = 200 is a bare number",
          "allowed: a quantity with unit, e.g. \"200 clk\""}},
        {"wrong unit",
         kTiny + "[gpu.l2]\nhit_latency = \"200 B\"\n",
         {"FILE:3:15: gpu.l2.hit_latency = \"200 B\" is an amount of data, not a number of cycles",
          "allowed: a quantity with unit"}},
        {"out of range",
         kTiny + "[gpu.l2]\nslices = 9999\n",
         {"FILE:3:10: gpu.l2.slices = 9999 is too high; allowed: 1 to 4096"}},
        {"negative timing",
         kTiny + "[gpu.hbm4]\nt_rc = \"-45 ns\"\n",
         {"FILE:3:8: gpu.hbm4.t_rc = \"-45 ns\" is negative; allowed: 1 ns to 1 us"}},
        {"unknown word",
         kTiny + "[gpu.hbm4]\nrefresh = \"sometimes\"\n",
         {"FILE:3:11: gpu.hbm4.refresh = \"sometimes\" is not a known word",
          "allowed: per_bank, all_bank, none"}},
        {"missing preset",
         "extends = \"tinny\"\n",
         {"FILE:1:11: extends = \"tinny\" is no known preset; allowed: a100_40gb, a100_80gb, "
          "a100_pcie_80gb, b200, gb200, gh200_141gb, gh200_96gb, h100_pcie, h100_sxm, h200, h800, "
          "rubin, tiny",
          "did you mean \"tiny\"?"}},
        {"no TOML", kTiny + "[gpu.l2]\nslices = = 3\n", {"FILE:3:10: not valid TOML"}},
        {"unknown status",
         kTiny + "[gpu.l2]\nslices = {value = 2, status = \"guessed\", source = \"x\"}\n",
         {"FILE:3:31: gpu.l2.slices.status = \"guessed\" is not a status",
          "allowed: published, derived, estimated, calibrated"}},
        {"missing values",
         "[gpu]\nsms = 2\n",
         {"FILE: gpu.l2.capacity is missing; allowed: 16 KiB to 4 GiB",
          "gpu.hbm4.t_rc is missing"}},
    };
    return table;
}

}  // namespace

TEST_CASE("bad traces are refused by run and lint, with file, line and what is allowed") {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "bad.jsonl").string();
    for (const BadFile& bad : bad_traces()) {
        write_text(path, bad.text);
        expect_refused(bad, path, "run " + path + " --platform tiny");
        expect_refused(bad, path, "lint " + path);
    }
    expect_refused(
        {"missing", "", {"FILE: the trace cannot be read", "samples lie in traces/samples"}},
        "no/such.jsonl", "run no/such.jsonl --platform tiny");
    write_text(path, kHeader + kTensors + kGemm);
    CHECK(vrsim("lint " + path).exit_code == 0);  // the base of the table is right
    CHECK(vrsim("run " + path + " --platform tiny --quiet").exit_code == 0);
}

TEST_CASE("bad platforms are refused by run and lint, with file, line and what is allowed") {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "bad.toml").string();
    for (const BadFile& bad : bad_platforms()) {
        write_text(path, bad.text);
        expect_refused(bad, path, "run traces/samples/hello_gemm.jsonl --platform " + path);
        expect_refused(bad, path, "lint " + path);
    }
    write_text(path, "extends = \"tiny\"\n[gpu.l2]\nslices = 4\n");
    CHECK(vrsim("lint " + path).exit_code == 0);
}

TEST_CASE("wrong values on the command line: exit 2 for flags, 3 for what they name") {
    struct WrongFlag {
        const char* arguments;
        int exit_code;
        std::vector<std::string> parts;
    };
    static const std::vector<WrongFlag> table = {
        {"--platform tinny",
         3,
         {"unknown platform \"tinny\"; allowed: a100_40gb, a100_80gb, a100_pcie_80gb, b200, gb200, "
          "gh200_141gb, gh200_96gb, h100_pcie, h100_sxm, h200, h800, rubin, tiny",
          "did you mean \"tiny\"?"}},
        {"--platform no/such.toml",
         3,
         {"no/such.toml: the file cannot be read; allowed: a readable TOML file"}},
        {"--platform rubin --profile fast",
         3,
         {"rubin.toml: unknown profile \"fast\"; allowed: shipping_2026q4"}},
        {"--set 'clock=1 GHz'",
         3,
         {"clock = \"1 GHz\" is ambiguous", "allowed: gpu.command_front_end.clock",
          "write one of these paths"}},
        {"--set gpu.smss=3", 3, {"gpu.smss = 3 matches no parameter", "did you mean gpu.sms?"}},
        {"--set gpu.sms", 3, {"\"gpu.sms\" has no value; allowed: PATH=VALUE"}},
        {"--set gpu.sms=lots",
         3,
         {"gpu.sms = \"lots\" is not an integer; allowed: an integer from 1 to 1024"}},
        {"--set gpu.l2.hit_latency=200",
         3,
         {"gpu.l2.hit_latency = 200 is a bare number", "e.g. \"200 clk\""}},
        {"--platfrom tiny",
         2,
         {"unknown flag '--platfrom'; did you mean '--platform'?", "see vrsim help run"}},
        {"--level exact", 2, {"--level: exact not in {detailed,roofline}", "see vrsim help run"}},
        {"--fold maybe", 2, {"--fold: maybe not in {on,off}"}},
        {"--compose units", 2, {"--compose: units not in {region,modules}"}},
        {"--seed many",
         2,
         {"--seed: 'many' given; allowed: whole numbers, 0 to", "see vrsim help run"}},
        {"--max-sim-time 5",
         2,
         {"--max-sim-time 5: not a time", "allowed: a quantity with unit, e.g. \"5 ns\""}},
        {"--max-sim-time '0 ns'", 2, {"--max-sim-time 0 ns: not a time; allowed: more than 0"}},
        {"--events x.vcd", 2, {"--events x.vcd: the suffix names no format; allowed: .pftrace"}},
        {"--json no/such/x.json",
         2,
         {"--json no/such/x.json: cannot write the file", "a path in a folder that exists"}},
        {"more.jsonl", 2, {"unexpected argument 'more.jsonl'"}},
    };
    for (const WrongFlag& wrong : table) {
        INFO(wrong.arguments);
        const auto result =
            vrsim("run traces/samples/hello_gemm.jsonl " + std::string(wrong.arguments));
        INFO(result.err);
        CHECK(result.exit_code == wrong.exit_code);
        CHECK(result.out.empty());
        for (const std::string& part : wrong.parts) {
            INFO("expected: " << part);
            CHECK(result.err.find(part) != std::string::npos);
        }
    }
}

TEST_CASE("bad files of the other verbs") {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "bad.trace").string();
    const BadFile kind = {"kind of access",
                          "0x0 READ 0\n0x10 FETCH 1\n",
                          {"FILE:2:6: 'FETCH' is no kind of access", "allowed: READ, WRITE"}};
    write_text(path, kind.text);
    expect_refused(kind, path, "mem " + path);
    expect_refused(kind, path, "lint " + path);
    const BadFile vectors = {
        "vector file",
        "nonsense\n",
        {"FILE:1:1: this kind of vector file is not supported", "allowed: dot, chain"}};
    write_text(path, vectors.text);
    expect_refused(vectors, path, "numerics check " + path);
    expect_refused(
        {"no vector file", "", {"FILE: cannot be opened", "allowed: a readable vector file"}},
        "no/such.txt", "numerics check no/such.txt");
    const TemporaryFolder set;
    expect_refused({"no vector file in it", "", {"FILE: holds no vector file", "in it or below"}},
                   set.path().string(), "numerics check " + set.path().string());
    expect_refused({"no measured rows",
                    "",
                    {"FILE/umma_tensor_core_b200.csv: the measured data cannot be read"}},
                   folder.path().string(),
                   "validate umma_tensor_core_b200 --data " + quoted(folder.path().string()));
    const auto pattern = vrsim("mem --pattern spiral --requests 4");
    CHECK(pattern.exit_code == 2);
    CHECK(pattern.err.find("unknown pattern 'spiral'; allowed: seq, rand, mixseq, mixrand") !=
          std::string::npos);
}
