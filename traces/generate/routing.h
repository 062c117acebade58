// SPDX-License-Identifier: Apache-2.0
// How many tokens go to each expert. Not modelled: skew. A trained router prefers some experts;
// random draws are uniform.
#pragma once

#include <cstdint>
#include <vector>

#include "traces/generate/layer_request.h"
#include "traces/generate/model_config.h"

namespace vr {

struct RoutedTokens {
    std::vector<std::int64_t> rows;  ///< tokens of each expert of the model; sums to tokens x k
    /// Tokens that chose at least one expert of [first, first + count)
    std::int64_t received = 0;
};

/// Routes `tokens` tokens. kRandom: each takes `groups_kept` groups and in them `per_token` experts
/// at random, all equally likely, none twice; from `seed`, the stream of the layer and the token's
/// number alone. kEven: experts take turns, those of one token far apart.
[[nodiscard]] RoutedTokens route_tokens(const Mixture& mixture, std::int64_t tokens,
                                        std::int64_t first, std::int64_t count, RoutingDraw draw,
                                        std::uint64_t seed, std::int64_t layer);

}  // namespace vr
