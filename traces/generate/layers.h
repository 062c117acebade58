// SPDX-License-Identifier: Apache-2.0
// The parts of decoder layers, composed of operators. Each takes and returns the tensor between
// them; residuals are added by the caller. Not modelled: collectives between GPUs.
#pragma once

#include <string>
#include <vector>

#include "traces/generate/layer_builder.h"

namespace vr {

/// Multi-head latent attention with its norm and projections: decode in the absorbed form (keys and
/// values stay latent), prefill with keys and values per head.
TensorIndex latent_attention(LayerBuilder& b, const ModelConfig& config,
                             const LayerRequest& request, TensorIndex hidden);

/// Grouped-query attention with its norm and projections; where the model has them, with norms of
/// each head's query and key before the rotation.
TensorIndex grouped_attention(LayerBuilder& b, const ModelConfig& config,
                              const LayerRequest& request, TensorIndex hidden);

/// gate_up, swiglu, down of `x`, `intermediate` columns on this GPU.
TensorIndex gated_mlp(LayerBuilder& b, const std::string& prefix, TensorIndex x,
                      std::int64_t intermediate);

/// A mixture of experts after the norm `x`: router, this GPU's experts, shared experts if any; what
/// the routed and the shared ones give, to be added. Says into `notes` how tokens were routed.
std::vector<TensorIndex> mixture_of_experts(LayerBuilder& b, const ModelConfig& config,
                                            const LayerRequest& request, TensorIndex x,
                                            std::vector<std::string>& notes);

}  // namespace vr
