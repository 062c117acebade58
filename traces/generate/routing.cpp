// SPDX-License-Identifier: Apache-2.0
#include "traces/generate/routing.h"

#include <algorithm>

#include "models/base/random.h"

namespace vr {

namespace {

// `count` different numbers below `limit`, every set equally likely (R. Floyd's algorithm); value i
// of the draw is number `index` + i of the stream.
void draw_different(const RandomStream& stream, std::uint64_t index, std::int64_t count,
                    std::int64_t limit, std::vector<std::int64_t>& out) {
    out.clear();
    for (std::int64_t top = limit - count; top < limit; ++top, ++index) {
        const auto choices = static_cast<std::uint64_t>(top + 1);
        const auto drawn = static_cast<std::int64_t>((stream.at(index) >> 32) * choices >> 32);
        const bool taken = std::find(out.begin(), out.end(), drawn) != out.end();
        out.push_back(taken ? top : drawn);
    }
}

}  // namespace

RoutedTokens route_tokens(const Mixture& mixture, std::int64_t tokens, std::int64_t first,
                          std::int64_t count, RoutingDraw draw, std::uint64_t seed,
                          std::int64_t layer) {
    const RandomStream stream(seed, "routing of tokens", static_cast<std::uint64_t>(layer));
    const std::int64_t group = mixture.experts / mixture.groups;
    const std::int64_t k = mixture.per_token;
    const auto draws = static_cast<std::uint64_t>(mixture.groups_kept + k);
    const std::int64_t apart = mixture.experts % k == 0 ? mixture.experts / k : 1;
    const std::int64_t turn = mixture.experts / apart;  // choices until the next neighbour's turn
    RoutedTokens out;
    out.rows.resize(static_cast<std::size_t>(mixture.experts));
    std::vector<std::int64_t> groups;
    std::vector<std::int64_t> chosen;
    for (std::int64_t token = 0; token < tokens; ++token) {
        if (draw == RoutingDraw::kRandom) {
            const std::uint64_t index = static_cast<std::uint64_t>(token) * draws;
            draw_different(stream, index, mixture.groups_kept, mixture.groups, groups);
            draw_different(stream, index + static_cast<std::uint64_t>(mixture.groups_kept), k,
                           group * mixture.groups_kept, chosen);
            for (std::int64_t& expert : chosen) {
                expert = groups[static_cast<std::size_t>(expert / group)] * group + expert % group;
            }
        } else {
            chosen.clear();
            for (std::int64_t i = 0; i < k; ++i) {
                const std::int64_t at = (token % mixture.experts * k + i) % mixture.experts;
                chosen.push_back(at % turn * apart + at / turn);
            }
        }
        bool here = false;
        for (const std::int64_t expert : chosen) {
            ++out.rows[static_cast<std::size_t>(expert)];
            here = here || (expert >= first && expert < first + count);
        }
        out.received += here ? 1 : 0;
    }
    return out;
}

}  // namespace vr
