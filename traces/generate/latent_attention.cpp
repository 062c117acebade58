// SPDX-License-Identifier: Apache-2.0
// Latent attention (MLA) of DeepSeek-V3 (arXiv:2412.19437, section 2.1).
#include "traces/generate/layers.h"

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

}  // namespace vr
