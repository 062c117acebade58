// SPDX-License-Identifier: Apache-2.0
#include "testbenches/gpu/machine/plain_experts.h"

#include <algorithm>
#include <cmath>

namespace vr::testing::plain {

std::vector<std::int64_t> largest_of(std::vector<std::int64_t> candidates,
                                     const std::vector<double>& values, std::int64_t count,
                                     double& margin) {
    const auto value = [&](std::int64_t i) { return values[static_cast<std::size_t>(i)]; };
    std::sort(candidates.begin(), candidates.end(),
              [&](std::int64_t a, std::int64_t b) { return value(a) > value(b); });
    // Weights stand in the order of the choices: each lead decides something.
    for (std::size_t i = 0; i < static_cast<std::size_t>(count) && i + 1 < candidates.size(); ++i) {
        margin = std::min(margin, value(candidates[i]) - value(candidates[i + 1]));
    }
    candidates.resize(static_cast<std::size_t>(count));
    return candidates;
}

Routing routing_of(const Matrix& logits, const Matrix& bias, const LayerSizes& s) {
    Routing out;
    const std::int64_t per_group = s.experts / s.groups;
    for (std::int64_t r = 0; r < logits.rows; ++r) {
        std::vector<double> score;
        std::vector<double> biased;
        for (std::int64_t e = 0; e < s.experts; ++e) {
            score.push_back(1 / (1 + std::exp(-logits.at(r, e))));
            biased.push_back(score.back() + bias.at(0, e));
        }
        std::vector<double> worth;
        std::vector<std::int64_t> groups;
        for (std::int64_t g = 0; g < s.groups; ++g) {
            std::vector<double> of_group(biased.begin() + g * per_group,
                                         biased.begin() + (g + 1) * per_group);
            std::sort(of_group.rbegin(), of_group.rend());
            worth.push_back(of_group[0] + of_group[1]);
            groups.push_back(g);
        }
        double order_of_groups = 0;  // which of the kept groups is better decides nothing
        const auto best = largest_of(groups, worth, s.groups_kept, order_of_groups);
        std::vector<std::int64_t> candidates;
        for (const std::int64_t g : groups) {
            if (std::find(best.begin(), best.end(), g) == best.end()) {
                out.margin = std::min(out.margin, worth[static_cast<std::size_t>(best.back())] -
                                                      worth[static_cast<std::size_t>(g)]);
                continue;
            }
            for (std::int64_t e = g * per_group; e < (g + 1) * per_group; ++e) {
                candidates.push_back(e);
            }
        }
        const auto chosen = largest_of(candidates, biased, s.chosen, out.margin);
        double total = 0;
        for (const std::int64_t e : chosen) {
            total += score[static_cast<std::size_t>(e)];
        }
        std::vector<double>& weights = out.weights.emplace_back();
        for (const std::int64_t e : chosen) {
            weights.push_back(score[static_cast<std::size_t>(e)] / total * s.routed_scale);
        }
        out.experts.push_back(chosen);
    }
    return out;
}

Matrix gated_mlp(const Matrix& x, const Matrix& gate_up, const Matrix& down, std::int64_t e,
                 std::int64_t hidden, const Format& f) {
    const std::int64_t both = 2 * down.columns;
    const Matrix inner = swiglu_in_turn(product(x, rows_of(gate_up, e * both, both)));
    return rounded(product(rounded(inner, f), rows_of(down, e * hidden, hidden)), kBf16Format);
}

ExpertLayer expert_layer(const Tensors& in, const LayerSizes& s) {
    ExpertLayer out;
    Tensors& t = out.tensors;
    const Matrix residual = sum(in.at("hidden"), in.at("o"));
    t["mlp_norm"] = rounded(rms_norm(residual, in.at("mlp_norm.weight"), s.epsilon), kBf16Format);
    t["router"] = rounded(product(t["mlp_norm"], in.at("router.weight")), kFp32Format);
    out.routing = routing_of(t["router"], in.at("top_k.bias"), s);
    const Matrix x = rounded(t["mlp_norm"], s.operands);
    Matrix combined = zeros(x.rows, x.columns);
    Matrix routing = zeros(x.rows, 2 * s.chosen);
    for (std::int64_t r = 0; r < x.rows; ++r) {
        for (std::int64_t i = 0; i < s.chosen; ++i) {
            const auto row = static_cast<std::size_t>(r);
            const auto n = static_cast<std::size_t>(i);
            const std::int64_t e = out.routing.experts[row][n];
            const double weight = out.routing.weights[row][n];
            routing.at(r, i) = weight;
            routing.at(r, s.chosen + i) = static_cast<double>(e);
            const Matrix y = gated_mlp(rows_of(x, r, 1), in.at("expert_gate_up.weight"),
                                       in.at("expert_down.weight"), e, x.columns, s.operands);
            for (std::int64_t c = 0; c < x.columns; ++c) {
                combined.at(r, c) += weight * y.at(0, c);
            }
        }
    }
    t["top_k"] = rounded(routing, kFp32Format);
    t["combine"] = rounded(combined, kBf16Format);
    t["shared_down"] = gated_mlp(x, in.at("shared_gate_up.weight"), in.at("shared_down.weight"), 0,
                                 x.columns, s.operands);
    t["output"] = rounded(sum(residual, sum(t["combine"], t["shared_down"])), kBf16Format);
    return out;
}

}  // namespace vr::testing::plain
