// SPDX-License-Identifier: Apache-2.0
// Good workload traces: what the reader makes of them.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "testbenches/support/scratch_folder.h"
#include "models/base/random.h"
#include "traces/formats/workload/workload_reader.h"

namespace {

const std::string kHeader = "{\"vrsim_trace\": 1, \"name\": \"t\"}\n";

std::string tensor(const std::string& name, const std::string& rest = "") {
    return "{\"tensor\": \"" + name + "\", \"shape\": [8, 16], \"type\": \"bf16\"" + rest + "}\n";
}

std::string copy(const std::string& id, const std::string& from, const std::string& to,
                 const std::string& rest = "") {
    return "{\"op\": \"copy\", \"id\": \"" + id + "\", \"source\": \"" + from +
           "\", \"destination\": \"" + to + "\"" + rest + "}\n";
}

// "id<-dep,dep" of every operator, in order.
std::string order(const vr::Workload& workload) {
    std::string out;
    for (const vr::OperatorSpec& op : workload.operators) {
        out += (out.empty() ? "" : " ") + op.id;
        for (std::size_t i = 0; i < op.depends.size(); ++i) {
            out += (i == 0 ? "<-" : ",") + workload.operators[op.depends[i].value].id;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("the hello_gemm sample") {
    const vr::WorkloadTrace trace =
        vr::read_workload(VRSIM_SOURCE_DIR "/traces/samples/hello_gemm.jsonl");
    const vr::Workload& w = trace.workload;
    CHECK(w.name == "hello_gemm");
    REQUIRE(w.tensors.size() == 3);
    CHECK(w.tensors[0].type == vr::TensorType::kFp8E4m3);
    CHECK(w.tensors[0].rows == 128);
    CHECK(w.tensors[0].columns == 512);
    CHECK(w.tensors[0].data == vr::TensorData::kSeeded);
    CHECK(w.tensors[2].data == vr::TensorData::kProduced);
    REQUIRE(w.operators.size() == 1);
    CHECK(w.operators[0].id == "hello");
    CHECK(w.operators[0].kind == vr::OperatorKind::kGemm);
    CHECK(w.operators[0].inputs == std::vector<vr::TensorIndex>{{0}, {1}});
    CHECK(w.operators[0].output == vr::TensorIndex{2});
    CHECK(w.operators[0].line == 6);
}

TEST_CASE("every sample reads, and the DeepSeek chains have the published sizes") {
    std::size_t files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(VRSIM_SOURCE_DIR "/traces/samples")) {
        if (entry.path().extension() != ".jsonl") {
            continue;
        }
        ++files;
        const vr::WorkloadTrace trace = vr::read_workload(entry.path().string());
        const std::string name = entry.path().stem().string();
        if (name.starts_with("deepseek_v3_layer")) {
            continue;  // those are the generator's, see testbenches/traces/generate
        }
        CHECK(trace.workload.name == name);
        if (name.starts_with("deepseek")) {
            std::int64_t weights = 0;
            for (const vr::TensorSpec& t : trace.workload.tensors) {
                weights += t.name.ends_with("_weight") ? vr::element_bytes(t) : 0;
            }
            CHECK(weights == 583'467'008);  // sum of N x K of the table in traces/samples/README.md
            CHECK(order(trace.workload) ==
                  "q_kv_a q_b<-q_kv_a kv_b<-q_b o<-kv_b gate_up<-o down<-gate_up");
        }
    }
    CHECK(files >= 7);
}

TEST_CASE(
    "dependencies follow from tensors: read after write, write after read, write after write") {
    const std::string tensors = tensor("a") + tensor("b") + tensor("c") + tensor("d");
    const auto parse = [&](const std::string& operators) {
        return order(vr::parse_workload(kHeader + tensors + operators, "t").workload);
    };
    CHECK(parse(copy("1", "a", "b") + copy("2", "b", "c")) == "1 2<-1");
    CHECK(parse(copy("1", "a", "b") + copy("2", "c", "a")) == "1 2<-1");
    CHECK(parse(copy("1", "a", "b") + copy("2", "c", "b")) == "1 2<-1");
    CHECK(parse(copy("1", "a", "b") + copy("2", "a", "c")) == "1 2");
    // Both through the tensor and named: once; ascending.
    CHECK(parse(copy("1", "a", "b") + copy("2", "a", "c") +
                copy("3", "b", "c", ", \"depends\": [\"2\", \"1\", \"2\"]")) == "1 2 3<-1,2");
    // A write takes the readers with it: 4 waits for the later writer alone.
    CHECK(parse(copy("1", "a", "b") + copy("2", "b", "c") + copy("3", "d", "b") +
                copy("4", "b", "d")) == "1 2<-1 3<-1,2 4<-3");
}

TEST_CASE("forward references are sorted, stable by line") {
    const vr::WorkloadTrace trace = vr::parse_workload(
        kHeader + copy("late", "a", "b", ", \"depends\": [\"early\"]") + copy("x", "c", "d") +
            copy("early", "e", "f") + copy("y", "g", "h") + tensor("a") + tensor("b") +
            tensor("c") + tensor("d") + tensor("e") + tensor("f") + tensor("g") + tensor("h"),
        "t");
    CHECK(order(trace.workload) == "x early late<-early y");
    for (std::uint32_t i = 0; i < trace.workload.operators.size(); ++i) {
        for (const vr::OperatorIndex before : trace.workload.operators[i].depends) {
            CHECK(before.value < i);
        }
    }
}

TEST_CASE("contents spread along operators") {
    const vr::Workload w =
        vr::parse_workload(kHeader + tensor("a", ", \"data\": \"seeded\"") + tensor("b") +
                               tensor("c") + tensor("p") + tensor("q") + copy("1", "a", "b") +
                               copy("2", "b", "c") + copy("3", "p", "q"),
                           "t")
            .workload;
    CHECK(w.tensors[1].data == vr::TensorData::kProduced);
    CHECK(w.tensors[2].data == vr::TensorData::kProduced);
    CHECK(w.tensors[4].data == vr::TensorData::kNone);
}

TEST_CASE("data files are found beside the trace, with their exact size") {
    const std::filesystem::path folder = vr::testing::scratch_folder();
    std::ofstream(folder / "x.bin", std::ios::binary) << std::string(256, '\1');
    std::ofstream(folder / "t.jsonl") << kHeader << tensor("x", ", \"data\": {\"file\": \"x.bin\"}")
                                      << tensor("y") << copy("c", "x", "y");
    const vr::Workload w = vr::read_workload((folder / "t.jsonl").string()).workload;
    CHECK(w.tensors[0].data == vr::TensorData::kFile);
    CHECK(w.tensors[0].file == (folder / "x.bin").string());
    std::ofstream(folder / "x.bin", std::ios::binary) << std::string(255, '\1');
    CHECK_THROWS_WITH(vr::read_workload((folder / "t.jsonl").string()),
                      Catch::Contains("holds 255 B; allowed: 256 B"));
}

TEST_CASE("comments, blank lines, line ends of Windows, and the digest") {
    const std::string text = "# c\r\n\r\n  \t\n   # d\n" + kHeader + tensor("a") + tensor("b") +
                             "{\"op\": \"copy\", \"id\": \"c\", \"source\": \"a\", "
                             "\"destination\": \"b\", \"stream\": 3, \"gpu\": 2}\r\n";
    const vr::WorkloadTrace trace = vr::parse_workload(text, "t");
    CHECK(trace.workload.operators.at(0).stream == 3);
    CHECK(trace.workload.operators.at(0).gpu == vr::GpuIndex{2});
    CHECK(trace.workload.operators.at(0).line == 8);
    CHECK(trace.digest == vr::hash_text(text));
}
