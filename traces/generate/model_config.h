// SPDX-License-Identifier: Apache-2.0
// A model's public configuration (the config.json of models on Hugging Face): the dimensions of its
// decoder layers. Not modelled: embeddings, output head, multi-token prediction, biases.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "models/base/error.h"

namespace vr {

enum class AttentionKind : std::uint8_t {
    kLatent,   ///< multi-head latent attention (MLA), as of DeepSeek-V3
    kGrouped,  ///< grouped-query attention, as of Llama
};

/// Multi-head latent attention.
struct LatentAttention {
    std::int64_t q_rank = 0;   ///< q_lora_rank
    std::int64_t kv_rank = 0;  ///< kv_lora_rank
    std::int64_t nope = 0;     ///< columns of a head without rotation
    std::int64_t rope = 0;     ///< columns that are rotated
    std::int64_t value = 0;    ///< columns of a value head
};

/// Mixture of experts.
struct Mixture {
    std::int64_t experts = 0;
    std::int64_t per_token = 0;
    std::int64_t shared = 0;        ///< experts that take every token; 0: none
    std::int64_t intermediate = 0;  ///< of one expert
    std::int64_t groups = 1;
    std::int64_t groups_kept = 1;
    std::int64_t first_layer = 0;  ///< layers before it are dense
    bool sigmoid = false;
    bool bias = false;  ///< added to the scores when experts are chosen, not to their weights
    bool normalise = false;
    float scale = 1;
    std::string count_key = "n_routed_experts";  ///< the key that `experts` came from
};

struct ModelConfig {
    std::string name;  ///< for titles
    std::string file;  ///< for messages
    AttentionKind attention = AttentionKind::kGrouped;
    std::int64_t layers = 0;
    std::int64_t hidden = 0;
    std::int64_t heads = 0;
    std::int64_t kv_heads = 0;      ///< kGrouped
    std::int64_t head_columns = 0;  ///< kGrouped
    bool head_norms = false;        ///< kGrouped: RMS norms of each head's query and key
    std::int64_t intermediate = 0;  ///< of dense layers
    std::int64_t positions = 0;     ///< most that the model takes; 0: not said
    float epsilon = 0;
    float attention_scale = 1;
    LatentAttention latent;                      ///< kLatent
    Mixture mixture;                             ///< without experts: all layers are dense
    std::map<std::string, std::uint32_t> lines;  ///< of keys that were read

    [[nodiscard]] bool is_mixture(std::int64_t layer) const {
        return mixture.experts > 0 && layer >= mixture.first_layer;
    }
    /// A problem at a key of the file.
    [[nodiscard]] Diagnostic problem(const std::string& key, std::string what, std::string allowed,
                                     std::string hint) const;
};

/// Reads a configuration; `name` is for titles. Throws InputError with every missing or wrong key.
[[nodiscard]] ModelConfig read_model_config(const std::string& path, const std::string& name);

/// The same for a text in memory; `file` names it in messages.
[[nodiscard]] ModelConfig parse_model_config(const std::string& text, const std::string& file,
                                             const std::string& name);

}  // namespace vr
