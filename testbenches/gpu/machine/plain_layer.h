// SPDX-License-Identifier: Apache-2.0
// Parts of a decoder layer computed the plain way, in double precision, from the contents of their
// inputs alone; results are rounded where tensors between operators hold them. It shares no code
// with the models.
#pragma once

#include "testbenches/gpu/machine/plain_numbers.h"

namespace vr::testing::plain {

/// Neighbouring columns turned by the angle of their pair at a position: cosines, then sines.
Matrix turned(const Matrix& in, const Matrix& angles, std::int64_t position);

/// What a layer's formulas need besides tensors.
struct LayerSizes {
    std::int64_t heads = 0;
    std::int64_t q_rank = 0;
    std::int64_t kv_rank = 0;
    std::int64_t nope = 0;
    std::int64_t rope = 0;
    std::int64_t value = 0;
    std::int64_t context = 0;
    std::int64_t experts = 0;
    std::int64_t chosen = 0;
    std::int64_t groups = 0;
    std::int64_t groups_kept = 0;
    double routed_scale = 1;
    double epsilon = 0;
    double attention_scale = 0;
    Format operands = kBf16Format;  ///< of products, queries and the cache
    std::int64_t key_block = 0;     ///< keys that the kernel's softmax takes at a time
};

/// softmax(scale q k^T) v of one row of queries, as flash attention counts it: weights are rounded
/// to the operands' format, relative to the largest score of the first block of keys or of a later
/// one that exceeds it by 5.5; the sum is of weights as they were.
std::vector<double> running_attention(const LayerSizes& sizes, const double* q, const Matrix& keys);

/// The decode step of latent attention in the absorbed form (arXiv:2412.19437, 2.1.1), a new token
/// of each sequence: every tensor that it writes, by name.
Tensors latent_decode(const Tensors& in, const LayerSizes& s);

/// The same by its definition, without any rounding: keys and values of every head made from the
/// latent of each token (equations 1 to 11).
Matrix latent_definition(const Tensors& in, const LayerSizes& s);

}  // namespace vr::testing::plain
