// SPDX-License-Identifier: Apache-2.0
// A new operator as a tile program: z = 2x + |y|, element by element.
// Not modelled: types other than bf16 and fp32 where there are contents.
#include <cmath>

#include "models/gpu/kernels/custom_kernel.h"

namespace {

constexpr std::int64_t kInstructions = 2;  // per element: fused multiply-add, absolute value

class MyKernel final : public vr::CustomKernel {
  public:
    vr::TileProgram program(const vr::Workload& workload, vr::OperatorIndex index,
                            const std::vector<vr::TensorPlace>& places,
                            const vr::KernelTarget& target) const override {
        if (workload.operators[index.value].inputs.size() != 2) {
            throw vr::InputError(vr::Diagnostic{"", workload.operators[index.value].line, 0,
                                                "my_kernel has other than two inputs", "x, y", ""});
        }
        // Operands, a ring of chunks (pipeline 0), and a TMA producer that fills it.
        vr::TileProgram program = vr::stream_program(workload, index, places, target);
        const auto store = static_cast<std::uint8_t>(program.operands.size() - 1);
        const auto elements = vr::kStreamChunk * 8 / vr::element_bits(program.input_type);
        using Do = vr::TileOpcode;
        vr::TileActor consumer{"consumer", false, true, {}};
        consumer.code = {{Do::kForEachTile, 0, 0, 0},
                         {Do::kWaitFull, 0, 0, 0},                       // both inputs are there
                         {Do::kVector, 0, 0, elements * kInstructions},  // takes the vector pipes
                         {Do::kWriteShared, 0, 0, vr::kStreamChunk},
                         {Do::kStore, 0, store, 0},
                         {Do::kEndTile, 0, 0, 0},
                         {Do::kNextTile, 0, 0, 0},
                         {Do::kEnd, 0, 0, 0}};
        program.actors.push_back(consumer);
        program.function = vr::TileFunction::kCustom;  // and this is what happens to the data
        program.element = [](float x, float y) { return 2 * x + std::fabs(y); };
        return program;
    }
    std::int64_t flops(const vr::Workload& workload, const vr::OperatorSpec& spec) const override {
        const vr::TensorSpec& z = workload.tensors[spec.output.value];
        return 3 * z.rows * z.columns;
    }
};

const vr::Registration<MyKernel, vr::CustomKernel> kRegistered(vr::custom_kernels(), "my_kernel");

}  // namespace
