// SPDX-License-Identifier: Apache-2.0
// The mixture of experts: router, routed experts, and the shared ones where the model has some.
#include "traces/generate/layers.h"
#include "traces/generate/routing.h"

namespace vr {

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
    std::vector<TensorIndex> parts = {combined};
    if (mixture.shared > 0) {
        parts.push_back(gated_mlp(b, "shared_", x,
                                  mixture.shared * mixture.intermediate / request.tensor_parallel));
    }
    return parts;
}

}  // namespace vr
