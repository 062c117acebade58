// SPDX-License-Identifier: Apache-2.0
// The keys that only one family of models has.
#pragma once

#include <string>
#include <vector>

#include "traces/generate/config_keys.h"
#include "traces/generate/model_config.h"

namespace vr {

/// DeepSeek-V3 and what is built like it (Kimi-K2): latent attention; dense layers, then layers of
/// experts with a bias in their choice and with shared experts. `text` is that of the file.
void read_deepseek(ConfigKeys& keys, ModelConfig& config, const std::string& text,
                   std::vector<Diagnostic>& problems);

/// Llama: grouped-query attention, dense layers.
void read_llama(ConfigKeys& keys, ModelConfig& config);

/// Qwen3: grouped-query attention with norms of each head's query and key; dense layers, or, with
/// `mixture`, layers of experts without shared ones.
void read_qwen(ConfigKeys& keys, ModelConfig& config, bool mixture);

}  // namespace vr
