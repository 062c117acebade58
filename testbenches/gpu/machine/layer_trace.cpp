// SPDX-License-Identifier: Apache-2.0
#include "testbenches/gpu/machine/layer_trace.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "traces/generate/generate_workload.h"

namespace vr::testing {

namespace {
const char* const kSmallModel = R"({
    "model_type": "deepseek_v3", "hidden_act": "silu", "hidden_size": 256,
    "num_hidden_layers": 1, "num_attention_heads": 8, "q_lora_rank": 96, "kv_lora_rank": 128,
    "qk_nope_head_dim": 32, "qk_rope_head_dim": 32, "v_head_dim": 32, "intermediate_size": 512,
    "moe_intermediate_size": 128, "n_routed_experts": 16, "n_shared_experts": 1,
    "num_experts_per_tok": 4, "n_group": 4, "topk_group": 2, "scoring_func": "sigmoid",
    "norm_topk_prob": true, "routed_scaling_factor": 2.5, "rms_norm_eps": 1e-6,
    "rope_scaling": {"type": "yarn", "factor": 4, "mscale_all_dim": 1.0}})";
}  // namespace

plain::LayerSizes sizes_of(Precision precision, std::int64_t context) {
    plain::LayerSizes s;
    s.heads = 8;
    s.q_rank = 96;
    s.kv_rank = 128;
    s.nope = s.rope = s.value = 32;
    s.context = context;
    s.experts = 16;
    s.chosen = s.groups = 4;
    s.groups_kept = 2;
    s.routed_scale = 2.5;
    s.epsilon = 1e-6;
    s.attention_scale = std::pow(0.1 * std::log(4.0) + 1, 2) / 8;
    s.operands = precision == Precision::kFp8 ? plain::kE4m3Format : plain::kBf16Format;
    return s;
}

std::string part_of_layer(Precision precision, std::int64_t batch, std::int64_t context,
                          const std::string& first, const std::string& last) {
    LayerRequest request;
    request.precision = precision;
    request.batch = batch;
    request.context = context;
    const ModelConfig model = parse_model_config(kSmallModel, "small.json", "small");
    std::istringstream text(generate_workload(model, request).text);
    std::vector<nlohmann::ordered_json> tensors;
    std::string operators;
    std::set<std::string> written;
    bool within = false;
    bool ended = false;
    for (std::string line; std::getline(text, line);) {
        if (line.empty() || line[0] != '{') {
            continue;
        }
        const auto object = nlohmann::ordered_json::parse(line);
        if (object.contains("tensor")) {
            tensors.push_back(object);
        } else if (object.contains("op")) {
            within = within || object.at("id") == first;
            if (within && !ended) {
                operators += line + "\n";
                written.insert(object.at(object.contains("d") ? "d" : "output"));
            }
            ended = ended || object.at("id") == last;
        }
    }
    REQUIRE(ended);
    std::string out = "{\"vrsim_trace\": 1, \"name\": \"part of a layer\"}\n";
    for (auto& tensor : tensors) {
        const std::string name = tensor.at("tensor");
        if (operators.find("\"" + name + "\"") == std::string::npos) {
            continue;
        }
        if (!written.contains(name) || name == "latent_cache") {
            tensor["data"] = "seeded";
        }
        out += tensor.dump() + "\n";
    }
    return out + operators;
}

std::string with_rows(const std::string& text, const std::vector<std::int64_t>& rows) {
    std::istringstream lines(text);
    std::string out;
    for (std::string line; std::getline(lines, line);) {
        auto object = nlohmann::ordered_json::parse(line);
        if (object.contains("rows")) {
            object["rows"] = rows;
        }
        out += object.dump() + "\n";
    }
    return out;
}

}  // namespace vr::testing
