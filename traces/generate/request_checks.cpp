// SPDX-License-Identifier: Apache-2.0
// Does the share that is asked for exist in the model?
#include "traces/generate/generate_workload.h"

namespace vr {

namespace {

class Checks {
  public:
    Checks(const ModelConfig& config, const LayerRequest& request)
        : config_(config), request_(request) {}

    std::vector<Diagnostic> run() {
        layers();
        context();
        heads();
        experts();
        if (!config_.is_mixture(first_layer(config_, request_))) {  // dense layers come first
            divides("intermediate_size", config_.intermediate, request_.tensor_parallel,
                    "--tensor-parallel");
        }
        return std::move(problems_);
    }

  private:
    void add(const std::string& key, std::string what, std::string allowed, std::string hint) {
        problems_.push_back(
            config_.problem(key, std::move(what), std::move(allowed), std::move(hint)));
    }
    void divides(const std::string& key, std::int64_t value, std::int64_t parts,
                 const std::string& flag) {
        if (value % parts == 0) {
            return;
        }
        add(key, fmt::format("{} {} does not divide '{}' {}", flag, parts, key, value),
            fmt::format("a divisor of {}", value), fmt::format("take another {}", flag));
    }
    void layers() {
        const std::int64_t first = first_layer(config_, request_);
        if (first + request_.layers > config_.layers) {
            add("num_hidden_layers",
                fmt::format("{} layers from layer {} on, of a model with 'num_hidden_layers' {}",
                            request_.layers, first, config_.layers),
                fmt::format("layers 0 to {}", config_.layers - 1),
                "take fewer --layers, or a smaller --first-layer");
        }
    }
    void context() {
        if (config_.positions > 0 && request_.context > config_.positions) {
            add("max_position_embeddings",
                fmt::format("--context {} above 'max_position_embeddings' {}", request_.context,
                            config_.positions),
                fmt::format("at most {}", config_.positions), "take a smaller --context");
        }
        constexpr std::int64_t kMostTokens = std::int64_t{1} << 30;  // rows of a tensor
        const std::int64_t groups = request_.token_groups();
        if (request_.batch > kMostTokens / request_.context ||
            request_.tokens() > kMostTokens / groups) {
            add("",
                fmt::format("--batch {} with --context {} and the tokens of {} such batches",
                            request_.batch, request_.context, groups),
                fmt::format("at most {} tokens in all, and in the cache", kMostTokens),
                "take a smaller --batch or --context");
        }
    }
    void heads() {
        const std::int64_t parts = request_.tensor_parallel;
        divides("num_attention_heads", config_.heads, parts, "--tensor-parallel");
        if (config_.attention == AttentionKind::kGrouped) {
            divides("num_key_value_heads", config_.kv_heads, parts, "--tensor-parallel");
        }
    }
    void experts() {
        const std::int64_t parts = request_.expert_parallel;
        const Mixture& mixture = config_.mixture;
        if (mixture.experts == 0) {
            if (parts != 1) {
                add("model_type",
                    fmt::format("--expert-parallel {} for a model without experts", parts), "1",
                    "leave --expert-parallel out");
            }
            return;
        }
        divides(mixture.count_key, mixture.experts, parts, "--expert-parallel");
        if (parts > 1 && parts % request_.tensor_parallel != 0) {
            add(mixture.count_key,
                fmt::format("--expert-parallel {} with --tensor-parallel {}", parts,
                            request_.tensor_parallel),
                "--expert-parallel 1 (experts are divided by columns), or a multiple of "
                "--tensor-parallel (each GPU has whole experts)",
                "take another --expert-parallel");
        }
        // Experts that are divided themselves have columns enough for any number of shared ones.
        const bool whole = request_.expert_shards() == 1;
        divides("moe_intermediate_size",
                whole ? mixture.shared * mixture.intermediate : mixture.intermediate,
                request_.tensor_parallel, "--tensor-parallel");
    }

    const ModelConfig& config_;
    const LayerRequest& request_;
    std::vector<Diagnostic> problems_;
};

}  // namespace

std::int64_t first_layer(const ModelConfig& config, const LayerRequest& request) {
    return request.first_layer.value_or(config.mixture.experts > 0 ? config.mixture.first_layer
                                                                   : 0);
}

std::vector<Diagnostic> request_problems(const ModelConfig& config, const LayerRequest& request) {
    return Checks(config, request).run();
}

}  // namespace vr
