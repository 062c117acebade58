// SPDX-License-Identifier: Apache-2.0
// Functions of rows of numbers in FP32, in a fixed order of operations, so that every host gives
// the same bits: norms, softmax, rotation, gated units, routing. Not modelled: the
// special-function unit's own approximations of exponential and reciprocal.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vr {

/// e^x by argument reduction and a polynomial in plain multiplications and additions (the C
/// library's exp does not promise equal bits). Relative error below 2e-7 over the finite range.
[[nodiscard]] float exponential(float x);
/// 1 / (1 + e^-x).
[[nodiscard]] float sigmoid(float x);
/// x * sigmoid(x).
[[nodiscard]] float silu(float x);

/// out[i] = in[i] / sqrt(mean(in^2) + epsilon) * weight[i]; the sum runs from the first element on.
void rms_norm(std::span<const float> in, std::span<const float> weight, float epsilon,
              std::span<float> out);
/// out[i] = e^(in[i] - max) / sum, the sum from the first element on.
void softmax(std::span<const float> in, std::span<float> out);
/// Pairs (2i, 2i + 1) rotated: out = (x cos_i - y sin_i, x sin_i + y cos_i). `angles` holds the
/// cosines of all pairs, then the sines.
void rotate_pairs(std::span<const float> in, std::span<const float> angles, std::span<float> out);

/// How experts are chosen and weighed.
struct TopKRule {
    std::size_t count = 1;
    bool sigmoid = false;  ///< scores: sigmoid instead of softmax over all experts
    std::size_t groups = 1;
    std::size_t groups_kept = 1;  ///< by the sum of the two best biased scores of each
    bool normalise = false;
    float scale = 1;
};
/// out: `count` weights, then `count` expert numbers, best first; ties go to the lower number. The
/// bias (empty, or one per expert) moves the choice, not the weight.
void top_k(std::span<const float> logits, std::span<const float> bias, const TopKRule& rule,
           std::span<float> out);

}  // namespace vr
