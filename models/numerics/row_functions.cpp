// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/row_functions.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vr {

float exponential(float x) {
    const float clamped = std::clamp(x, -87.0F, 88.0F);
    const float scaled = clamped * 1.44269504F;
    const float whole = std::floor(scaled + 0.5F);
    const float r = (clamped - whole * 0.693359375F) + whole * 2.12194440e-4F;
    float p = 1.9875691500e-4F;
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    return std::ldexp(p * r * r + r + 1.0F, static_cast<int>(whole));
}

float sigmoid(float x) {
    return 1.0F / (1.0F + exponential(-x));
}

float silu(float x) {
    return x / (1.0F + exponential(-x));
}

void rms_norm(std::span<const float> in, std::span<const float> weight, float epsilon,
              std::span<float> out) {
    float sum = 0;
    for (const float x : in) {
        sum += x * x;
    }
    const float factor = 1.0F / std::sqrt(sum / static_cast<float>(in.size()) + epsilon);
    for (std::size_t i = 0; i < in.size(); ++i) {
        out[i] = in[i] * factor * weight[i];
    }
}

void softmax(std::span<const float> in, std::span<float> out) {
    const float most = *std::max_element(in.begin(), in.end());
    float sum = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        out[i] = exponential(in[i] - most);
        sum += out[i];
    }
    for (float& x : out) {
        x /= sum;
    }
}

void rotate_pairs(std::span<const float> in, std::span<const float> angles, std::span<float> out) {
    const std::size_t pairs = in.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i) {
        const float x = in[2 * i];
        const float y = in[2 * i + 1];
        const float cosine = angles[i];
        const float sine = angles[pairs + i];
        out[2 * i] = x * cosine - y * sine;
        out[2 * i + 1] = x * sine + y * cosine;
    }
}

namespace {

// The numbers of the `count` largest values among `candidates`, best first.
std::vector<std::size_t> best_of(std::vector<std::size_t> candidates, std::span<const float> values,
                                 std::size_t count) {
    std::stable_sort(candidates.begin(), candidates.end(), [&](std::size_t a, std::size_t b) {
        return values[a] != values[b] ? values[a] > values[b] : a < b;
    });
    candidates.resize(std::min(count, candidates.size()));
    return candidates;
}

std::vector<std::size_t> first_numbers(std::size_t begin, std::size_t count) {
    std::vector<std::size_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), begin);
    return numbers;
}

}  // namespace

void top_k(std::span<const float> logits, std::span<const float> bias, const TopKRule& rule,
           std::span<float> out) {
    std::vector<float> scores(logits.size());
    if (rule.sigmoid) {
        std::transform(logits.begin(), logits.end(), scores.begin(), sigmoid);
    } else {
        softmax(logits, scores);
    }
    std::vector<float> choice = scores;
    for (std::size_t i = 0; i < bias.size(); ++i) {
        choice[i] += bias[i];
    }
    const std::size_t per_group = logits.size() / rule.groups;
    std::vector<float> worth(rule.groups);
    for (std::size_t g = 0; g < rule.groups; ++g) {
        for (const std::size_t i : best_of(first_numbers(g * per_group, per_group), choice, 2)) {
            worth[g] += choice[i];
        }
    }
    std::vector<std::size_t> candidates;
    for (const std::size_t g : best_of(first_numbers(0, rule.groups), worth, rule.groups_kept)) {
        for (std::size_t i = g * per_group; i < (g + 1) * per_group; ++i) {
            candidates.push_back(i);
        }
    }
    const std::vector<std::size_t> chosen = best_of(candidates, choice, rule.count);
    float sum = 0;
    for (const std::size_t i : chosen) {
        sum += scores[i];
    }
    for (std::size_t n = 0; n < chosen.size(); ++n) {
        const float weight = scores[chosen[n]];
        out[n] = (rule.normalise ? weight / sum : weight) * rule.scale;
        out[rule.count + n] = static_cast<float>(chosen[n]);
    }
}

}  // namespace vr
