// SPDX-License-Identifier: Apache-2.0
// `vrsim convert` and `vrsim lint` on traces of other tools, and runs of what comes out.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "testbenches/app/command/vrsim_checks.h"

using nlohmann::json;
using vr::test::quoted;
using vr::test::read_text;
using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::fs;
using vr::testing::has;
using vr::testing::vrsim;

namespace {

const std::string kProfile = "traces/samples/pytorch/mlp_block.json";
const std::string kChakra = "traces/samples/chakra/all_reduce_4npus_1MB.0.et";

const std::string kHeader = "{\"vrsim_trace\": 1, \"name\": \"t\"}\n";

std::string replay(const std::string& id, const std::string& duration,
                   const std::string& rest = "") {
    return "{\"op\": \"replay\", \"id\": \"" + id + "\", \"duration\": \"" + duration + "\"" +
           rest + "}\n";
}

}  // namespace

TEST_CASE("every Chakra sample: lint, convert, convert back, equal totals") {
    const TemporaryFolder folder;
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(
             std::filesystem::path(VRSIM_SOURCE_DIR) / "traces/samples/chakra")) {
        if (entry.path().extension() != ".et") {
            continue;
        }
        ++files;
        const std::string name = entry.path().stem().string();
        const std::string text = (folder.path() / (name + ".jsonl")).string();
        const std::string back = (folder.path() / (name + ".et")).string();
        INFO(name);
        CHECK(has(vrsim("lint " + entry.path().string()).out, "1 communications"));
        const auto there = vrsim("convert " + entry.path().string() + " " + text + " --json -");
        REQUIRE(there.exit_code == 0);
        const json first = json::parse(there.out);
        CHECK(first["balanced"] == true);
        CHECK(first["before"] == first["after"]);
        CHECK(first["after"]["communicated_bytes"] == 1'048'576);
        const auto again = vrsim("convert " + text + " " + back + " --json - --quiet");
        REQUIRE(again.exit_code == 0);
        CHECK(json::parse(again.out)["after"] == first["before"]);
        CHECK(vrsim("lint " + back).exit_code == 0);
        const auto run = vrsim("run " + text);
        CHECK(run.exit_code == 3);
        CHECK(has(run.err, "which cannot be run yet"));
        CHECK(has(run.err, name.substr(0, name.find("_4")) == "all_reduce" ? "all_reduce of"
                                                                           : "between ranks"));
    }
    CHECK(files == 24);
}

TEST_CASE("the PyTorch sample converts with equal totals, plain and gzip, and runs") {
    const TemporaryFolder folder;
    std::string texts[2];
    for (int i = 0; i < 2; ++i) {
        const std::string out = (folder.path() / ("p" + std::to_string(i) + ".jsonl")).string();
        const auto result =
            vrsim("convert " + kProfile + (i == 0 ? "" : ".gz") + " " + out + " --json -");
        REQUIRE(result.exit_code == 0);
        const json j = json::parse(result.out);
        CHECK(j["balanced"] == true);
        CHECK(j["before"] == j["after"]);
        CHECK(j["before"]["flops"] == 22'553'427'968);
        CHECK(fs(j["recorded_fs"]) == fs(j["simulated_fs"]) + fs(j["before"]["replayed_fs"]));
        CHECK(j["replayed_names"].size() == 3);
        CHECK(has(result.err, "aten::rms_norm"));
        texts[i] = read_text(out);
    }
    CHECK(texts[0] == texts[1]);
    const std::string trace = (folder.path() / "p0.jsonl").string();
    const auto run = vrsim("run " + trace + " --json - --quiet");
    REQUIRE(run.exit_code == 0);
    const json report = json::parse(run.out);
    CHECK(report["replayed"]["operators"] == 3);
    CHECK(fs(report["replayed"]["covered_fs"]) == 25'696'000'000);
    CHECK(vrsim("run " + trace + " --strict --max-replay 5 --quiet").exit_code == 6);
    CHECK(vrsim("run " + trace + " --max-replay 5 --quiet").exit_code == 0);
    CHECK(vrsim("run " + trace + " --strict --max-replay 95 --quiet").exit_code == 0);
}

TEST_CASE("a user's mapping gives an unknown name a shape") {
    const TemporaryFolder folder;
    const std::string rules = (folder.path() / "mine.toml").string();
    write_text(rules,
               "[[rule]]\nmatch = \"triton_poi_fused_add_*\"\nop = \"copy\"\ntensors = [\n"
               "{key = \"source\", input = 0, shape = \"R C\"},\n"
               "{key = \"destination\", shape = \"R C\", like = 0}]\n");
    const std::string out = (folder.path() / "x.jsonl").string();
    const auto result =
        vrsim("convert " + kProfile + " " + out + " --mapping " + rules + " --json - --quiet");
    REQUIRE(result.exit_code == 0);
    const json j = json::parse(result.out);
    CHECK(j["before"]["replayed_operators"] == 2);
    CHECK(j["left_out_bytes"] == 2 * 4096);
    write_text(rules, "[[rule]]\nop = \"copy\"\n");
    const auto bad = vrsim("convert " + kProfile + " " + out + " --force --mapping " + rules);
    CHECK(bad.exit_code == 3);
    CHECK(has(bad.err, "mine.toml:1:1: the rule matches no name"));
}

TEST_CASE("nothing is overwritten unasked, and nothing half-done stays") {
    const TemporaryFolder folder;
    const std::string out = (folder.path() / "x.jsonl").string();
    REQUIRE(vrsim("convert " + kChakra + " " + out).exit_code == 0);
    const std::string text = read_text(out);
    const auto refused = vrsim("convert " + kProfile + " " + out);
    CHECK(refused.exit_code == 2);
    CHECK(has(refused.err, "exists; --force overwrites it"));
    CHECK(read_text(out) == text);
    CHECK(vrsim("convert " + kProfile + " " + out + " --force").exit_code == 0);
    CHECK(read_text(out) != text);
    CHECK(vrsim("convert " + out + " " + out + " --force").exit_code == 2);
    CHECK(vrsim("convert " + out + " " + (folder.path() / "x.json").string()).exit_code == 2);
    const std::string broken = (folder.path() / "broken.et").string();
    write_text(broken, "\x07");
    CHECK(vrsim("convert " + broken + " " + (folder.path() / "y.jsonl").string()).exit_code == 3);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        files += entry.is_regular_file() ? 1 : 0;
    }
    CHECK(files == 2);
}

TEST_CASE("totals that differ end with exit 1, and nothing is kept") {
    const TemporaryFolder folder;
    const std::string et = (folder.path() / "x.et").string();
    const std::string out = (folder.path() / "x.jsonl").string();
    REQUIRE(vrsim("convert traces/samples/hello_gemm.jsonl " + et).exit_code == 0);
    std::string bytes = read_text(et);
    const std::size_t name = bytes.find("num_ops");
    REQUIRE(name != std::string::npos);
    // 2 x 128 x 128 x 512 = 2^24 as a varint in the slot int64: 48, 80 80 80 08.
    const std::size_t last = name + 7 + 4;
    REQUIRE(bytes[last] == 8);
    bytes[last] = 9;
    write_text(et, bytes);
    const auto result = vrsim("convert " + et + " " + out + " --json -");
    CHECK(result.exit_code == 1);
    CHECK(has(result.err,
              "FLOPs                                18874368                 16777216  "
              "DIFFERS"));
    CHECK(json::parse(result.out)["balanced"] == false);
    CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("formats are told by content where the suffix says nothing") {
    const TemporaryFolder folder;
    const auto source = std::filesystem::path(VRSIM_SOURCE_DIR);
    std::filesystem::copy(source / kChakra, folder.path() / "a");
    std::filesystem::copy(source / (kProfile + ".gz"), folder.path() / "b");
    std::filesystem::copy(source / "traces/samples/copy.jsonl", folder.path() / "c");
    const auto lint = [&](const char* name) {
        return vrsim("lint " + (folder.path() / name).string()).out;
    };
    CHECK(has(lint("a"), "a Chakra execution trace of 1"));
    CHECK(has(lint("b"), "a PyTorch profile of 10"));
    CHECK(has(lint("c"), "a workload of 2 operators"));
}

TEST_CASE("lint of damaged files: exit 3 with the place") {
    const TemporaryFolder folder;
    const std::string et = read_text(std::filesystem::path(VRSIM_SOURCE_DIR) / kChakra);
    const std::string path = (folder.path() / "x.et").string();
    for (const std::size_t length : {0, 1, 7, 8, 9, 40, 80}) {
        write_text(path, et.substr(0, length));
        const auto result = vrsim("lint " + path);
        INFO(length);
        CHECK(result.exit_code == 3);
        CHECK(has(result.err, "byte "));
    }
    const std::string profile = (folder.path() / "x.json").string();
    write_text(profile, "{\"traceEvents\": [{\"ph\": ");
    CHECK(vrsim("lint " + profile).exit_code == 3);
    CHECK(has(vrsim("lint " + profile).err, "x.json:1:25: not JSON at byte 24"));
    CHECK(vrsim("lint " + (folder.path() / "none.et").string()).exit_code == 3);
}

TEST_CASE("replayed operators take exactly their recorded time, hold their stream and no other") {
    const TemporaryFolder folder;
    const std::string trace = (folder.path() / "t.jsonl").string();
    write_text(trace, kHeader + replay("a", "1234567 fs") + replay("b", "20 us") +
                          replay("c", "7 ns", ", \"stream\": 1") +
                          replay("d", "3 ns", ", \"stream\": 1, \"depends\": [\"b\"]"));
    for (const char* compose : {"region", "modules"}) {
        const auto result = vrsim("run " + trace + " --platform tiny --json - --quiet --compose " +
                                  std::string(compose));
        INFO(result.err);
        REQUIRE(result.exit_code == 0);
        const json j = json::parse(result.out);
        const auto begin = [&](int i) { return fs(j["operators"][i]["begin_fs"]); };
        const auto end = [&](int i) { return fs(j["operators"][i]["end_fs"]); };
        CHECK(end(0) - begin(0) == 1'234'567);
        CHECK(end(1) - begin(1) == 20'000'000'000);
        CHECK(end(2) - begin(2) == 7'000'000);
        CHECK(end(3) - begin(3) == 3'000'000);
        CHECK(begin(1) >= end(0));               // one stream: one after the other
        CHECK(begin(1) - end(0) <= 80'000'000);  // at the next edge of the launch clock
        CHECK(begin(2) == begin(0));             // another stream: at once
        CHECK(begin(3) >= end(1));               // its dependency
        CHECK(fs(j["makespan_fs"]) == end(3));
        CHECK(fs(j["replayed"]["owned_fs"]) == 1'234'567 + 20'000'000'000 + 3'000'000);
        CHECK(fs(j["replayed"]["covered_fs"]) == 7'000'000 + 20'000'000'000 + 3'000'000);
        for (const json& op : j["operators"]) {
            CHECK(op["fidelity"] == "replayed");
            CHECK(op["completed"] == 1);
            CHECK(op["hbm_bytes"] == 0);
        }
        std::int64_t sum = 0;
        for (const json& charge : j["attribution"]) {
            sum += fs(charge["fs"]);
            CHECK((charge["resource"] == "replayed" || charge["resource"] == "launch"));
        }
        CHECK(sum == fs(j["makespan_fs"]));
    }
}

TEST_CASE("an operator of the stream waits for the replayed one, others do not") {
    const TemporaryFolder folder;
    const std::string trace = (folder.path() / "t.jsonl").string();
    const std::string tensors =
        "{\"tensor\": \"a\", \"shape\": [64, 64], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"b\", \"shape\": [64, 64], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"c\", \"shape\": [64, 64], \"type\": \"bf16\"}\n";
    const auto copy = [](const char* id, const char* to, const char* stream) {
        return std::string("{\"op\": \"copy\", \"id\": \"") + id +
               "\", \"source\": \"a\", \"destination\": \"" + to + "\", \"stream\": " + stream +
               "}\n";
    };
    write_text(trace, kHeader + tensors + replay("r", "50 us") + copy("same", "b", "0") +
                          copy("other", "c", "1"));
    const auto result = vrsim("run " + trace + " --platform tiny --json - --quiet");
    REQUIRE(result.exit_code == 0);
    const json j = json::parse(result.out);
    CHECK(fs(j["operators"][1]["end_fs"]) > 50'000'000'000);
    CHECK(fs(j["operators"][2]["end_fs"]) < 50'000'000'000);
    CHECK(fs(j["replayed"]["owned_fs"]) == 50'000'000'000);
    const auto roofline =
        vrsim("run " + trace + " --platform tiny --level roofline --json - --quiet");
    REQUIRE(roofline.exit_code == 0);
    CHECK(json::parse(roofline.out)["replayed"]["operators"] == 1);
    CHECK(fs(json::parse(roofline.out)["roofline_fs"]) == 50'000'000'000);
    const auto cut = vrsim("run " + trace + " --platform tiny --max-sim-time '10 us' --quiet");
    CHECK(cut.exit_code == 5);
}

TEST_CASE("flag --max-replay is a percentage") {
    CHECK(vrsim("run traces/samples/hello_gemm.jsonl --max-replay 101").exit_code == 2);
    CHECK(vrsim("run traces/samples/hello_gemm.jsonl --max-replay x").exit_code == 2);
    CHECK(vrsim("run traces/samples/hello_gemm.jsonl --platform tiny --max-replay 0 --strict "
                "--quiet")
              .exit_code == 0);
}
