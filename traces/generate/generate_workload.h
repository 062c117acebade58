// SPDX-License-Identifier: Apache-2.0
// A workload trace of one GPU's share of decoder layers, from a model's configuration. Not
// modelled: collectives between GPUs (what they bring stands in memory), embeddings, output head.
#pragma once

#include <string>

#include "models/transport/workload.h"
#include "traces/generate/layer_request.h"
#include "traces/generate/model_config.h"

namespace vr {

struct GeneratedWorkload {
    Workload workload;  ///< as the reader reads `text`
    std::string text;   ///< of the trace file, with comments on every choice
    std::int64_t weight_bytes = 0;
    std::int64_t cache_bytes = 0;  ///< of keys and values
};

/// Throws InputError with file, key, what was given and what is allowed, when the share cannot be
/// taken from the model, or when an operator refuses its tensors.
[[nodiscard]] GeneratedWorkload generate_workload(const ModelConfig& config,
                                                  const LayerRequest& request);

/// The first layer of a request that names none.
[[nodiscard]] std::int64_t first_layer(const ModelConfig& config, const LayerRequest& request);

/// What of a request does not fit the model; empty when all does.
[[nodiscard]] std::vector<Diagnostic> request_problems(const ModelConfig& config,
                                                       const LayerRequest& request);

}  // namespace vr
