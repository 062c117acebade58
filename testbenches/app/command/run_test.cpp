// SPDX-License-Identifier: Apache-2.0
// `vrsim run` from trace to report, at the roofline level, where every number can be worked out by
// hand.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "testbenches/app/command/vrsim_command.h"

using Catch::Matchers::Contains;
using nlohmann::json;
using vr::test::read_text;
using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::vrsim;

namespace {

const std::string kHello = "run traces/samples/hello_gemm.jsonl --platform tiny --level roofline";

std::int64_t fs(const json& value) {
    return std::stoll(value.get<std::string>());
}

}  // namespace

TEST_CASE("a run at the roofline level: exit 0, laws kept, sums right") {
    const auto result = vrsim(kHello + " --json -");
    REQUIRE(result.exit_code == 0);
    const json j = json::parse(result.out);  // nothing but JSON on standard output
    CHECK(result.err.find("where the time went") != std::string::npos);
    CHECK(j["level"] == "roofline");
    std::int64_t sum = 0;
    for (const json& charge : j["attribution"]) {
        sum += fs(charge["fs"]);
    }
    CHECK(sum == fs(j["makespan_fs"]));
    for (const json& resource : j["resources"]) {
        CHECK(resource["achieved"].get<std::int64_t>() <= resource["peak"].get<std::int64_t>());
        CHECK(resource["achieved"].get<std::int64_t>() > 0);
    }
    CHECK(j["operators"][0]["flops"] == 2 * 128 * 128 * 512);
    CHECK(j["operators"][0]["hbm_bytes"] == 2 * 128 * 512);
    CHECK(j["tensors"][0]["requested_bytes"] == 128 * 512);
    CHECK(j["configuration"]["parameters"].size() > 50);
    CHECK(fs(j["roofline_fs"]) <= fs(j["makespan_fs"]));
    for (const json& law : j["laws"]) {
        CHECK(law["passed"] == true);
    }
}

TEST_CASE("the demo is the decoder layer: its state by role and its tokens per second") {
    const auto result = vrsim("demo --level roofline");
    REQUIRE(result.exit_code == 0);
    CHECK_THAT(result.out, Contains("one decoder layer of DeepSeek-V3"));
    CHECK_THAT(result.out, Contains("tokens/s through 1 of 61 layers"));
    CHECK_THAT(result.out, Contains("weights       605.0 MB"));
    CHECK_THAT(result.out, Contains("cache         151.0 MB"));
    CHECK_THAT(result.out, Contains("\n  bound by  HBM"));
}

TEST_CASE("projections: memory sets the pace at 64 tokens, tensor cores at 16,384") {
    const auto bound = [](const std::string& tokens) {
        const auto result = vrsim("run traces/samples/deepseek_v3_projections_" + tokens +
                                  ".jsonl --level roofline --json - --quiet");
        REQUIRE(result.exit_code == 0);
        CHECK(result.err.empty());
        const json j = json::parse(result.out);
        std::string largest;
        std::int64_t most = 0;
        for (const json& charge : j["attribution"]) {
            if (fs(charge["fs"]) > most) {
                most = fs(charge["fs"]);
                largest = charge["resource"];
            }
        }
        CHECK(j["bound_by"]["resource"] == largest);
        CHECK(fs(j["bound_by"]["fs"]) == most);
        return largest;
    };
    CHECK(bound("64") == "HBM");
    CHECK(bound("16384") == "tensor core");
}

TEST_CASE("two runs give equal bytes outside `host`") {
    json a = json::parse(vrsim(kHello + " --json - --quiet").out);
    json b = json::parse(vrsim(kHello + " --json - --quiet").out);
    a.erase("host");
    b.erase("host");
    CHECK(a.dump() == b.dump());
    CHECK(json::parse(vrsim(kHello + " --seed 2 --json - --quiet").out)["seed"] == "2");
}

TEST_CASE("result files are whole or absent") {
    const TemporaryFolder folder;
    const std::string base = folder.path().string();
    CHECK(vrsim(kHello + " --quiet --json " + base + "/r.json --events " + base + "/r.pftrace")
              .exit_code == 0);
    CHECK(json::parse(read_text(base + "/r.json"))["schema_version"] == 1);
    CHECK(read_text(base + "/r.pftrace").size() > 100);
    CHECK_FALSE(std::filesystem::exists(base + "/r.json.partial"));
    // A run that fails after the files were opened leaves neither.
    CHECK(
        vrsim(kHello + " --json " + base + "/x.json --events " + base + "/none/x.txt").exit_code ==
        2);
    CHECK_FALSE(std::filesystem::exists(base + "/x.json"));
    CHECK_FALSE(std::filesystem::exists(base + "/x.json.partial"));
}

TEST_CASE("problems of the trace and of the platform come together, exit 3") {
    const TemporaryFolder folder;
    const std::string trace = (folder.path() / "bad.jsonl").string();
    write_text(trace, "{\"vrsim_trace\": 1, \"name\": \"t\"}\n{\"op\": \"gem\", \"id\": \"x\"}\n");
    const auto result = vrsim("run " + trace + " --platform tiny --set gpu.l2.slics=3");
    CHECK(result.exit_code == 3);
    CHECK(result.out.empty());
    CHECK(result.err.find("slics") != std::string::npos);
    CHECK(result.err.find("bad.jsonl:2:2: unknown operator 'gem'") != std::string::npos);
    CHECK(vrsim("run no/such.jsonl --platform tiny").exit_code == 3);
    CHECK(vrsim("lint " + trace).exit_code == 3);
}

TEST_CASE("an operator on a GPU that the platform does not have") {
    const TemporaryFolder folder;
    const std::string trace = (folder.path() / "far.jsonl").string();
    write_text(trace,
               "{\"vrsim_trace\": 1, \"name\": \"t\"}\n"
               "{\"tensor\": \"a\", \"shape\": [64, 64], \"type\": \"bf16\"}\n"
               "{\"tensor\": \"b\", \"shape\": [64, 64], \"type\": \"bf16\"}\n"
               "{\"op\": \"copy\", \"id\": \"c\", \"source\": \"a\", \"destination\": \"b\", "
               "\"gpu\": 9}\n");
    const auto result = vrsim("run " + trace + " --platform tiny --level roofline");
    CHECK(result.exit_code == 3);
    CHECK(result.err == "vrsim: " + trace +
                            ":4: operator 'c' is on GPU 9; allowed: 0 to 0, the GPUs of this "
                            "platform\n");
}

TEST_CASE("option --max-sim-time ends a run with exit 5 and its report") {
    const auto result = vrsim(kHello + " --max-sim-time '1 ps'");
    CHECK(result.exit_code == 5);
    CHECK(result.out.find("stopped by --max-sim-time") != std::string::npos);
    CHECK(result.err.find("stopped at --max-sim-time 1.000 ps with work left") !=
          std::string::npos);
}

TEST_CASE("option --print-config prints a platform that loads again") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "p.toml").string();
    const auto printed = vrsim(kHello + " --print-config --set gpu.sms=4");
    REQUIRE(printed.exit_code == 0);
    write_text(file, printed.out);
    CHECK(vrsim("lint " + file).exit_code == 0);
    const json a = json::parse(vrsim(kHello + " --set gpu.sms=4 --json - --quiet").out);
    const json b =
        json::parse(vrsim("run traces/samples/hello_gemm.jsonl --level roofline --platform " +
                          file + " --json - --quiet")
                        .out);
    CHECK(a["makespan_fs"] == b["makespan_fs"]);
}

TEST_CASE("option --quiet prints nothing, --profile of another world is an error") {
    const auto quiet = vrsim(kHello + " --quiet");
    CHECK(quiet.exit_code == 0);
    CHECK(quiet.out.empty());
    CHECK(quiet.err.empty());
    CHECK(vrsim(kHello + " --profile nowhere").exit_code == 3);
}

TEST_CASE("params: the ledger, one entry, a tail, JSON, and the nearest") {
    const auto all = vrsim("params --platform tiny");
    CHECK(all.exit_code == 0);
    CHECK(all.out.find("gpu.l2.capacity") != std::string::npos);
    const auto one = vrsim("params gpu.l2.capacity --platform tiny");
    CHECK(one.out.find("gpu.l2.capacity = 256 KiB\n") == 0);
    CHECK(one.out.find("tiny.toml:") != std::string::npos);
    CHECK(vrsim("params l2.capacity --platform tiny").out == one.out);
    const json j = json::parse(vrsim("params gpu.l2 --platform tiny --json -").out);
    CHECK(j.size() > 5);
    CHECK(j[0]["path"].get<std::string>().rfind("gpu.l2.", 0) == 0);
    const auto wrong = vrsim("params gpu.l2.capasity --platform tiny");
    CHECK(wrong.exit_code == 2);
    CHECK(wrong.err.find("did you mean 'gpu.l2.capacity'?") != std::string::npos);
}

TEST_CASE("mem: the four patterns are answered") {
    for (const char* pattern : {"seq", "rand", "mixseq", "mixrand"}) {
        INFO(pattern);
        const auto result = vrsim("mem --pattern " + std::string(pattern) +
                                  " --requests 20000 --platform tiny --json -");
        REQUIRE(result.exit_code == 0);
        const json j = json::parse(result.out);
        CHECK(j["requests"] == 20000);
        CHECK(j["answered"] == 20000);
        CHECK(j["counters"]["writes"] == (pattern[0] == 'm' ? 6666 : 0));
        CHECK(j["resources"][0]["achieved"] <= j["resources"][0]["peak"]);
        std::int64_t sum = 0;
        for (const json& charge : j["attribution"]) {
            sum += fs(charge["fs"]);
        }
        CHECK(sum == fs(j["latency_sum_fs"]));
        CHECK(sum > 0);
        for (const char* part : {"latency", "hits", "refresh", "address map"}) {
            CHECK(result.err.find(part) != std::string::npos);
        }
    }
}

TEST_CASE("mem: the committed DRAMsim3 slice is answered, into a channel and into a GPU's memory") {
    std::string trace;
    for (const auto& entry :
         std::filesystem::directory_iterator(VRSIM_SOURCE_DIR "/traces/samples/memory")) {
        if (entry.path().extension() == ".trace") {
            trace = entry.path().string();
        }
    }
    REQUIRE_FALSE(trace.empty());
    for (const char* target : {"channel", "gpu"}) {
        INFO(target);
        const auto result =
            vrsim("mem " + trace + " --platform rubin --json - --target " + std::string(target));
        INFO(result.err);
        REQUIRE(result.exit_code == 0);
        const json j = json::parse(result.out);
        CHECK(j["requests"] == 16000);
        CHECK(j["answered"] == 16000);
        CHECK(j["input_digest"].get<std::string>().size() == 16);
    }
    const TemporaryFolder folder;
    const std::string far = (folder.path() / "far.trace").string();
    write_text(far, "0xffffffffffc0 READ 1\n");
    const auto result = vrsim("mem " + far);
    CHECK(result.exit_code == 3);
    CHECK(result.err.find("far.trace:1:1: 64 B at 0xffffffffffc0 lie beyond the memory; allowed: "
                          "up to 0x47ffffff, the last of ") != std::string::npos);
    CHECK(vrsim("mem no/such.trace").exit_code == 3);
}

TEST_CASE("bench prints an array of objects") {
    const json j = json::parse(vrsim("bench trace_reading --json -").out);
    REQUIRE(j.size() == 1);
    for (const char* key : {"name", "value", "unit", "baseline", "ratio"}) {
        CHECK(j[0].contains(key));
    }
    CHECK(j[0]["value"] > 0);
    CHECK(j[0]["ratio"] > 0);
}

TEST_CASE("bench compares with a baseline of the same run") {
    const json j = json::parse(vrsim("bench numerics gpu_region --json -").out);
    REQUIRE(j.size() == 3);
    CHECK(j[0]["name"] == "numerics");
    CHECK(j[1]["name"] == "numerics_nvfp4");
    for (const std::size_t i : {0U, 1U}) {
        CHECK(j[i]["ratio"] > 2);  // the fast path earns its name
    }
    CHECK(j[2]["baseline"] > 0);
}

TEST_CASE("validate judges the tensor core of the B200: 0, and 1 with a wrong parameter") {
    const auto right = vrsim("validate umma_tensor_core_b200 --json -");
    CHECK(right.exit_code == 0);
    const json j = json::parse(right.out);
    REQUIRE(j.size() == 2);  // all devices, then each
    CHECK(j[0]["device"] == "all");
    CHECK(j[1]["device"] == "B200-SXM");
    CHECK(j[1]["rows"] == j[0]["judged"]);
    CHECK(j[1]["not_modelled"] == 0);
    for (const char* key :
         {"median_abs_log_ratio", "p90_abs_log_ratio", "roofline_median_abs_log_ratio"}) {
        CHECK(j[0][key] == j[1][key]);
    }
    CHECK(j[0]["median_abs_log_ratio"] < 0.03);
    CHECK(j[0]["family"] == "umma_tensor_core_b200");
    CHECK(j[0]["passed"] == true);
    CHECK(j[0]["experiments"].size() == 4);
    CHECK(right.err.find("umma_latency ") != std::string::npos);
    CHECK(right.err.find("worst rows") != std::string::npos);
    CHECK(right.err.find("medians of two halves") != std::string::npos);
    const auto wrong =
        vrsim("validate umma_tensor_core_b200 --set 'gpu.sm.shared_memory.read_width=64 B/clk'");
    CHECK(wrong.exit_code == 1);
    CHECK(wrong.out.find("FAILED: umma_initiation_interval_fit") != std::string::npos);
}

TEST_CASE("validate on the committed data, at the roofline level") {
    // Of the small operations those that move data: the others say why they do not count.
    const auto small = vrsim("validate small_ops_b200 --level roofline --json -");
    REQUIRE(small.exit_code == 0);
    CHECK(json::parse(small.out)[0]["judged"] == 6);
    CHECK(json::parse(small.out)[0]["left_out_rows"].size() == 33);
    const auto grouped = vrsim("validate gemm_grouped --level roofline --json -");
    REQUIRE(grouped.exit_code == 0);
    CHECK(json::parse(grouped.out)[0]["left_out_rows"].empty());
    CHECK(json::parse(grouped.out)[0]["judged"] == 10);  // the faster of two releases
    const auto attention = vrsim("validate attention --level roofline --json -");
    REQUIRE(attention.exit_code == 0);
    CHECK(json::parse(attention.out)[0]["judged"] == 6);
    CHECK(json::parse(attention.out)[0]["left_out_rows"].size() == 9);  // without sizes
    const auto result = vrsim("validate gemm_dense --level roofline --json -");
    REQUIRE(result.exit_code == 0);
    const json j = json::parse(result.out);
    CHECK(j[0]["family"] == "gemm_dense");
    CHECK(j[0]["rows"] == 96);
    CHECK(j[0]["judged"] > 10);
    CHECK(j[0]["level"] == "roofline");
    CHECK(j[0]["modelled"] == j[0]["judged"]);
    CHECK(j[0]["median"] == j[0]["roofline_median"]);
    CHECK(j[0]["passed"].is_null());
    CHECK(result.err.find("printed, not judged") != std::string::npos);
}

TEST_CASE("a product that a platform's tensor cores cannot do is refused with the line") {
    for (const char* platform : {"h100_sxm", "a100_80gb"}) {
        const auto result =
            vrsim(std::string("run traces/samples/nvfp4_gemm.jsonl --platform ") + platform);
        CHECK(result.exit_code == 3);
        CHECK(result.err.find("nvfp4_gemm.jsonl:") != std::string::npos);
        CHECK(result.err.find("multiplies nvfp4") != std::string::npos);
        CHECK(result.err.find("k_bytes") != std::string::npos);
    }
    CHECK(vrsim("run traces/samples/hello_gemm.jsonl --platform h100_sxm").exit_code == 0);
}

TEST_CASE("a run under a power limit says its clock, and the report its parts") {
    const auto result = vrsim(
        "run traces/samples/bf16_gemm.jsonl --platform h100_sxm --set gpu.power.limit=200 --json "
        "-");
    REQUIRE(result.exit_code == 0);
    CHECK(result.err.find("  clock     ") != std::string::npos);
    const json j = json::parse(result.out);
    CHECK(j["power"]["governor"] == "steady");
    CHECK(j["power"]["parts"].size() == 7);
    CHECK(j["power"]["full_sm_clock_hz"] == 1'980'000'000);
    CHECK(j["power"]["milliwatts"] <= j["power"]["limit_milliwatts"]);
}

TEST_CASE("run --beside prints the times of the same trace on another platform, and their ratios") {
    const std::string trace = "run traces/samples/hello_gemm.jsonl --platform ";
    const auto result = vrsim(trace + "tiny --beside b200 --json -");
    REQUIRE(result.exit_code == 0);
    const json beside = json::parse(result.out)["beside"];
    const json there = json::parse(vrsim(trace + "b200 --json -").out);
    CHECK(beside["platform"] == "b200");
    CHECK(beside["complete"] == true);
    CHECK(beside["makespan_fs"] == there["makespan_fs"]);
    REQUIRE(beside["operators"].size() == 1);
    CHECK(beside["operators"][0]["id"] == there["operators"][0]["id"]);
    bool hbm = false;
    for (const json& peak : beside["peaks"]) {
        hbm = hbm || (peak["resource"] == "HBM" && peak["there"] > peak["here"]);
    }
    CHECK(hbm);
    CHECK(result.err.find("beside b200") != std::string::npos);
    CHECK_FALSE(there.contains("beside"));
    const auto unknown = vrsim(trace + "tiny --beside b2000");
    CHECK(unknown.exit_code == 3);
    CHECK(unknown.err.find("b2000") != std::string::npos);
}

TEST_CASE("run --what-if prints what twice of each resource gives, by re-runs") {
    const auto result =
        vrsim("run traces/samples/hello_gemm.jsonl --platform tiny --what-if --json -");
    REQUIRE(result.exit_code == 0);
    CHECK(result.err.find("what if, each from a run of its own") != std::string::npos);
    CHECK(result.err.find("twice the HBM's rate") != std::string::npos);
    const json j = json::parse(result.out);
    REQUIRE(j["what_if"].size() >= 3);
    for (const json& what : j["what_if"]) {
        CHECK(std::stoll(what["makespan_fs"].get<std::string>()) > 0);
    }
    const auto plain = vrsim("run traces/samples/hello_gemm.jsonl --platform tiny --json -");
    CHECK(json::parse(plain.out)["makespan_fs"] == j["makespan_fs"]);
    CHECK_FALSE(json::parse(plain.out).contains("what_if"));
    const auto wrong =
        vrsim("run traces/samples/hello_gemm.jsonl --platform tiny --what-if --level roofline");
    CHECK(wrong.exit_code == 2);
    CHECK(wrong.err.find("--what-if") != std::string::npos);
}
