// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/kernels/custom_kernel.h"

#include "models/base/error.h"
#include "models/gpu/kernels/thread_kernels.h"
#include "models/gpu/tile_program/program_problem.h"

namespace vr {

Registry<CustomKernel>& custom_kernels() {
    // Made at its first use, which may be the registration of a kernel elsewhere.
    static Registry<CustomKernel> registry = [] {
        Registry<CustomKernel> made("kernel");
        made.add("thread_stream", thread_stream_kernel);
        made.add("thread_read", thread_read_kernel);
        made.add("thread_passes", thread_passes_kernel);
        made.add("pointer_chase", pointer_chase_kernel);
        made.add("tma_read", tma_read_kernel);
        made.add("thread_rows", thread_rows_kernel);
        made.add("thread_gather", thread_gather_kernel);
        made.add("thread_tiles", thread_tiles_kernel);
        return made;
    }();
    return registry;
}

TileProgram custom_program(const Workload& workload, OperatorIndex index,
                           const std::vector<TensorPlace>& places, const KernelTarget& target) {
    const OperatorSpec& spec = workload.operators[index.value];
    const auto refuse = [&](const std::string& what, std::string allowed, std::string hint) {
        throw InputError(Diagnostic{"", spec.line, 0,
                                    fmt::format("operator '{}': {}", spec.id, what),
                                    std::move(allowed), std::move(hint)});
    };
    if (!custom_kernels().has(spec.kernel)) {
        const auto names = custom_kernels().names();
        refuse(fmt::format("unknown kernel '{}'", spec.kernel),
               names.empty() ? "none: no kernel is registered"
                             : fmt::format("{}", fmt::join(names, ", ")),
               "add the directory of the kernel: ./vrsim --with DIR");
    }
    TileProgram program =
        custom_kernels().make(spec.kernel)->program(workload, index, places, target);
    if (program.carries_data) {
        if (program.function != TileFunction::kCustom || program.element == nullptr) {
            refuse(fmt::format("its tensors carry data, and kernel '{}' has no function of them",
                               spec.kernel),
                   "TileFunction::kCustom with `element`, or a timing-only trace", "");
        }
        for (const TensorType type : {program.input_type, program.output_type}) {
            if (type != TensorType::kFp32 && type != TensorType::kBf16) {
                refuse(fmt::format("kernel '{}' on data of type {}", spec.kernel,
                                   tensor_type_name(type)),
                       "bf16 or fp32", "leave the data out for a timing-only run");
            }
        }
    }
    // A block that shares its SM counts with what the machine keeps of each block for itself.
    const SmConfig& sm = target.sm;
    const Bytes limit = program.threads_per_block > 0 ? sm.shared_bytes : sm.shared_memory.capacity;
    if (ProgramProblem problem = program_problem(program, limit.value)) {
        refuse(fmt::format("the program of kernel '{}' cannot run: {}", spec.kernel, problem.what),
               problem.allowed, "");
    }
    return program;
}

}  // namespace vr
