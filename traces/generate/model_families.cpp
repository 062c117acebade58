// SPDX-License-Identifier: Apache-2.0
#include "traces/generate/model_families.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace vr {

using nlohmann::json;

namespace {

// Scale of the products of queries and keys. YaRN stretches it with the context: the square of
// 0.1 mscale_all_dim ln(factor) + 1 (arXiv:2309.00071, section 3.4, in the form of DeepSeek's
// published model code).
float latent_scale(ConfigKeys& keys, const LatentAttention& latent, const std::string& text,
                   const std::string& file, std::vector<Diagnostic>& problems) {
    const double plain = 1.0 / std::sqrt(static_cast<double>(latent.nope + latent.rope));
    if (!keys.has("rope_scaling")) {
        return static_cast<float>(plain);
    }
    const json& object = keys.object().at("rope_scaling");
    if (!object.is_object()) {
        keys.problem("rope_scaling", "'rope_scaling' is no object", "an object, or null",
                     "take the value from the model's own config.json");
        return static_cast<float>(plain);
    }
    ConfigKeys scaling(object, text, file, problems);
    const std::string key = scaling.has("rope_type") ? "rope_type" : "type";
    (void)scaling.word(key, {"yarn"});
    const double factor = scaling.number("factor", 1e-3, 1e6);
    const double all = scaling.number("mscale_all_dim", 0, 1e3, 0.0);
    const double stretch = factor > 1 && all > 0 ? 0.1 * all * std::log(factor) + 1 : 1;
    return static_cast<float>(plain * stretch * stretch);
}

// Are there as many experts as a token takes?
void check_choices(ConfigKeys& keys, const Mixture& mixture) {
    if (mixture.experts % mixture.groups != 0 || mixture.groups_kept > mixture.groups ||
        mixture.per_token > mixture.experts / mixture.groups * mixture.groups_kept) {
        keys.problem(
            "num_experts_per_tok",
            fmt::format("{} experts per token of {} in {} groups, {} groups kept",
                        mixture.per_token, mixture.experts, mixture.groups, mixture.groups_kept),
            "n_group divides n_routed_experts; topk_group at most n_group; the kept "
            "groups hold at least num_experts_per_tok experts",
            "correct n_group, topk_group or num_experts_per_tok");
    }
}

void read_mixture(ConfigKeys& keys, Mixture& mixture) {
    mixture.experts = keys.integer("n_routed_experts");
    mixture.per_token = keys.integer("num_experts_per_tok");
    mixture.shared = keys.integer("n_shared_experts");
    mixture.intermediate = keys.integer("moe_intermediate_size");
    mixture.first_layer = keys.integer("first_k_dense_replace", 0, 0);
    mixture.groups = keys.integer("n_group", 1, 1);
    mixture.groups_kept = keys.integer("topk_group", 1, 1);
    mixture.bias = true;  // that of "noaux_tc"
    mixture.sigmoid = keys.word("scoring_func", {"sigmoid", "softmax"}) == "sigmoid";
    mixture.normalise = keys.flag("norm_topk_prob", false);
    mixture.scale = static_cast<float>(keys.number("routed_scaling_factor", 1e-3, 1e3, 1.0));
    (void)keys.word("topk_method", {"noaux_tc"}, "noaux_tc");
    if (keys.integer("moe_layer_freq", 1, 1) != 1) {
        keys.problem("moe_layer_freq", "'moe_layer_freq' is not 1", "1",
                     "layers of experts that alternate with dense ones are not known");
    }
    check_choices(keys, mixture);
}

// Every head of keys and values serves as many heads of queries.
void check_kv_heads(ConfigKeys& keys, const ModelConfig& config) {
    if (config.heads % config.kv_heads != 0) {
        keys.problem(
            "num_key_value_heads",
            fmt::format("'num_key_value_heads' is {} with {} heads", config.kv_heads, config.heads),
            "a divisor of num_attention_heads", "take the value from the model's own config.json");
    }
}

float plain_scale(std::int64_t head_columns) {
    return static_cast<float>(1.0 / std::sqrt(static_cast<double>(head_columns)));
}

// Layers that have a dense MLP in place of experts; they must come first.
std::int64_t dense_layers(ConfigKeys& keys) {
    const std::string key = "mlp_only_layers";
    if (!keys.has(key)) {
        return 0;
    }
    const json& list = keys.object().at(key);
    json expected = json::array();
    for (std::size_t i = 0; i < list.size(); ++i) {
        expected.push_back(i);
    }
    if (!list.is_array() || list != expected) {
        keys.problem(key, fmt::format("'{}' is not a list of the first layers", key),
                     "[], or [0], or [0, 1], and so on",
                     "dense layers behind layers of experts are not known to vrsim workload");
        return 0;
    }
    return static_cast<std::int64_t>(list.size());
}

// The number of experts has two names: newer configurations say "num_local_experts".
std::string expert_count_key(ConfigKeys& keys) {
    const std::string known = "num_experts";
    const std::string newer = "num_local_experts";
    if (keys.has(known) && keys.has(newer) && keys.object().at(known) != keys.object().at(newer)) {
        keys.problem(newer, "'num_local_experts' is not equal to 'num_experts'",
                     "one of the two keys, or equal values",
                     "take the value from the model's own config.json");
    }
    return !keys.has(known) && keys.has(newer) ? newer : known;
}

void read_qwen_mixture(ConfigKeys& keys, Mixture& mixture) {
    mixture.count_key = expert_count_key(keys);
    mixture.experts = keys.integer(mixture.count_key);
    mixture.per_token = keys.integer("num_experts_per_tok");
    mixture.intermediate = keys.integer("moe_intermediate_size");
    mixture.normalise = keys.flag("norm_topk_prob", false);
    mixture.first_layer = dense_layers(keys);
    if (keys.integer("decoder_sparse_step", 1, 1) != 1) {
        keys.problem("decoder_sparse_step", "'decoder_sparse_step' is not 1", "1",
                     "layers of experts that alternate with dense ones are not known");
    }
    if (keys.integer("shared_expert_intermediate_size", 0, 0) != 0) {
        keys.problem("shared_expert_intermediate_size", "'shared_expert_intermediate_size' is set",
                     "0, or no such key", "models of type qwen3_moe have no shared expert");
    }
    if (mixture.per_token > mixture.experts) {
        keys.problem("num_experts_per_tok",
                     fmt::format("'num_experts_per_tok' is {} with '{}' {}", mixture.per_token,
                                 mixture.count_key, mixture.experts),
                     fmt::format("at most {}", mixture.experts),
                     "take both from the model's own config.json");
    }
}

}  // namespace

void read_deepseek(ConfigKeys& keys, ModelConfig& config, const std::string& text,
                   std::vector<Diagnostic>& problems) {
    config.attention = AttentionKind::kLatent;
    LatentAttention& latent = config.latent;
    latent.q_rank = keys.integer("q_lora_rank");
    latent.kv_rank = keys.integer("kv_lora_rank");
    latent.nope = keys.integer("qk_nope_head_dim");
    latent.rope = keys.integer("qk_rope_head_dim");
    latent.value = keys.integer("v_head_dim");
    read_mixture(keys, config.mixture);
    config.attention_scale = latent_scale(keys, latent, text, config.file, problems);
}

void read_llama(ConfigKeys& keys, ModelConfig& config) {
    config.attention = AttentionKind::kGrouped;
    config.kv_heads = keys.integer("num_key_value_heads", 1, config.heads);
    check_kv_heads(keys, config);
    if (!keys.has("head_dim") && config.hidden % config.heads != 0) {
        keys.problem(
            "num_attention_heads",
            fmt::format("{} heads do not divide hidden_size {}", config.heads, config.hidden),
            "a divisor of hidden_size, or a key head_dim", "add \"head_dim\"");
    }
    config.head_columns = keys.integer("head_dim", 1, config.hidden / config.heads);
    config.attention_scale = plain_scale(config.head_columns);
}

void read_qwen(ConfigKeys& keys, ModelConfig& config, bool mixture) {
    config.attention = AttentionKind::kGrouped;
    config.head_norms = true;
    config.kv_heads = keys.integer("num_key_value_heads");
    check_kv_heads(keys, config);
    config.head_columns = keys.integer("head_dim");  // not hidden_size / heads in all sizes
    config.attention_scale = plain_scale(config.head_columns);
    if (mixture) {
        read_qwen_mixture(keys, config.mixture);
        return;
    }
    for (const char* key : {"num_experts", "num_local_experts"}) {
        if (keys.has(key)) {
            keys.problem(key,
                         fmt::format("'{}' in a model of type qwen3, whose layers are dense", key),
                         "no such key, or \"model_type\": \"qwen3_moe\"",
                         "take the type from the model's own config.json");
        }
    }
}

}  // namespace vr
