// SPDX-License-Identifier: Apache-2.0
#include "traces/generate/generate_workload.h"

#include "traces/formats/workload/workload_reader.h"
#include "traces/formats/workload/workload_writer.h"
#include "traces/generate/layers.h"

namespace vr {

namespace {

std::string precision_word(Precision precision) {
    return precision == Precision::kFp8 ? "fp8" : precision == Precision::kNvfp4 ? "nvfp4" : "bf16";
}

std::string layer_words(const ModelConfig& config, std::int64_t first, std::int64_t count) {
    std::int64_t mixtures = 0;
    for (std::int64_t layer = first; layer < first + count; ++layer) {
        mixtures += config.is_mixture(layer) ? 1 : 0;
    }
    const std::string kind = mixtures == 0       ? "dense"
                             : mixtures == count ? "mixture of experts"
                                                 : fmt::format("{} dense, {} mixture of experts",
                                                               count - mixtures, mixtures);
    return count == 1 ? fmt::format("layer {} ({})", first, kind)
                      : fmt::format("layers {} to {} ({})", first, first + count - 1, kind);
}

std::string title(const ModelConfig& config, const LayerRequest& request) {
    return fmt::format(
        "{} {}, {}, batch {}, context {}, {}, tensor parallel {}, expert parallel {}", config.name,
        request.phase == Phase::kDecode ? "decode" : "prefill",
        layer_words(config, first_layer(config, request), request.layers), request.batch,
        request.context, precision_word(request.precision), request.tensor_parallel,
        request.expert_parallel);
}

std::string precision_note(const LayerRequest& request) {
    switch (request.precision) {
        case Precision::kBf16:
            return "precision: all in bf16; accumulation fp32, router logits fp32";
        case Precision::kFp8:
            return "precision: weights and inputs of products fp8_e4m3 without scales of blocks, "
                   "queries and cached keys and values fp8_e4m3, all else bf16, router logits fp32";
        case Precision::kNvfp4:
            break;
    }
    return "precision: weights and inputs of products nvfp4, queries and cached keys and values "
           "fp8_e4m3, all else bf16, router logits fp32";
}

void attention_notes(const ModelConfig& config, const LayerRequest& request,
                     std::vector<std::string>& out) {
    const bool decode = request.phase == Phase::kDecode;
    const std::int64_t parts = request.tensor_parallel;
    if (config.attention == AttentionKind::kGrouped) {
        out.push_back(
            fmt::format("attention: {} of {} query heads and {} of {} key-value heads of {} "
                        "columns; q, k and v "
                        "by one product{}",
                        config.heads / parts, config.heads, config.kv_heads / parts,
                        config.kv_heads, config.head_columns,
                        config.head_norms ? "; q_norm and key_norm normalise each head before the "
                                            "rotation, every head with the same weight"
                                          : ""));
    } else {
        out.push_back(fmt::format(
            "attention: latent (MLA), {} of {} heads, the cache whole on every GPU; {}",
            config.heads / parts, config.heads,
            decode ? "the absorbed form: q_absorb and value_up are the two halves of kv_b, per "
                     "head, in bf16"
                   : "keys and values of each head are made from the latent (kv_b) and not kept"));
    }
    out.push_back(decode ? "cache: batch x context rows, a sequence after the other; the last row "
                           "of each is this step's"
                         : "cache: batch x context rows, all written by this step");
}

void mixture_notes(const ModelConfig& config, const LayerRequest& request,
                   const std::vector<std::string>& routed, std::vector<std::string>& out) {
    const Mixture& mixture = config.mixture;
    const std::string taken =
        mixture.groups == 1 ? fmt::format("{} of {} experts", mixture.per_token, mixture.experts)
                            : fmt::format("{} of {} groups of experts, in them {} experts",
                                          mixture.groups_kept, mixture.groups, mixture.per_token);
    out.push_back(
        request.routing == RoutingDraw::kEven
            ? "routing: even, experts take turns"
            : fmt::format("routing: random (seed {}): each token takes {}, uniformly, none twice",
                          request.seed, taken));
    out.insert(out.end(), routed.begin(), routed.end());
    if (request.expert_parallel > 1) {
        out.push_back(fmt::format(
            "'received' are the rows that the {} batches of {} GPUs send to the experts here, "
            "expert by expert, as if already received; what 'expert_down' gives is still to be "
            "sent back; 'returned' are the rows of this GPU's own tokens from all experts, as if "
            "already received",
            request.token_groups(), request.expert_parallel));
    }
    if (request.expert_shards() > 1) {
        out.push_back(fmt::format("every expert is here with 1 / {} of its columns",
                                  request.expert_shards()));
    }
}

std::vector<std::string> comments(const ModelConfig& config, const LayerRequest& request,
                                  const std::vector<std::string>& routed) {
    std::vector<std::string> out = {
        fmt::format("Written by vrsim workload from {}: {} layers, hidden size {}, {} heads.",
                    config.file, config.layers, config.hidden, config.heads),
        precision_note(request)};
    attention_notes(config, request, out);
    if (!routed.empty()) {
        mixture_notes(config, request, routed, out);
    }
    out.push_back(
        "not in the trace: collectives between GPUs (dispatch, combine, sums over tensor-parallel "
        "GPUs), embeddings, output head, sampling; every operator is a kernel of its own, a gated "
        "unit part of its product");
    out.push_back("contents: none, timing only");
    return out;
}

// What the reader says of the text, as a fault of the configuration: nobody wrote these lines.
Workload read_back(const std::string& text, const ModelConfig& config) {
    try {
        return parse_workload(text, config.file).workload;
    } catch (const InputError& error) {
        std::vector<Diagnostic> problems = error.diagnostics();
        for (Diagnostic& problem : problems) {
            problem.line = 0;
            problem.column = 0;
            problem.what = "no operator of ours takes this layer: " + problem.what;
        }
        throw InputError(std::move(problems));
    }
}

}  // namespace

GeneratedWorkload generate_workload(const ModelConfig& config, const LayerRequest& request) {
    std::vector<Diagnostic> problems = request_problems(config, request);
    if (!problems.empty()) {
        throw InputError(std::move(problems));
    }
    LayerBuilder b(config, request);
    std::vector<std::string> routed;
    TensorIndex x = b.tensor("hidden", request.tokens(), config.hidden, TensorType::kBf16);
    const std::int64_t first = first_layer(config, request);
    for (std::int64_t layer = first; layer < first + request.layers; ++layer) {
        b.begin_layer(layer, request.layers == 1 ? "" : fmt::format("layer{}.", layer));
        const TensorIndex attended = config.attention == AttentionKind::kLatent
                                         ? latent_attention(b, config, request, x)
                                         : grouped_attention(b, config, request, x);
        const bool mixture = config.is_mixture(layer);
        // The residual is added where it is needed: within the norm, and once more at the end.
        const TensorIndex normed =
            b.norm_of_sum("mlp_norm", x, attended, mixture ? TensorType::kBf16 : b.fused_type());
        std::vector<TensorIndex> sum = {x, attended};
        if (mixture) {
            const auto parts = mixture_of_experts(b, config, request, normed, routed);
            sum.insert(sum.end(), parts.begin(), parts.end());
        } else {
            sum.push_back(gated_mlp(b, "", normed, config.intermediate / request.tensor_parallel));
        }
        x = b.add("output", std::move(sum));
    }
    GeneratedWorkload result;
    result.weight_bytes = b.weight_bytes();
    result.cache_bytes = b.cache_bytes();
    Workload workload = b.take();
    workload.name = title(config, request);
    workload.tokens = request.tokens();
    workload.layers = request.layers;
    workload.model_layers = config.layers;
    WorkloadWriteOptions options;
    options.comments = comments(config, request, routed);
    result.text = write_workload(workload, options);
    result.workload = read_back(result.text, config);
    return result;
}

}  // namespace vr
