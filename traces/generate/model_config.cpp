// SPDX-License-Identifier: Apache-2.0
#include "traces/generate/model_config.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "traces/generate/config_keys.h"
#include "traces/generate/model_families.h"

namespace vr {

using nlohmann::json;

namespace {

// What would make the layer another one than the trace shows.
void refuse_variants(ConfigKeys& keys, bool window_has_a_flag) {
    (void)keys.word("hidden_act", {"silu"});
    for (const char* key : {"attention_bias", "mlp_bias"}) {
        if (keys.flag(key, false)) {
            keys.problem(key, fmt::format("'{}' is true", key), "false",
                         "biases are not known to vrsim workload");
        }
    }
    if (window_has_a_flag) {  // without the flag a width says nothing
        if (keys.flag("use_sliding_window", false)) {
            keys.problem("use_sliding_window", "'use_sliding_window' is true", "false",
                         "attention over a window is not known to vrsim workload");
        }
    } else if (keys.has("sliding_window")) {
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
    const std::string type =
        keys.word("model_type", {"deepseek_v3", "kimi_k2", "llama", "qwen3", "qwen3_moe"});
    if (!problems.empty()) {
        throw InputError(std::move(problems));  // other keys would be wrong for that reason alone
    }
    config.layers = keys.integer("num_hidden_layers");
    config.hidden = keys.integer("hidden_size");
    config.heads = keys.integer("num_attention_heads");
    config.intermediate = keys.integer("intermediate_size");
    config.epsilon = static_cast<float>(keys.number("rms_norm_eps", 0, 1, 1e-6));
    config.positions = keys.integer("max_position_embeddings", 1, 0);
    const bool qwen = type.starts_with("qwen");
    refuse_variants(keys, qwen);
    if (type == "llama") {
        read_llama(keys, config);
    } else if (qwen) {
        read_qwen(keys, config, type == "qwen3_moe");
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
