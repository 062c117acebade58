// SPDX-License-Identifier: Apache-2.0
// `vrsim workload`: files that lint and run, wrong use, and what happens to files that exist.
#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "testbenches/app/command/vrsim_checks.h"

using nlohmann::json;
using vr::test::quoted;
using vr::test::read_text;
using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::has;
using vr::testing::vrsim;

namespace {

namespace fs = std::filesystem;

std::size_t files_in(const fs::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        count += entry.exists() ? 1 : 0;
    }
    return count;
}

const std::string kSmall = "workload llama-3-8b --phase decode --batch 4 --context 64 -o ";

}  // namespace

TEST_CASE("workload writes a trace that lints, the same bytes each time, and says what it is") {
    const TemporaryFolder folder;
    const std::string a = (folder.path() / "a.jsonl").string();
    const std::string b = (folder.path() / "b.jsonl").string();
    const std::string share =
        "workload deepseek-v3 --phase decode --batch 64 --context 4096 --expert-parallel 32 -o ";
    const auto made = vrsim(share + quoted(a));
    INFO(made.err);
    REQUIRE(made.exit_code == 0);
    CHECK(has(made.out, "deepseek-v3 decode, layer 3 (mixture of experts), batch 64"));
    CHECK(has(made.out, "vrsim run " + a));
    CHECK(vrsim(share + quoted(b) + " --quiet").out.empty());
    CHECK(read_text(a) == read_text(b));
    CHECK(has(vrsim("lint " + quoted(a)).out, "a workload of 21 operators"));
    const std::string text = read_text(a);
    for (const char* part : {"\n# precision: ", "\n# attention: latent (MLA), 128 of 128 heads",
                             "\n# cache: ", "\n# routing: random (seed 1)",
                             "'received' are the rows that the 32 batches of 32 GPUs send",
                             "\n# not in the trace: collectives", "\n# contents: none"}) {
        INFO(part);
        CHECK(has(text, part));
    }
    CHECK(vrsim(share + quoted(b) + " --seed 2 --force --quiet").exit_code == 0);
    CHECK(read_text(a) != read_text(b));
    CHECK(files_in(folder.path()) == 2);

    const auto run = vrsim("run " + quoted(a) + " --level roofline --json -");
    REQUIRE(run.exit_code == 0);
    CHECK(json::parse(run.out)["complete"] == true);
}

TEST_CASE("one decode layer of each family runs to its end, operator by operator") {
    const TemporaryFolder folder;
    const std::string out = (folder.path() / "layer.jsonl").string();
    struct Case {
        const char* model;
        const char* share;
        const char* platform;
    };
    for (const Case& c : {Case{"kimi-k2", " --expert-parallel 32", "rubin"},
                          Case{"qwen3-8b", " --tensor-parallel 8", "rubin"},
                          Case{"qwen3-30b-a3b", "", "tiny"},  // most experts get no token
                          Case{"qwen3-235b-a22b", " --expert-parallel 32", "rubin"}}) {
        INFO(c.model);
        const auto made =
            vrsim(fmt::format("workload {} --phase decode --batch 8 --context 256{} "
                              "--force -o {}",
                              c.model, c.share, quoted(out)));
        INFO(made.err);
        REQUIRE(made.exit_code == 0);
        const auto run =
            vrsim(fmt::format("run {} --platform {} --json -", quoted(out), c.platform));
        REQUIRE(run.exit_code == 0);
        const json report = json::parse(run.out);
        CHECK(report["complete"] == true);
        CHECK(std::stoll(report.at("roofline_fs").get<std::string>()) <
              std::stoll(report.at("makespan_fs").get<std::string>()));
        std::size_t own = 0;  // a second kernel of the attention is none of the trace's
        for (const json& op : report["operators"]) {
            INFO(op.at("id"));
            own += op.at("id").get<std::string>().ends_with(".merge") ? 0 : 1;
            CHECK(op.at("completed") == op.at("total"));
            CHECK(op.at("begin_fs") != op.at("end_fs"));
        }
        std::size_t written = 0;
        const std::string text = read_text(out);
        for (std::size_t at = 0; (at = text.find("\n{\"op\": ", at)) != std::string::npos; ++at) {
            ++written;
        }
        CHECK(own == written);
        CHECK(written >= 13);
    }
}

TEST_CASE("workload reads a config.json of the user's") {
    const TemporaryFolder folder;
    const std::string config = (folder.path() / "config.json").string();
    const std::string out = (folder.path() / "out.jsonl").string();
    json object = json::parse(read_text(VRSIM_SOURCE_DIR "/traces/models/llama-3-8b.json"));
    object["num_hidden_layers"] = 3;
    write_text(config, object.dump(2));
    const std::string rest =
        " --phase prefill --batch 2 --context 128 --layers 3 -o " + quoted(out);
    const auto made = vrsim("workload " + quoted(config) + rest);
    INFO(made.err);
    CHECK(made.exit_code == 0);
    CHECK(has(made.out, "layers 0 to 2 (dense)"));
    CHECK(has(vrsim("lint " + quoted(out)).out, "a workload of 33 operators"));

    object["hidden_size"] = "4096";
    object.erase("intermediate_size");
    write_text(config, object.dump(2));
    const auto wrong = vrsim("workload " + quoted(config) + rest + " --force");
    CHECK(wrong.exit_code == 3);
    CHECK(wrong.out.empty());
    CHECK(has(wrong.err, config + ":3: 'hidden_size' is \"4096\"; allowed: an integer from 1"));
    CHECK(has(wrong.err, "key 'intermediate_size' is missing"));
    CHECK(has(vrsim("lint " + quoted(out)).out, "a workload of 33 operators"));  // as it was
    CHECK(vrsim("workload " + quoted(config + ".json") + rest + " --force").exit_code == 3);
    CHECK(files_in(folder.path()) == 2);
}

TEST_CASE("workload: wrong use is exit 2, shares that the model does not have are exit 3") {
    const TemporaryFolder folder;
    const std::string out = quoted((folder.path() / "o.jsonl").string());
    const auto expect = [&](const std::string& arguments, int code, const std::string& text) {
        const auto result = vrsim(arguments);
        INFO(arguments << "\n" << result.err);
        CHECK(result.exit_code == code);
        CHECK(result.out.empty());
        CHECK(has(result.err, text));
        CHECK(files_in(folder.path()) == 0);
    };
    const std::string rest = " --phase decode --batch 4 --context 64 -o " + out;
    expect("workload lama-3-8b" + rest, 2, "did you mean 'llama-3-8b'?");
    expect("workload gpt" + rest, 2,
           "unknown model 'gpt'; allowed: deepseek-r1, deepseek-v3, kimi-k2, llama-3-405b, "
           "llama-3-70b, llama-3-8b, qwen3-235b-a22b, qwen3-30b-a3b, qwen3-32b, qwen3-8b, or a "
           "path ending in .json");
    expect("workload" + rest, 2, "MODEL is required");
    expect("workload llama-3-8b --batch 4 --context 64 -o " + out, 2, "--phase is required");
    expect("workload llama-3-8b --phase decode --context 64 -o " + out, 2, "--batch is required");
    expect("workload llama-3-8b --phase decode --batch 4 -o " + out, 2, "--context is required");
    expect("workload llama-3-8b --phase decode --batch 4 --context 64", 2, "--output is required");
    expect("workload llama-3-8b" + rest + " --precision int8", 2, "int8 not in {fp8,nvfp4,bf16}");
    expect("workload llama-3-8b" + rest + " --routing fair", 2, "fair not in {random,even}");
    expect("workload llama-3-8b" + rest + " --tensor-parallel 0", 2, "--tensor-parallel");
    expect("workload llama-3-8b" + rest + " --first-layer -1", 2, "--first-layer");
    expect("workload llama-3-8b" + rest + " --layer 2", 2, "did you mean '--layers'?");
    expect("workload llama-3-8b" + rest + " --tensor-parallel 5", 3,
           "traces/models/llama-3-8b.json:6: --tensor-parallel 5 does not divide "
           "'num_attention_heads' 32; allowed: a divisor of 32");
    expect("workload llama-3-8b --phase decode --batch 4 --context 64 -o " +
               quoted((folder.path() / "none" / "o.jsonl").string()),
           2, "give a path in a folder that exists");
}

TEST_CASE("workload overwrites with --force only") {
    const TemporaryFolder folder;
    const std::string out = (folder.path() / "o.jsonl").string();
    write_text(out, "mine\n");
    const auto refused = vrsim(kSmall + quoted(out));
    CHECK(refused.exit_code == 2);
    CHECK(has(refused.err, "workload: '" + out + "' exists; --force overwrites it"));
    CHECK(read_text(out) == "mine\n");
    CHECK(vrsim(kSmall + quoted(out) + " --force").exit_code == 0);
    CHECK(has(read_text(out), "\"vrsim_trace\": 1"));
    CHECK(files_in(folder.path()) == 1);
}
