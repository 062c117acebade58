// SPDX-License-Identifier: Apache-2.0
#include "rtl/gpu/sm/tensor_core/leaf_registry.h"

#include <Vfp_dot_step.h>

#include <map>
#include <utility>

#include "models/base/error.h"
#include "rtl/gpu/sm/tensor_core/verilated_leaf.h"

namespace vr {

namespace {

std::map<std::string, LeafFactory>& registry() {
    static std::map<std::string, LeafFactory> leaves{
        {"fp_dot_step", [](RtlContext& context, const std::string& name) {
             return std::make_unique<VerilatedLeaf<Vfp_dot_step>>(context, name);
         }}};
    return leaves;
}

}  // namespace

bool register_dot_leaf(const std::string& leaf, LeafFactory factory) {
    registry()[leaf] = std::move(factory);
    return true;
}

std::vector<std::string> dot_leaves() {
    std::vector<std::string> names;
    for (const auto& [name, factory] : registry()) {
        names.push_back(name);
    }
    return names;
}

std::unique_ptr<DotLeaf> make_dot_leaf(const std::string& leaf, RtlContext& context,
                                       const std::string& name) {
    const auto found = registry().find(leaf);
    ensure(found != registry().end(), "no leaf '{}'", leaf);
    return found->second(context, name);
}

}  // namespace vr
