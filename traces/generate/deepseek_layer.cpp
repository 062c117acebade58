// SPDX-License-Identifier: Apache-2.0
// Latent attention (MLA) and the mixture of experts of DeepSeek-V3 (arXiv:2412.19437, section 2.1).
#include "traces/generate/layers.h"
#include "traces/generate/routing.h"

namespace vr {

namespace {

/// What both forms of the attention share.
struct Latent {
    LatentAttention size;
    std::int64_t heads = 0;
    std::int64_t rows = 0;
    std::int64_t head = 0;      ///< columns of a head of queries
    std::int64_t key_size = 0;  ///< columns of a token in the cache: latent, then rotated part
    TensorIndex q;              ///< [rows, heads x head], not rotated
    TensorIndex key;            ///< [rows, key_size] of the new tokens; decode: the cache
    TensorIndex cache;
};

// Keys and values stay latent: their projections are multiplied into the queries and behind the
// attention. These two products are in BF16; what they give has the type that is needed next.
TensorIndex absorbed(LayerBuilder& b, const Latent& l) {
    const LatentAttention& s = l.size;
    const TensorIndex q = b.tensor("q_latent", l.rows, l.heads * l.key_size, b.attention_type());
    b.per_head("q_absorb", l.q, {l.head, 0}, s.nope, s.kv_rank, q, {l.key_size, 0}, l.heads);
    b.rope("q_rope", l.q, {s.rope, {l.head, s.nope}, {l.key_size, s.kv_rank}}, q);
    const TensorIndex out =
        b.attention("attention", {q, l.cache}, l.heads, 1, s.kv_rank, TensorType::kBf16);
    const TensorIndex value = b.tensor("value_up", l.rows, l.heads * s.value, b.fused_type());
    b.per_head("value_up", out, {s.kv_rank, 0}, s.kv_rank, s.value, value, {s.value, 0}, l.heads);
    return value;
}

// Keys and values of every head are made from the latent of each token, in the type that the
// attention takes; all heads share the rotated part of the key. Values stay where the product put
// them.
TensorIndex per_head_keys(LayerBuilder& b, const Latent& l) {
    const LatentAttention& s = l.size;
    const TensorType type = b.attention_type();
    const TensorIndex latent = b.tensor("kv_latent", l.rows, s.kv_rank, b.operand_type());
    b.move_part("kv_latent", l.key, {s.kv_rank, {s.kv_rank, 0}, {s.kv_rank, 0}}, latent);
    const std::int64_t both = s.nope + s.value;
    const TensorIndex kv = b.gemm("kv_b", latent, l.heads * both, type);
    const TensorIndex keys = b.tensor("keys", l.rows, l.heads * l.head, type);
    b.move_part("keys_nope", kv, {s.nope, {both, 0}, {l.head, 0}}, keys);
    b.move_part("keys_rope", l.key, {s.rope, {0, s.kv_rank}, {l.head, s.nope}}, keys);
    const bool in_place = type == TensorType::kBf16;
    const TensorIndex q = in_place ? l.q : b.tensor("q", l.rows, l.heads * l.head, type);
    b.rope("q_rope", l.q, {s.rope, {l.head, s.nope}, {l.head, s.nope}}, q).carries = !in_place;
    return b.attention("attention", {q, keys, kv}, l.heads, l.heads, s.value, b.fused_type(),
                       {both, s.nope});
}

}  // namespace

TensorIndex latent_attention(LayerBuilder& b, const ModelConfig& config,
                             const LayerRequest& request, TensorIndex hidden) {
    Latent l;
    l.size = config.latent;
    const LatentAttention& s = l.size;
    l.heads = config.heads / request.tensor_parallel;
    l.rows = request.tokens();
    l.head = s.nope + s.rope;
    l.key_size = s.kv_rank + s.rope;
    const TensorIndex x = b.norm("attention_norm", hidden, b.fused_type());
    const TensorIndex a = b.linear("q_kv_a", x, s.q_rank + l.key_size);
    const TensorIndex q_a = b.tensor("q_a_norm", l.rows, s.q_rank, b.fused_type());
    b.norm_part("q_a_norm", a, {s.q_rank, {s.q_rank, 0}, {s.q_rank, 0}}, q_a);
    l.q = b.linear("q_b", q_a, l.heads * l.head);
    const bool decode = request.phase == Phase::kDecode;
    l.cache = b.cache("latent_cache", l.key_size);
    l.key = decode ? l.cache : b.tensor("key", l.rows, l.key_size, TensorType::kBf16);
    b.norm_part("kv_a_norm", a, {s.kv_rank, {s.kv_rank, s.q_rank}, {l.key_size, 0}}, l.key);
    if (decode) {
        b.place_in_cache();
    }
    b.rope("key_rope", a, {s.rope, {s.rope, s.q_rank + s.kv_rank}, {l.key_size, s.kv_rank}}, l.key);
    if (decode) {
        b.place_in_cache();
    } else {
        b.append("cache_append", l.key, {l.key_size, {l.key_size, 0}, {l.key_size, 0}}, l.cache);
    }
    const TensorIndex out = decode ? absorbed(b, l) : per_head_keys(b, l);
    return b.linear("o", out, config.hidden);
}

std::vector<TensorIndex> mixture_of_experts(LayerBuilder& b, const ModelConfig& config,
                                            const LayerRequest& request, TensorIndex x,
                                            std::vector<std::string>& notes) {
    const Mixture& mixture = config.mixture;
    const std::int64_t here = mixture.experts / request.expert_parallel;
    const std::int64_t tokens = request.tokens() * request.token_groups();
    const RoutedTokens routed =
        route_tokens(mixture, tokens, 0, here, request.routing, request.seed, b.layer());
    OperatorSpec share;
    share.rows.assign(routed.rows.begin(), routed.rows.begin() + here);
    share.row_alignment = b.row_alignment();
    const std::int64_t rows = share.group_starts().back();
    if (rows == 0) {
        throw InputError(Diagnostic{
            config.file, 0, 0,
            fmt::format("none of {} tokens chooses one of this GPU's {} experts in layer {}",
                        tokens, here, b.layer()),
            "at least one row for a grouped product",
            "take a larger --batch, --routing even, or another --seed"});
    }
    const TensorIndex logits = b.gemm("router", x, mixture.experts, TensorType::kFp32);
    const TensorIndex routing = b.top_k("top_k", logits);

    std::int64_t taken = 0;
    for (const std::int64_t count : share.rows) {
        taken += count;
    }
    notes.push_back(fmt::format(
        "layer {}: {} tokens choose {} experts each; {} of these {} choices, by {} tokens, are for "
        "the {} experts here (0 to {})",
        b.layer(), tokens, mixture.per_token, taken, tokens * mixture.per_token, routed.received,
        here, here - 1));

    // With other GPUs' experts, dispatch puts the rows that come here in the order of the experts.
    const bool alone = request.expert_parallel == 1;
    const TensorIndex sorted =
        alone ? b.dispatch(OperatorKind::kPermute, "permute", b.as_type(x, b.fused_type()), routing,
                           rows, share.rows, share.row_alignment)
              : b.tensor("received", rows, config.hidden, b.fused_type());
    const std::int64_t intermediate = mixture.intermediate / request.expert_shards();
    const TensorIndex inner =
        b.grouped("expert_gate_up", sorted, intermediate, share.rows, ProductEpilogue::kSwiglu);
    if (!alone) {
        b.wait_for(routing);
    }
    const TensorIndex down = b.grouped("expert_down", inner, config.hidden, share.rows);
    OperatorSpec own = share;
    TensorIndex results = down;
    if (!alone) {  // what comes back: every choice of this GPU's own tokens
        own.rows = route_tokens(mixture, request.tokens(), 0, here, request.routing, request.seed,
                                b.layer())
                       .rows;
        own.row_alignment = 1;  // no product takes them
        results = b.tensor("returned", own.group_starts().back(), config.hidden, TensorType::kBf16);
    }
    const TensorIndex combined = b.dispatch(OperatorKind::kCombine, "combine", results, routing,
                                            request.tokens(), own.rows, own.row_alignment);
    if (!alone) {
        b.wait_for(down);
    }
    const TensorIndex shared =
        gated_mlp(b, "shared_", x, mixture.shared * mixture.intermediate / request.tensor_parallel);
    return {combined, shared};
}

}  // namespace vr
