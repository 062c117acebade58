// SPDX-License-Identifier: Apache-2.0
// Kernels of plain threads on rows: "thread_rows" (a block per row, element by element, with walks
// over the row before) and "thread_gather" (rows found by an index, element by element).
#include <algorithm>

#include "models/base/error.h"
#include "models/gpu/kernels/thread_kernel.h"
#include "models/gpu/kernels/thread_kernels.h"

namespace vr {

namespace {

constexpr std::int64_t kMostThreads = 1024;  // of a block, by CUDA
constexpr std::int64_t kMostInstructions = 1'000'000;
constexpr std::int64_t kIndexBytes = 8;

[[noreturn]] void refuse(const OperatorSpec& spec, const std::string& what, std::string allowed) {
    throw InputError(Diagnostic{"", spec.line, 0, fmt::format("operator '{}': {}", spec.id, what),
                                std::move(allowed), ""});
}

// What all kernels of this file take.
ThreadKernel common(KernelArguments& arguments, const KernelTarget& target) {
    ThreadKernel kernel;
    kernel.counts_issue = true;
    kernel.threads = arguments.get("threads", 256, 1, kMostThreads);
    kernel.element_bytes = arguments.get("element_bytes", 2, 1, 16);
    kernel.registers = arguments.get("registers", 32, 1, 255);
    kernel.shared_bytes = arguments.get("shared_bytes", 0, 0, target.sm.shared_bytes.value);
    kernel.start_instructions = arguments.get("start_instructions", 12, 0, kMostInstructions);
    kernel.round_instructions = arguments.get("instructions", 12, 0, kMostInstructions);
    return kernel;
}

// Row r of a tensor by block r: part number `part` of `parts` equal ones, from `first` on.
ThreadAccess row_part_of(const char* name, TensorIndex tensor, const TensorSpec& spec,
                         const TensorPlace& place, std::int64_t parts, std::int64_t part,
                         const ThreadKernel& kernel, std::int64_t element_bytes) {
    const std::int64_t bytes = place.row_bytes / parts;
    ThreadAccess access;
    access.name = name;
    access.tensor = tensor;
    access.base = place.base + static_cast<std::uint64_t>(part * bytes);
    access.bytes = bytes;
    access.tile_modulo = spec.rows;  // block by block; of one row all take the same
    access.tile_stride = place.pitch;
    access.round_stride = kernel.threads * element_bytes;
    access.element_bytes = element_bytes;
    return access;
}

class ThreadRows final : public CustomKernel {
  public:
    TileProgram program(const Workload& workload, OperatorIndex index,
                        const std::vector<TensorPlace>& places,
                        const KernelTarget& target) const override {
        const OperatorSpec& spec = workload.operators[index.value];
        if (spec.inputs.empty() || spec.inputs.size() > 2 || moves_data(workload, spec)) {
            refuse(spec, fmt::format("kernel 'thread_rows' with {} inputs", spec.inputs.size()),
                   "one, and one of parameters, all without contents");
        }
        TileProgram program;
        program.operator_index = index;
        program.name = spec.id;
        KernelArguments arguments(spec);
        ThreadKernel kernel = common(arguments, target);
        const std::int64_t parts = arguments.get("parts", 1, 1, 4);
        const std::int64_t out_parts = arguments.get("out_parts", 1, 1, 4);
        const std::int64_t parameter_loads = arguments.get("parameter_loads", 1, 1, 4);
        const std::int64_t out_element =
            arguments.get("out_element_bytes", kernel.element_bytes, 1, 16);
        const std::int64_t passes = arguments.get("passes", 1, 1, 4);
        kernel.rounds_in_flight = arguments.get("rounds_in_flight", 1, 1, 64);
        ThreadPass before;
        before.round_instructions = arguments.get("sum_instructions", 8, 0, kMostInstructions);
        before.end_instructions = arguments.get("end_instructions", 40, 0, kMostInstructions);
        arguments.finish();
        const TensorIndex in = spec.inputs.front();
        const TensorSpec& x = workload.tensors[in.value];
        const auto part = [&](const char* name, TensorIndex tensor, std::int64_t of,
                              std::int64_t i) {
            const bool stored = tensor.value == spec.output.value && tensor.value != in.value;
            return row_part_of(name, tensor, workload.tensors[tensor.value], places[tensor.value],
                               of, i, kernel, stored ? out_element : kernel.element_bytes);
        };
        kernel.tiles = x.rows;
        for (std::int64_t i = 0; i < parts; ++i) {
            kernel.loads.push_back(part("load row", in, parts, i));
        }
        kernel.rounds =
            divide_round_up(kernel.loads.front().bytes, kernel.threads * kernel.element_bytes);
        before.rounds = kernel.rounds;
        before.loads = kernel.loads;
        kernel.passes_before.assign(static_cast<std::size_t>(passes - 1), before);
        if (spec.inputs.size() > 1) {
            for (std::int64_t i = 0; i < parameter_loads; ++i) {
                kernel.loads.push_back(part("load parameters", spec.inputs[1], parameter_loads, i));
                // Parameters of fewer elements than a row come round again.
                if (kernel.loads.back().bytes < kernel.loads.front().bytes) {
                    kernel.loads.back().round_stride = 0;
                }
            }
        }
        for (std::int64_t i = 0; i < out_parts; ++i) {
            kernel.stores.push_back(part("store row", spec.output, out_parts, i));
        }
        add_threads(program, kernel);
        return program;
    }
    std::int64_t flops(const Workload&, const OperatorSpec&) const override { return 0; }
};

class ThreadGather final : public CustomKernel {
  public:
    TileProgram program(const Workload& workload, OperatorIndex index,
                        const std::vector<TensorPlace>& places,
                        const KernelTarget& target) const override {
        const OperatorSpec& spec = workload.operators[index.value];
        if (spec.inputs.size() != 2 || moves_data(workload, spec)) {
            refuse(spec, fmt::format("kernel 'thread_gather' with {} inputs", spec.inputs.size()),
                   "two, the table and the indices, without contents");
        }
        TileProgram program;
        program.operator_index = index;
        program.name = spec.id;
        KernelArguments arguments(spec);
        ThreadKernel kernel = common(arguments, target);
        const std::int64_t blocks = arguments.get("blocks", 8, 1, 1024);  // per SM
        arguments.finish();
        const TensorSpec& out = workload.tensors[spec.output.value];
        const TensorPlace& place = places[spec.output.value];
        const std::int64_t bytes = out.rows * place.pitch;
        const std::int64_t block = kernel.threads * kernel.element_bytes;
        kernel.tiles = std::min(divide_round_up(bytes, block), blocks * target.sms);
        const std::int64_t round = kernel.tiles * block;
        kernel.rounds = divide_round_up(bytes, round);
        const auto access = [&](const char* name, TensorIndex tensor) {
            ThreadAccess made;
            made.name = name;
            made.tensor = tensor;
            made.base = places[tensor.value].base;
            made.bytes = bytes;
            made.tile_stride = block;
            made.round_stride = round;
            return made;
        };
        // Threads of a block work on one row, or on a few: one sector of indices.
        ThreadAccess number = access("load index", spec.inputs[1]);
        number.bytes = out.rows * kIndexBytes;
        number.round_stride = std::max<std::int64_t>(round / place.pitch, 1) * kIndexBytes;
        number.tile_stride = 0;
        kernel.indices.push_back(number);
        // Rows of the table as tokens find them: each once, in whatever order.
        ThreadAccess load = access("load element", spec.inputs[0]);
        load.bytes = std::min(bytes, static_cast<std::int64_t>(places[spec.inputs[0].value].end -
                                                               places[spec.inputs[0].value].base));
        kernel.loads.push_back(load);
        kernel.stores.push_back(access("store element", spec.output));
        add_threads(program, kernel);
        return program;
    }
    std::int64_t flops(const Workload&, const OperatorSpec&) const override { return 0; }
};

}  // namespace

std::unique_ptr<CustomKernel> thread_rows_kernel() {
    return std::make_unique<ThreadRows>();
}

std::unique_ptr<CustomKernel> thread_gather_kernel() {
    return std::make_unique<ThreadGather>();
}

}  // namespace vr
