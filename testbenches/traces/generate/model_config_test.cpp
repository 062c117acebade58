// SPDX-License-Identifier: Apache-2.0
// Configurations as models carry them: what is read, and what is said of missing and wrong keys.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "testbenches/traces/generate/generate_rig.h"

using namespace vr;
using namespace vr::testing;
using nlohmann::json;

namespace {

json object_of(const std::string& name) {
    std::ifstream file(VRSIM_SOURCE_DIR "/traces/models/" + name + ".json");
    return json::parse(file);
}

std::string problems_of(const std::string& text) {
    try {
        (void)parse_model_config(text, "c.json", "c");
    } catch (const InputError& error) {
        std::string all;
        for (const Diagnostic& problem : error.diagnostics()) {
            all += problem.text() + "\n";
        }
        return all;
    }
    return "no error";
}

void expect(const json& object, const std::string& text) {
    const std::string found = problems_of(object.dump(2));
    INFO(found);
    CHECK(found.find(text) != std::string::npos);
}

json with(json object, const std::string& key, const json& value) {
    object[key] = value;
    return object;
}

json without(json object, const std::string& key) {
    object.erase(key);
    return object;
}

}  // namespace

TEST_CASE("DeepSeek-R1 has the shapes of DeepSeek-V3") {
    CHECK(object_of("deepseek-r1") == object_of("deepseek-v3"));
}

TEST_CASE("keys that are not needed are skipped, standards fill what may be left out") {
    json llama = object_of("llama-3-8b");
    llama["torch_dtype"] = "bfloat16";
    llama["quantization_config"] = {{"bits", 4}};
    CHECK(problems_of(llama.dump(2)) == "no error");
    llama.erase("num_key_value_heads");
    CHECK(parse_model_config(llama.dump(), "c", "c").kv_heads == 32);
    llama["head_dim"] = 64;
    CHECK(parse_model_config(llama.dump(), "c", "c").head_columns == 64);
    json deepseek = object_of("deepseek-v3");
    deepseek["rope_scaling"] = nullptr;
    CHECK(parse_model_config(deepseek.dump(), "c", "c").attention_scale ==
          Approx(1 / std::sqrt(192.0)).epsilon(1e-6));
}

TEST_CASE("each required key is missed by name") {
    for (const std::string name :
         {"deepseek-v3", "kimi-k2", "llama-3-8b", "qwen3-8b", "qwen3-30b-a3b"}) {
        const json whole = object_of(name);
        for (auto item = whole.begin(); item != whole.end(); ++item) {
            const std::string& key = item.key();
            // Those with a standard of their own.
            const bool optional =
                key == "rms_norm_eps" || key == "max_position_embeddings" ||
                (key == "num_key_value_heads" && name == "llama-3-8b") || key == "rope_scaling" ||
                key == "use_sliding_window" || key == "mlp_only_layers" ||
                key == "decoder_sparse_step" || key == "first_k_dense_replace" ||
                key == "moe_layer_freq" || key == "n_group" || key == "topk_group" ||
                key == "norm_topk_prob" || key == "topk_method" || key == "routed_scaling_factor";
            const std::string found = problems_of(without(whole, key).dump(2));
            INFO(name << " without " << key << ": " << found);
            const bool named = found.find("c.json: key '" + key + "' is missing; allowed: \"" +
                                          key + "\": ") != std::string::npos;
            CHECK((optional || named));
        }
    }
    expect(with(object_of("llama-3-8b"), "hidden_size", nullptr), "key 'hidden_size' is null");
    json misspelt = without(object_of("llama-3-8b"), "hidden_size");
    misspelt["hiden_size"] = 4096;
    expect(misspelt, "did you mean 'hiden_size'?");
}

TEST_CASE("wrong values are refused with line, value and what is allowed") {
    const json llama = object_of("llama-3-8b");
    const json deepseek = object_of("deepseek-v3");
    expect(with(llama, "model_type", "mixtral"),
           "'model_type' is \"mixtral\"; allowed: deepseek_v3, kimi_k2, llama, qwen3, qwen3_moe; "
           "other "
           "architectures are not");
    expect(with(llama, "hidden_size", "4096"),
           "'hidden_size' is \"4096\"; allowed: an integer from 1 to 1073741824");
    expect(with(llama, "hidden_size", -1), "'hidden_size' is -1");
    expect(with(llama, "hidden_size", 4096.5), "'hidden_size' is 4096.5");
    expect(with(llama, "hidden_size", 18446744073709551615ULL), "'hidden_size' is 18446744073");
    expect(with(llama, "rms_norm_eps", "small"), "'rms_norm_eps' is \"small\"");
    expect(with(llama, "num_key_value_heads", 5), "'num_key_value_heads' is 5 with 32 heads");
    expect(with(llama, "num_attention_heads", 48), "48 heads do not divide hidden_size 4096");
    expect(with(llama, "hidden_act", "gelu"), "'hidden_act' is \"gelu\"; allowed: silu");
    expect(with(llama, "attention_bias", true), "'attention_bias' is true; allowed: false");
    expect(with(llama, "mlp_bias", true), "'mlp_bias' is true");
    expect(with(llama, "mlp_bias", 1), "'mlp_bias' is 1; allowed: true or false");
    expect(with(llama, "sliding_window", 4096), "'sliding_window' is set");
    expect(with(deepseek, "q_lora_rank", nullptr), "key 'q_lora_rank' is null");
    expect(with(deepseek, "scoring_func", "tanh"), "allowed: sigmoid, softmax");
    expect(with(deepseek, "topk_method", "greedy"), "allowed: noaux_tc");
    expect(with(deepseek, "moe_layer_freq", 2), "'moe_layer_freq' is not 1");
    expect(with(deepseek, "n_group", 7), "n_group divides n_routed_experts");
    expect(with(deepseek, "num_experts_per_tok", 129), "129 experts per token of 256 in 8 groups");
    expect(with(deepseek, "rope_scaling", 3), "'rope_scaling' is no object");
    expect(with(deepseek, "rope_scaling", {{"type", "linear"}, {"factor", 2}}),
           "'type' is \"linear\"; allowed: yarn");
    expect(with(deepseek, "rope_scaling", {{"type", "yarn"}}), "key 'factor' is missing");
    // The line is that of the key; several problems come together.
    const std::string two = problems_of(
        "{\"model_type\": \"llama\",\n\"hidden_act\": \"silu\",\n"
        "\"hidden_size\": 0,\n\"num_hidden_layers\": []}");
    INFO(two);
    CHECK(two.find("c.json:3: 'hidden_size' is 0") != std::string::npos);
    CHECK(two.find("c.json:4: 'num_hidden_layers' is []") != std::string::npos);
    CHECK(two.find("key 'intermediate_size' is missing") != std::string::npos);
}

TEST_CASE("keys of Qwen3 that contradict each other, or say another layer, are refused") {
    const json dense = object_of("qwen3-8b");
    const json mixed = object_of("qwen3-30b-a3b");
    expect(with(dense, "num_experts", 128),
           "'num_experts' in a model of type qwen3, whose layers are dense; allowed: no such key, "
           "or \"model_type\": \"qwen3_moe\"");
    expect(with(dense, "num_local_experts", 128), "'num_local_experts' in a model of type qwen3");
    expect(with(dense, "num_key_value_heads", 5), "'num_key_value_heads' is 5 with 32 heads");
    expect(with(dense, "attention_bias", true), "'attention_bias' is true; allowed: false");
    expect(with(dense, "use_sliding_window", true), "'use_sliding_window' is true; allowed: false");
    expect(with(mixed, "num_local_experts", 64),
           "'num_local_experts' is not equal to 'num_experts'; allowed: one of the two keys, or "
           "equal values");
    expect(with(mixed, "num_experts_per_tok", 129),
           "'num_experts_per_tok' is 129 with 'num_experts' 128; allowed: at most 128");
    expect(with(mixed, "decoder_sparse_step", 2), "'decoder_sparse_step' is not 1; allowed: 1");
    expect(with(mixed, "shared_expert_intermediate_size", 768),
           "'shared_expert_intermediate_size' is set; allowed: 0, or no such key");
    expect(with(mixed, "norm_topk_prob", "yes"), "'norm_topk_prob' is \"yes\"");
    for (const json& list : {json(3), json({1}), json({0, 2}), json({"0"})}) {
        expect(with(mixed, "mlp_only_layers", list),
               "'mlp_only_layers' is not a list of the first layers; allowed: [], or [0], or");
    }
}

TEST_CASE("what Qwen3 may say in more than one way") {
    json mixed = object_of("qwen3-30b-a3b");
    mixed["sliding_window"] = 4096;  // a width without its flag says nothing
    mixed["mlp_only_layers"] = {0, 1};
    mixed["num_local_experts"] = mixed["num_experts"];
    mixed.erase("num_experts");
    mixed.erase("norm_topk_prob");
    const ModelConfig config = parse_model_config(mixed.dump(2), "c.json", "c");
    CHECK(config.mixture.experts == 128);
    CHECK_FALSE(config.mixture.normalise);
    CHECK_FALSE(config.is_mixture(1));
    CHECK(config.is_mixture(2));
    LayerRequest request = request_of(Phase::kDecode, Precision::kFp8, 4, 64);
    request.expert_parallel = 3;
    const auto problems = request_problems(config, request);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].text().find("does not divide 'num_local_experts' 128") != std::string::npos);
}

TEST_CASE("files that are no configuration") {
    CHECK(problems_of("{\n\"a\": 1,\n}").find("c.json:3: the model's configuration is not JSON") ==
          0);
    CHECK(problems_of("[1]").find("c.json: the file holds a JSON array") == 0);
    CHECK(problems_of("").find("the model's configuration is not JSON") != std::string::npos);
    try {
        (void)read_model_config("/nowhere/config.json", "c");
        FAIL("no error");
    } catch (const InputError& error) {
        CHECK(error.diagnostics().front().text().find(
                  "/nowhere/config.json: the model's configuration cannot be read: No such file") ==
              0);
    }
}
