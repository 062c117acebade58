// SPDX-License-Identifier: Apache-2.0
// Kernel of plain threads on tiles of a matrix: "thread_tiles" (a block per tile, which lies in
// several rows, column by column of tiles).
#include <algorithm>

#include "models/base/error.h"
#include "models/gpu/kernels/thread_kernels.h"

namespace vr {

namespace {

constexpr std::int64_t kMostElement = 64;
constexpr std::int64_t kNumberBytes = 4;  // of a row of parameters

class ThreadTiles final : public CustomKernel {
  public:
    TileProgram program(const Workload& workload, OperatorIndex index,
                        const std::vector<TensorPlace>& places,
                        const KernelTarget& target) const override {
        TileProgram program = timing_program(workload, index, 0);
        const OperatorSpec& spec = workload.operators[index.value];
        if (spec.inputs.empty() || spec.inputs.size() > 3) {
            refuse_operator(spec,
                            fmt::format("kernel 'thread_tiles' with {} inputs", spec.inputs.size()),
                            "a matrix, parameters by row, and numbers of these rows");
        }
        KernelArguments arguments(spec);
        ThreadKernel kernel;
        kernel.counts_issue = true;
        kernel.threads = arguments.get("threads", 128, 1, kMostThreads);
        kernel.row_threads = arguments.get("row_threads", 8, 1, kGroupThreads);
        kernel.element_bytes = arguments.get("element_bytes", 16, 1, kMostElement);
        kernel.registers = arguments.get("registers", 32, 1, 255);
        kernel.shared_bytes = arguments.get("shared_bytes", 0, 0, target.sm.shared_bytes.value);
        kernel.start_instructions = arguments.get("start_instructions", 12, 0, kMostInstructions);
        kernel.round_instructions = arguments.get("instructions", 12, 0, kMostInstructions);
        const std::int64_t out_element =
            arguments.get("out_element_bytes", kernel.element_bytes, 1, kMostElement);
        const std::int64_t parameter =
            arguments.get("parameter_bytes", kernel.element_bytes, 1, kMostElement);
        std::int64_t wide = arguments.get("column_bytes", 0, 0, kMostCount);
        arguments.finish();
        if (kernel.threads % kernel.row_threads != 0 ||
            (kernel.threads > kGroupThreads && kGroupThreads % kernel.row_threads != 0)) {
            refuse_operator(
                spec,
                fmt::format("{} threads with row_threads {}", kernel.threads, kernel.row_threads),
                fmt::format("a row_threads that divides threads, and {} where they are more",
                            kGroupThreads));
        }
        wide = wide > 0 ? wide : kernel.row_threads * kernel.element_bytes;
        const std::int64_t elements = divide_round_up(wide, kernel.element_bytes);
        if (elements > kernel.row_threads) {
            refuse_operator(spec, fmt::format("column_bytes {}", wide),
                            fmt::format("up to row_threads x element_bytes, {}",
                                        kernel.row_threads * kernel.element_bytes));
        }
        const auto matrix = [&](const char* name, TensorIndex tensor, std::int64_t element,
                                std::int64_t column_stride) {
            const TensorPlace& place = places[tensor.value];
            ThreadAccess access = whole_access(name, tensor, places);
            access.bytes = place.row_bytes;
            access.rows = workload.tensors[tensor.value].rows;
            access.tile_stride = place.pitch;
            access.element_bytes = element;
            access.column_stride = column_stride;
            return access;
        };
        kernel.loads.push_back(
            matrix("load tile", spec.inputs.front(), kernel.element_bytes, wide));
        kernel.tiles =
            divide_round_up(kernel.loads.front().rows, kernel.threads / kernel.row_threads);
        kernel.tile_columns = divide_round_up(kernel.loads.front().bytes, wide);
        kernel.stores.push_back(
            matrix("store tile", spec.output, out_element, elements * out_element));
        if (spec.inputs.size() > 1) {
            kernel.loads.push_back(matrix("load parameters", spec.inputs[1], parameter, 0));
            kernel.loads.back().rows_wrap = true;
        }
        if (spec.inputs.size() > 2) {
            ThreadAccess numbers = whole_access("load row numbers", spec.inputs[2], places);
            numbers.tile_bytes = kernel.threads / kernel.row_threads * kNumberBytes;
            numbers.tile_stride = numbers.tile_bytes;
            kernel.indices.push_back(numbers);
        }
        add_threads(program, kernel);
        return program;
    }
    std::int64_t flops(const Workload&, const OperatorSpec&) const override { return 0; }
};

}  // namespace

std::unique_ptr<CustomKernel> thread_tiles_kernel() {
    return std::make_unique<ThreadTiles>();
}

}  // namespace vr
