// SPDX-License-Identifier: Apache-2.0
// A verilated class with the pins of fp_dot_step.sv as a DotLeaf. Include it in one .cpp per model
// and never beside SystemC: Verilator's headers and <systemc> do not go together.
//
//     #include <Vmine.h>  // from vrsim_add_rtl(mine ...)
//     vr::register_dot_leaf("mine", [](vr::RtlContext& context, const std::string& name) {
//         return std::make_unique<vr::VerilatedLeaf<Vmine>>(context, name);
//     });
#pragma once

#include <verilated.h>
#include <verilated_fst_c.h>

#include <cstring>
#include <memory>
#include <string>

#include "models/base/error.h"
#include "rtl/gpu/sm/tensor_core/dot_leaf.h"
#include "rtl/runtime/rtl_context.h"
#include "rtl/runtime/state_digest.h"

namespace vr {

template <class Model>
class VerilatedLeaf final : public DotLeaf {
  public:
    /// `name` is the scope in the waveforms, e.g. "gpu.sm0.tensor_core".
    VerilatedLeaf(RtlContext& context, const std::string& name)
        : context_(context), model_(std::make_unique<Model>(&context.verilated(), name.c_str())) {
        if (VerilatedFstC* const waves = context.waves()) {
            constexpr int kAllLevels = 99;
            model_->trace(waves, kAllLevels);
        }
    }
    ~VerilatedLeaf() override { model_->final(); }

    LeafResult clock(const LeafStep& step) override {
        if (!reset_) {
            reset_ = true;
            model_->rst_ni = 0;
            pulse();
            model_->rst_ni = 1;
        }
        model_->valid_i = step.valid ? 1 : 0;
        if (step.valid) {
            drive(step);
        }
        pulse();
        LeafResult out;
        out.valid = model_->valid_o != 0;
        out.d = model_->d_o;
        out.corners = corners_of(model_->corners_o);
        return out;
    }
    [[nodiscard]] std::int64_t clocks() const override { return context_.clocks(); }
    [[nodiscard]] std::uint64_t digest() override {
        if (!reset_) {
            return 0;  // not evaluated yet: parts of it hold whatever memory held before
        }
        if constexpr (requires(VerilatedSerialize & to, Model & from) { to << from; }) {
            const ContextAsZeros settings(context_.verilated());
            StateDigest digest;
            digest << *model_;
            return digest.value();
        } else {
            throw InternalError("a leaf built with COVERAGE has no state digest");
        }
    }

  private:
    void drive(const LeafStep& step) {
        model_->kind_i = static_cast<CData>(step.kind);
        model_->a_format_i = static_cast<CData>(step.a_format);
        model_->b_format_i = static_cast<CData>(step.b_format);
        model_->scale_format_i = static_cast<CData>(step.scale);
        model_->count_i = step.count;
        model_->output_i = static_cast<CData>(step.output);
        model_->fraction_bits_i = step.fraction_bits;
        model_->zero_floor_i = static_cast<SData>(step.zero_floor & 0x7ff);
        model_->zero_group_takes_part_i = step.zero_group_takes_part ? 1 : 0;
        model_->added_after_i = step.added_after ? 1 : 0;
        std::memcpy(&model_->a_i[0], step.a.data(), step.a.size());
        std::memcpy(&model_->b_i[0], step.b.data(), step.b.size());
        std::memcpy(&model_->a_scale_i, step.a_scales.data(), step.a_scales.size());
        std::memcpy(&model_->b_scale_i, step.b_scales.data(), step.b_scales.size());
        model_->c_i = step.c;
    }
    void pulse() {
        model_->clk_i = 0;
        model_->eval();
        context_.half_clock();
        model_->clk_i = 1;
        model_->eval();
        context_.half_clock();
    }
    // corners_t of fp_dot_pkg.sv, lowest bit last.
    static Corners corners_of(std::uint32_t bits) {
        constexpr Corner kOrder[] = {
            Corner::kZeroAccumulatorFloor,   Corner::kZeroGroup,   Corner::kZeroSign,
            Corner::kInfiniteFp4Accumulator, Corner::kZeroElement, Corner::kTf32Payload};
        Corners out;
        for (std::uint32_t i = 0; i < std::size(kOrder); ++i) {
            if ((bits >> i & 1U) != 0) {
                out.add(kOrder[i]);
            }
        }
        return out;
    }

    RtlContext& context_;
    std::unique_ptr<Model> model_;
    bool reset_ = false;
};

}  // namespace vr
