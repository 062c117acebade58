// SPDX-License-Identifier: Apache-2.0
// The leaves that `gpu.sm.tensor_core.rtl_leaf` may name. "fp_dot_step" is ours; others are added
// by whoever links them in. Not modelled: leaves with other pins than fp_dot_step's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rtl/gpu/sm/tensor_core/dot_leaf.h"
#include "rtl/runtime/rtl_context.h"

namespace vr {

/// Makes one leaf; `name` is its scope in the waveforms. The context outlives the leaf.
using LeafFactory =
    std::function<std::unique_ptr<DotLeaf>(RtlContext& context, const std::string& name)>;

/// Adds a leaf, or replaces the one of that name. The result is for initialising a static variable.
bool register_dot_leaf(const std::string& leaf, LeafFactory factory);
/// Names that make_dot_leaf() knows, sorted.
[[nodiscard]] std::vector<std::string> dot_leaves();
/// A leaf by name; the name is one of dot_leaves().
[[nodiscard]] std::unique_ptr<DotLeaf> make_dot_leaf(const std::string& leaf, RtlContext& context,
                                                     const std::string& name);

}  // namespace vr
