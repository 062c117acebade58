// SPDX-License-Identifier: Apache-2.0
// Links the leaf that cuts terms too early into the vrsim program, as "fault".
#include <Vfp_dot_step_fault.h>

#include "rtl/gpu/sm/tensor_core/leaf_registry.h"
#include "rtl/gpu/sm/tensor_core/verilated_leaf.h"

namespace {

const bool kRegistered =
    vr::register_dot_leaf("fault", [](vr::RtlContext& context, const std::string& name) {
        return std::make_unique<vr::VerilatedLeaf<Vfp_dot_step_fault>>(context, name);
    });

}  // namespace
