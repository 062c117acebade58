// SPDX-License-Identifier: Apache-2.0
// Grouped-query attention and the gated MLP. Rotation turns neighbouring columns; models that turn
// column i with column i + half have their weights' rows in another order, which costs the same.
#include "traces/generate/layers.h"

namespace vr {

TensorIndex grouped_attention(LayerBuilder& b, const ModelConfig& config,
                              const LayerRequest& request, TensorIndex hidden) {
    const std::int64_t d = config.head_columns;
    const std::int64_t heads = config.heads / request.tensor_parallel;
    const std::int64_t kv_heads = config.kv_heads / request.tensor_parallel;
    const std::int64_t kv = kv_heads * d;
    const std::int64_t rows = request.tokens();

    const TensorIndex x = b.norm("attention_norm", hidden, b.fused_type());
    const TensorIndex qkv = b.linear("qkv", x, heads * d + 2 * kv);  // queries, keys, values
    TensorIndex queries = qkv;
    TensorIndex new_keys = qkv;
    std::int64_t first_key = heads * d;
    if (config.head_norms) {  // heads of one kind share one weight of d columns
        queries = b.tensor("q_norm", rows, heads * d, TensorType::kBf16);
        b.norm_part("q_norm", qkv, {d, {d, 0}, {d, 0}}, queries);
        new_keys = b.tensor("key_norm", rows, kv, TensorType::kBf16);
        b.norm_part("key_norm", qkv, {d, {d, first_key}, {d, 0}}, new_keys);
        first_key = 0;
    }
    const TensorIndex q = b.tensor("q", rows, heads * d, b.attention_type());
    b.rope("q", queries, {d, {d, 0}, {d, 0}}, q);
    const TensorIndex keys = b.cache("key_cache", kv);
    b.rope("key", new_keys, {d, {d, first_key}, {d, 0}}, keys);
    if (request.phase == Phase::kDecode) {
        b.place_in_cache();
    }
    const TensorIndex values = b.cache("value_cache", kv);
    b.append("value_append", qkv, {kv, {kv, heads * d + kv}, {kv, 0}}, values);
    const TensorIndex out =
        b.attention("attention", {q, keys, values}, heads, kv_heads, d, b.fused_type());
    return b.linear("o", out, config.hidden);
}

TensorIndex gated_mlp(LayerBuilder& b, const std::string& prefix, TensorIndex x,
                      std::int64_t intermediate) {
    const std::int64_t hidden = b.spec(x).columns;
    return b.linear(prefix + "down", b.gated(prefix + "gate_up", x, intermediate), hidden);
}

}  // namespace vr
