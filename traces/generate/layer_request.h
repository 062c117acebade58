// SPDX-License-Identifier: Apache-2.0
// Which share of which layers a generated workload shows.
#pragma once

#include <cstdint>
#include <optional>

namespace vr {

enum class Phase : std::uint8_t {
    kDecode,   ///< one new token of each sequence, `context` tokens with it
    kPrefill,  ///< all `context` tokens of each sequence
};
enum class Precision : std::uint8_t {
    kBf16,   ///< products and attention in BF16
    kFp8,    ///< products and attention in FP8 E4M3
    kNvfp4,  ///< products in NVFP4, attention in FP8 E4M3
};
/// How tokens choose experts.
enum class RoutingDraw : std::uint8_t { kRandom, kEven };

struct LayerRequest {
    Phase phase = Phase::kDecode;
    Precision precision = Precision::kFp8;
    std::int64_t batch = 1;    ///< sequences of the GPUs that share one attention
    std::int64_t context = 1;  ///< tokens of a sequence, new ones counted
    std::int64_t tensor_parallel = 1;
    std::int64_t expert_parallel = 1;
    std::int64_t layers = 1;
    /// Of the model; absent: its first layer with experts, or its first
    std::optional<std::int64_t> first_layer;
    RoutingDraw routing = RoutingDraw::kRandom;
    std::uint64_t seed = 1;

    [[nodiscard]] std::int64_t tokens() const {
        return phase == Phase::kDecode ? batch : batch * context;
    }
    /// GPUs with other tokens that send theirs to this GPU's experts, this one counted, each
    /// group of tensor-parallel GPUs once.
    [[nodiscard]] std::int64_t token_groups() const {
        return expert_parallel > tensor_parallel ? expert_parallel / tensor_parallel : 1;
    }
    /// GPUs that divide one expert's columns.
    [[nodiscard]] std::int64_t expert_shards() const {
        return expert_parallel == 1 ? tensor_parallel : 1;
    }
};

}  // namespace vr
