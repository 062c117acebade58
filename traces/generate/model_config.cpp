// SPDX-License-Identifier: Apache-2.0
#include "traces/generate/model_config.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "traces/generate/config_keys.h"

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

void read_mixture(ConfigKeys& keys, Mixture& mixture) {
    mixture.experts = keys.integer("n_routed_experts");
    mixture.per_token = keys.integer("num_experts_per_tok");
    mixture.shared = keys.integer("n_shared_experts");
    mixture.intermediate = keys.integer("moe_intermediate_size");
    mixture.first_layer = keys.integer("first_k_dense_replace", 0, 0);
    mixture.groups = keys.integer("n_group", 1, 1);
    mixture.groups_kept = keys.integer("topk_group", 1, 1);
    mixture.sigmoid = keys.word("scoring_func", {"sigmoid", "softmax"}) == "sigmoid";
    mixture.normalise = keys.flag("norm_topk_prob", false);
    mixture.scale = static_cast<float>(keys.number("routed_scaling_factor", 1e-3, 1e3, 1.0));
    (void)keys.word("topk_method", {"noaux_tc"}, "noaux_tc");
    if (keys.integer("moe_layer_freq", 1, 1) != 1) {
        keys.problem("moe_layer_freq", "'moe_layer_freq' is not 1", "1",
                     "layers of experts that alternate with dense ones are not known");
    }
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

void read_deepseek(ConfigKeys& keys, ModelConfig& config, const std::string& text,
                   std::vector<Diagnostic>& problems) {
    config.family = ModelFamily::kDeepseek;
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
    config.family = ModelFamily::kLlama;
    config.kv_heads = keys.integer("num_key_value_heads", 1, config.heads);
    if (config.heads % config.kv_heads != 0) {
        keys.problem(
            "num_key_value_heads",
            fmt::format("'num_key_value_heads' is {} with {} heads", config.kv_heads, config.heads),
            "a divisor of num_attention_heads", "take the value from the model's own config.json");
    }
    if (!keys.has("head_dim") && config.hidden % config.heads != 0) {
        keys.problem(
            "num_attention_heads",
            fmt::format("{} heads do not divide hidden_size {}", config.heads, config.hidden),
            "a divisor of hidden_size, or a key head_dim", "add \"head_dim\"");
    }
    config.head_columns = keys.integer("head_dim", 1, config.hidden / config.heads);
    config.attention_scale =
        static_cast<float>(1.0 / std::sqrt(static_cast<double>(config.head_columns)));
}

// What would make the layer another one than the trace shows.
void refuse_variants(ConfigKeys& keys) {
    (void)keys.word("hidden_act", {"silu"});
    for (const char* key : {"attention_bias", "mlp_bias"}) {
        if (keys.flag(key, false)) {
            keys.problem(key, fmt::format("'{}' is true", key), "false",
                         "biases are not known to vrsim workload");
        }
    }
    if (keys.has("sliding_window")) {
        keys.problem("sliding_window", "'sliding_window' is set", "null, or no such key",
                     "attention over a window is not known to vrsim workload");
    }
}

json parse_object(const std::string& text, const std::string& file) {
    json object;
    try {
        object = json::parse(text);
    } catch (const json::parse_error& error) {
        const auto at = static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
        const auto line = std::count(text.begin(), text.begin() + at, '\n') + 1;
        throw InputError(Diagnostic{
            file, static_cast<std::uint32_t>(line), 0, "the model's configuration is not JSON",
            "one JSON object, as in a model's config.json", "traces/models has examples"});
    }
    if (!object.is_object()) {
        throw InputError(Diagnostic{
            file, 0, 0, fmt::format("the file holds a JSON {}", object.type_name()),
            "one JSON object, as in a model's config.json", "traces/models has examples"});
    }
    return object;
}

}  // namespace

Diagnostic ModelConfig::problem(const std::string& key, std::string what, std::string allowed,
                                std::string hint) const {
    const auto line = lines.find(key);
    return {file,
            line == lines.end() ? 0 : line->second,
            0,
            std::move(what),
            std::move(allowed),
            std::move(hint)};
}

ModelConfig parse_model_config(const std::string& text, const std::string& file,
                               const std::string& name) {
    const json object = parse_object(text, file);
    std::vector<Diagnostic> problems;
    ConfigKeys keys(object, text, file, problems);
    ModelConfig config;
    config.name = name;
    config.file = file;
    const std::string type = keys.word("model_type", {"deepseek_v3", "llama"});
    if (!problems.empty()) {
        throw InputError(std::move(problems));  // other keys would be wrong for that reason alone
    }
    config.layers = keys.integer("num_hidden_layers");
    config.hidden = keys.integer("hidden_size");
    config.heads = keys.integer("num_attention_heads");
    config.intermediate = keys.integer("intermediate_size");
    config.epsilon = static_cast<float>(keys.number("rms_norm_eps", 0, 1, 1e-6));
    config.positions = keys.integer("max_position_embeddings", 1, 0);
    refuse_variants(keys);
    if (type == "llama") {
        read_llama(keys, config);
    } else {
        read_deepseek(keys, config, text, problems);
    }
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
    config.lines = keys.lines();
    return config;
}

ModelConfig read_model_config(const std::string& path, const std::string& name) {
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    if (stream) {
        text << stream.rdbuf();
    }
    // An empty file makes the insertion fail although nothing is wrong with it: only errno tells.
    if (!stream.is_open() || stream.bad() || errno == EISDIR) {
        throw InputError(Diagnostic{path, 0, 0,
                                    fmt::format("the model's configuration cannot be read: {}",
                                                std::strerror(errno == 0 ? ENOENT : errno)),
                                    "a readable config.json",
                                    "or the name of a model in traces/models"});
    }
    return parse_model_config(text.str(), path, name);
}

}  // namespace vr
