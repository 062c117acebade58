// SPDX-License-Identifier: Apache-2.0
// The writer of workload traces, and operators that are recorded: replay and communication.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "models/base/error.h"
#include "models/transport/operator_work.h"
#include "testbenches/support/scratch_folder.h"
#include "traces/formats/workload/workload_reader.h"
#include "traces/formats/workload/workload_writer.h"

using namespace vr;

namespace {

const std::string kHeader = "{\"vrsim_trace\": 1, \"name\": \"t\"}\n";

// Everything but the lines of the file, compared member by member.
void check_equal(const Workload& a, const Workload& b) {
    CHECK(a.name == b.name);
    REQUIRE(a.tensors.size() == b.tensors.size());
    for (std::size_t i = 0; i < a.tensors.size(); ++i) {
        const TensorSpec& x = a.tensors[i];
        const TensorSpec& y = b.tensors[i];
        INFO(x.name);
        CHECK(x.name == y.name);
        CHECK(x.type == y.type);
        CHECK(x.rows == y.rows);
        CHECK(x.columns == y.columns);
        CHECK(x.data == y.data);
        CHECK(std::filesystem::path(x.file).lexically_normal() ==
              std::filesystem::path(y.file).lexically_normal());
        CHECK(x.gpu == y.gpu);
        CHECK(x.home == y.home);
    }
    REQUIRE(a.operators.size() == b.operators.size());
    for (std::size_t i = 0; i < a.operators.size(); ++i) {
        const OperatorSpec& x = a.operators[i];
        const OperatorSpec& y = b.operators[i];
        INFO(x.id);
        CHECK(x.id == y.id);
        CHECK(x.kind == y.kind);
        CHECK(x.function == y.function);
        CHECK(x.kernel == y.kernel);
        CHECK(x.arguments == y.arguments);
        CHECK(x.inputs == y.inputs);
        CHECK(x.output == y.output);
        CHECK(x.epilogue == y.epilogue);
        CHECK(x.carries == y.carries);
        CHECK(x.attention.values.pitch == y.attention.values.pitch);
        CHECK(x.attention.values.first == y.attention.values.first);
        CHECK(x.depends == y.depends);
        CHECK(x.gpu == y.gpu);
        CHECK(x.stream == y.stream);
        CHECK(x.replay.name == y.replay.name);
        CHECK(x.replay.duration == y.replay.duration);
        CHECK(x.replay.flops == y.replay.flops);
        CHECK(x.replay.bytes == y.replay.bytes);
        CHECK(x.replay.host == y.replay.host);
        CHECK(x.collective.kind == y.collective.kind);
        CHECK(x.collective.bytes == y.collective.bytes);
        CHECK(x.collective.group == y.collective.group);
        CHECK(x.collective.peer == y.collective.peer);
        CHECK(x.collective.tag == y.collective.tag);
    }
}

std::string recorded_lines() {
    return "{\"op\": \"replay\", \"id\": \"r\", \"name\": \"kernel \\\"x\\\"\", \"duration\": "
           "\"12.345 us\", \"flops\": 7, \"bytes\": 9, \"stream\": 2}\n"
           "{\"op\": \"replay\", \"id\": \"h\", \"duration\": \"0 fs\", \"host\": true, "
           "\"depends\": [\"r\"]}\n"
           "{\"op\": \"all_reduce\", \"id\": \"c\", \"bytes\": 1048576, \"group\": \"tp\", "
           "\"depends\": [\"h\"]}\n"
           "{\"op\": \"send\", \"id\": \"s\", \"bytes\": 64, \"peer\": 3, \"tag\": -1}\n"
           "{\"op\": \"barrier\", \"id\": \"b\", \"gpu\": 1}\n";
}

std::string first_problem(const std::string& line) {
    try {
        (void)parse_workload(kHeader + line + "\n", "t");
    } catch (const InputError& error) {
        return error.diagnostics().front().text();
    }
    return "";
}

}  // namespace

TEST_CASE("every sample is written and read back to the same workload") {
    std::size_t files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(VRSIM_SOURCE_DIR "/traces/samples")) {
        if (entry.path().extension() != ".jsonl") {
            continue;
        }
        INFO(entry.path());
        ++files;
        const Workload workload = read_workload(entry.path().string()).workload;
        const std::string text = write_workload(workload);
        const Workload back = parse_workload(text, "t").workload;
        check_equal(workload, back);
        CHECK(write_workload(back) == text);
    }
    CHECK(files >= 7);
}

TEST_CASE("arguments of attention are written as they were read") {
    const std::string text =
        kHeader +
        "{\"tensor\": \"x\", \"shape\": [128, 128], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"o\", \"shape\": [128, 128], \"type\": \"bf16\"}\n"
        "{\"op\": \"attention\", \"id\": \"a\", \"q\": \"x\", \"k\": \"x\", \"output\": \"o\", "
        "\"sequences\": 1, \"heads\": 1, \"context\": 128, \"arguments\": {\"page_keys\": 16}}\n";
    const Workload workload = parse_workload(text, "t").workload;
    REQUIRE(workload.operators.at(0).arguments.size() == 1);
    CHECK(workload.operators[0].arguments[0].second == 16);
    check_equal(workload, parse_workload(write_workload(workload), "t").workload);
}

TEST_CASE("lengths of sequences are written as they were read") {
    const std::string text =
        kHeader +
        "{\"tensor\": \"q\", \"shape\": [9, 128], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"k\", \"shape\": [128, 128], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"o\", \"shape\": [9, 128], \"type\": \"bf16\"}\n"
        "{\"op\": \"attention\", \"id\": \"a\", \"q\": \"q\", \"k\": \"k\", \"output\": \"o\", "
        "\"sequences\": 2, \"heads\": 1, \"contexts\": [64, 7], \"query_rows\": [8, 1]}\n";
    const Workload workload = parse_workload(text, "t").workload;
    const AttentionShape& shape = workload.operators.at(0).attention;
    CHECK(shape.contexts == std::vector<std::int64_t>{64, 7});
    CHECK(shape.query_rows == std::vector<std::int64_t>{8, 1});
    CHECK(shape.context == 64);
    check_equal(workload, parse_workload(write_workload(workload), "t").workload);
    CHECK(tensor_flops(workload, workload.operators[0]) == 2 * (8 * 64 + 1 * 7) * (128 + 128));
    CHECK(read_bytes(workload, workload.operators[0], 1) == 2 * 128 * 71);
    CHECK(shape_text(workload, workload.operators[0]) ==
          "2 x 1 heads, 1 to 8 queries, 7 to 64 keys bf16");
}

TEST_CASE("recorded operators are read, written and read back") {
    const Workload workload = parse_workload(kHeader + recorded_lines(), "t").workload;
    REQUIRE(workload.operators.size() == 5);
    const ReplaySpec& replay = workload.operators[0].replay;
    CHECK(workload.operators[0].kind == OperatorKind::kReplay);
    CHECK(replay.name == "kernel \"x\"");
    CHECK(replay.duration == Time{12'345'000'000});
    CHECK(replay.flops == 7);
    CHECK(replay.bytes == 9);
    CHECK_FALSE(replay.host);
    CHECK(workload.operators[1].replay.host);
    CHECK(workload.operators[2].collective.kind == CollectiveKind::kAllReduce);
    CHECK(workload.operators[2].collective.group == "tp");
    CHECK(workload.operators[3].collective.peer == 3);
    CHECK(workload.operators[3].collective.tag == -1);
    CHECK(workload.operators[4].collective.kind == CollectiveKind::kBarrier);
    check_equal(workload, parse_workload(write_workload(workload), "t").workload);
}

TEST_CASE("dependencies: those through tensors are not written, all come back") {
    const std::string tensors =
        "{\"tensor\": \"a\", \"shape\": [8, 16], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"b\", \"shape\": [8, 16], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"c\", \"shape\": [8, 16], \"type\": \"bf16\"}\n";
    const std::string text =
        kHeader + tensors +
        "{\"op\": \"copy\", \"id\": \"1\", \"source\": \"a\", \"destination\": \"b\"}\n"
        "{\"op\": \"copy\", \"id\": \"2\", \"source\": \"b\", \"destination\": \"c\"}\n"
        "{\"op\": \"copy\", \"id\": \"3\", \"source\": \"a\", \"destination\": \"a\", "
        "\"depends\": [\"2\"]}\n";
    const Workload workload = parse_workload(text, "t").workload;
    const std::string written = write_workload(workload);
    CHECK(written == text);
    check_equal(workload, parse_workload(written, "t").workload);
}

TEST_CASE("data files keep their place when the trace is written into another folder") {
    const std::filesystem::path folder = vr::testing::scratch_folder();
    std::filesystem::create_directories(folder / "in");
    std::filesystem::create_directories(folder / "out");
    std::ofstream(folder / "in/x.bin", std::ios::binary) << std::string(256, '\1');
    std::ofstream(folder / "in/t.jsonl")
        << kHeader
        << "{\"tensor\": \"x\", \"shape\": [8, 16], \"type\": \"bf16\", \"data\": {\"file\": "
           "\"x.bin\"}}\n{\"tensor\": \"y\", \"shape\": [8, 16], \"type\": \"bf16\", \"gpu\": 1}\n"
           "{\"op\": \"copy\", \"id\": \"c\", \"source\": \"x\", \"destination\": \"y\"}\n";
    const Workload workload = read_workload((folder / "in/t.jsonl").string()).workload;
    WorkloadWriteOptions options;
    options.folder = (folder / "out").string();
    options.comments = {"moved"};
    std::ofstream(folder / "out/t.jsonl") << write_workload(workload, options);
    check_equal(workload, read_workload((folder / "out/t.jsonl").string()).workload);
}

TEST_CASE("recorded operators: what is wrong is told with its place") {
    using Catch::Matchers::Contains;
    CHECK_THAT(first_problem("{\"op\": \"replay\", \"id\": \"r\"}"),
               Contains("t:2: key 'duration' is missing"));
    CHECK_THAT(first_problem("{\"op\": \"replay\", \"id\": \"r\", \"duration\": \"0 fs\"}"),
               Contains("'duration' is \"0 fs\"") && Contains("more than 0"));
    CHECK_THAT(first_problem("{\"op\": \"replay\", \"id\": \"r\", \"duration\": \"5\"}"),
               Contains("t:2:29: 'duration' is \"5\""));
    CHECK_THAT(first_problem("{\"op\": \"replay\", \"id\": \"r\", \"duration\": \"1 ns\", "
                             "\"a\": \"x\"}"),
               Contains("unknown key 'a'"));
    CHECK_THAT(first_problem("{\"op\": \"all_reduce\", \"id\": \"r\", \"bytes\": 0}"),
               Contains("'bytes' is 0") && Contains("from 1"));
    CHECK_THAT(first_problem("{\"op\": \"send\", \"id\": \"r\", \"bytes\": 8}"),
               Contains("key 'peer' is missing"));
    CHECK_THAT(first_problem("{\"op\": \"replax\", \"id\": \"r\"}"),
               Contains("did you mean 'replay'?"));
}
