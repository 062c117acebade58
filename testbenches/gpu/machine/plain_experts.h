// SPDX-License-Identifier: Apache-2.0
// A mixture of experts computed the plain way, token by token: see plain_layer.h.
#pragma once

#include "testbenches/gpu/machine/plain_layer.h"

namespace vr::testing::plain {

/// Experts of every token, best first, with their weights, and how clear the choices are.
struct Routing {
    std::vector<std::vector<std::int64_t>> experts;
    std::vector<std::vector<double>> weights;
    double margin = 1e300;  ///< least lead of anything chosen over what was left
};

/// Numbers of the `count` largest values of `candidates`; takes down the lead of the last one.
std::vector<std::int64_t> largest_of(std::vector<std::int64_t> candidates,
                                     const std::vector<double>& values, std::int64_t count,
                                     double& margin);

/// Sigmoid scores; groups by the sum of their two best biased scores (arXiv:2412.19437, 2.1.2).
Routing routing_of(const Matrix& logits, const Matrix& bias, const LayerSizes& s);

/// gate_up, gated unit and down of some rows, with the weights of expert number `e` of a tensor.
Matrix gated_mlp(const Matrix& x, const Matrix& gate_up, const Matrix& down, std::int64_t e,
                 std::int64_t hidden, const Format& f);

/// From the residual `hidden` and the attention's result `o` to the layer's output.
struct ExpertLayer {
    Routing routing;
    Tensors tensors;  ///< what the layer writes, by name; not what lies sorted by expert
};

ExpertLayer expert_layer(const Tensors& in, const LayerSizes& s);

}  // namespace vr::testing::plain
