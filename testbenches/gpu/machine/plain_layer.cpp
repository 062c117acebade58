// SPDX-License-Identifier: Apache-2.0
#include "testbenches/gpu/machine/plain_layer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vr::testing::plain {

Matrix turned(const Matrix& in, const Matrix& angles, std::int64_t position) {
    const std::int64_t pairs = in.columns / 2;
    return by_rows(in, in.columns, [&](const double* x, double* y, std::int64_t) {
        for (std::int64_t i = 0; i < pairs; ++i) {
            const double cosine = angles.at(position, i);
            const double sine = angles.at(position, pairs + i);
            y[2 * i] = x[2 * i] * cosine - x[2 * i + 1] * sine;
            y[2 * i + 1] = x[2 * i] * sine + x[2 * i + 1] * cosine;
        }
    });
}

std::vector<double> running_attention(const LayerSizes& sizes, const double* q,
                                      const Matrix& keys) {
    std::vector<double> scores(static_cast<std::size_t>(keys.rows));
    for (std::int64_t j = 0; j < keys.rows; ++j) {
        const double* k = &keys.values[static_cast<std::size_t>(j * keys.columns)];
        scores[static_cast<std::size_t>(j)] =
            std::inner_product(q, q + keys.columns, k, 0.0) * sizes.attention_scale;
    }
    constexpr double kSlack = 5.5;
    std::vector<double> out(static_cast<std::size_t>(sizes.kv_rank));
    double total = 0;
    double reference = -1e300;
    for (std::int64_t first = 0; first < keys.rows; first += sizes.key_block) {
        const std::int64_t end = std::min(first + sizes.key_block, keys.rows);
        const double largest = *std::max_element(scores.begin() + first, scores.begin() + end);
        if (largest > reference + kSlack) {
            const double factor = total == 0 ? 1 : std::exp(reference - largest);
            total *= factor;
            std::for_each(out.begin(), out.end(), [&](double& value) { value *= factor; });
            reference = largest;
        }
        for (std::int64_t j = first; j < end; ++j) {
            const double weight = std::exp(scores[static_cast<std::size_t>(j)] - reference);
            total += weight;
            for (std::int64_t c = 0; c < sizes.kv_rank; ++c) {
                out[static_cast<std::size_t>(c)] += rounded(weight, sizes.operands) * keys.at(j, c);
            }
        }
    }
    std::for_each(out.begin(), out.end(), [&](double& value) { value /= total; });
    return out;
}

Tensors latent_decode(const Tensors& in, const LayerSizes& s) {
    const Format& f = s.operands;
    const std::int64_t key_size = s.kv_rank + s.rope;
    const std::int64_t head = s.nope + s.rope;
    const std::int64_t position = s.context - 1;
    const Matrix& angles = in.at("rope_angles");
    const auto norm = [&](const Matrix& m, const std::string& name) {
        return rounded(rms_norm(m, in.at(name + ".weight"), s.epsilon), f);
    };
    const auto linear = [&](const Matrix& m, const std::string& name) {
        return rounded(product(m, in.at(name + ".weight")), kBf16Format);
    };
    Tensors t;
    t["attention_norm"] = norm(in.at("hidden"), "attention_norm");
    const Matrix a = t["q_kv_a"] = linear(t["attention_norm"], "q_kv_a");
    t["q_a_norm"] = norm(columns_of(a, 0, s.q_rank), "q_a_norm");
    const Matrix q = t["q_b"] = linear(t["q_a_norm"], "q_b");
    const Matrix latent = norm(columns_of(a, s.q_rank, s.kv_rank), "kv_a_norm");
    const Matrix key =
        rounded(turned(columns_of(a, s.q_rank + s.kv_rank, s.rope), angles, position), f);
    Matrix cache = in.at("latent_cache");
    Matrix queries = zeros(a.rows, s.heads * key_size);
    Matrix attended = zeros(a.rows, s.heads * s.kv_rank);
    Matrix values = zeros(a.rows, s.heads * s.value);
    for (std::int64_t r = 0; r < a.rows; ++r) {
        for (std::int64_t c = 0; c < key_size; ++c) {
            cache.at(r * s.context + position, c) =
                c < s.kv_rank ? latent.at(r, c) : key.at(r, c - s.kv_rank);
        }
    }
    for (std::int64_t h = 0; h < s.heads; ++h) {
        multiply(q, in.at("q_absorb.weight"), queries, 0, q.rows, h * head, h * s.kv_rank,
                 s.kv_rank, h * key_size);
        const Matrix part = turned(columns_of(q, h * head + s.nope, s.rope), angles, position);
        for (std::int64_t r = 0; r < q.rows; ++r) {
            std::copy_n(&part.values[static_cast<std::size_t>(r * s.rope)], s.rope,
                        &queries.at(r, h * key_size + s.kv_rank));
        }
    }
    queries = rounded(queries, f);
    for (std::int64_t r = 0; r < q.rows; ++r) {
        const Matrix keys = rows_of(cache, r * s.context, s.context);
        for (std::int64_t h = 0; h < s.heads; ++h) {
            const std::vector<double> out =
                running_attention(s, &queries.at(r, h * key_size), keys);
            std::copy(out.begin(), out.end(), &attended.at(r, h * s.kv_rank));
        }
    }
    attended = rounded(attended, kBf16Format);
    for (std::int64_t h = 0; h < s.heads; ++h) {
        multiply(attended, in.at("value_up.weight"), values, 0, q.rows, h * s.kv_rank, h * s.value,
                 s.value, h * s.value);
    }
    t["latent_cache"] = cache;
    t["q_latent"] = queries;
    t["attention"] = attended;
    t["value_up"] = rounded(values, f);
    t["o"] = linear(t["value_up"], "o");
    return t;
}

Matrix latent_definition(const Tensors& in, const LayerSizes& s) {
    const Matrix& angles = in.at("rope_angles");
    const std::int64_t position = s.context - 1;
    const auto weight = [&](const std::string& name) { return in.at(name + ".weight"); };
    const Matrix a =
        product(rms_norm(in.at("hidden"), weight("attention_norm"), s.epsilon), weight("q_kv_a"));
    const Matrix q =
        product(rms_norm(columns_of(a, 0, s.q_rank), weight("q_a_norm"), s.epsilon), weight("q_b"));
    const Matrix latent =
        rms_norm(columns_of(a, s.q_rank, s.kv_rank), weight("kv_a_norm"), s.epsilon);
    const Matrix key = turned(columns_of(a, s.q_rank + s.kv_rank, s.rope), angles, position);
    Matrix all = zeros(a.rows, s.heads * s.value);
    for (std::int64_t r = 0; r < a.rows; ++r) {
        Matrix tokens = rows_of(in.at("latent_cache"), r * s.context, s.context);
        for (std::int64_t c = 0; c < tokens.columns; ++c) {
            tokens.at(position, c) = c < s.kv_rank ? latent.at(r, c) : key.at(r, c - s.kv_rank);
        }
        for (std::int64_t h = 0; h < s.heads; ++h) {
            const Matrix up = rows_of(weight("q_absorb"), h * s.kv_rank, s.kv_rank);
            const Matrix query = columns_of(rows_of(q, r, 1), h * (s.nope + s.rope), s.nope);
            const Matrix query_turned =
                turned(columns_of(rows_of(q, r, 1), h * (s.nope + s.rope) + s.nope, s.rope), angles,
                       position);
            const Matrix compressed = columns_of(tokens, 0, s.kv_rank);
            Matrix scores = zeros(1, s.context);
            for (std::int64_t j = 0; j < s.context; ++j) {
                for (std::int64_t n = 0; n < s.nope; ++n) {
                    double of_key = 0;
                    for (std::int64_t c = 0; c < s.kv_rank; ++c) {
                        of_key += up.at(c, n) * compressed.at(j, c);
                    }
                    scores.at(0, j) += query.at(0, n) * of_key * s.attention_scale;
                }
                for (std::int64_t n = 0; n < s.rope; ++n) {
                    scores.at(0, j) +=
                        query_turned.at(0, n) * tokens.at(j, s.kv_rank + n) * s.attention_scale;
                }
            }
            const Matrix weights = softmax(scores);
            const Matrix values =
                product(compressed, rows_of(weight("value_up"), h * s.value, s.value));
            for (std::int64_t j = 0; j < s.context; ++j) {
                for (std::int64_t c = 0; c < s.value; ++c) {
                    all.at(r, h * s.value + c) += weights.at(0, j) * values.at(j, c);
                }
            }
        }
    }
    return product(all, weight("o"));
}

}  // namespace vr::testing::plain
