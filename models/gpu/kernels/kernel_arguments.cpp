// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/kernels/kernel_arguments.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "models/base/error.h"

namespace vr {

void refuse_operator(const OperatorSpec& spec, const std::string& what, std::string allowed) {
    throw InputError(Diagnostic{"", spec.line, 0, fmt::format("operator '{}': {}", spec.id, what),
                                std::move(allowed), ""});
}

TileProgram timing_program(const Workload& workload, OperatorIndex index, std::size_t inputs) {
    const OperatorSpec& spec = workload.operators[index.value];
    if (inputs > 0 && spec.inputs.size() != inputs) {
        refuse_operator(spec,
                        fmt::format("kernel '{}' with {} inputs", spec.kernel, spec.inputs.size()),
                        fmt::format("{}", inputs));
    }
    if (moves_data(workload, spec)) {
        refuse_operator(
            spec,
            fmt::format("kernel '{}' computes nothing, and its tensors have contents", spec.kernel),
            "tensors without \"data\"");
    }
    TileProgram program;
    program.operator_index = index;
    program.name = spec.id;
    return program;
}

ThreadAccess whole_access(const char* name, TensorIndex tensor,
                          const std::vector<TensorPlace>& places) {
    const TensorPlace& place = places[tensor.value];
    ThreadAccess made;
    made.name = name;
    made.tensor = tensor;
    made.base = place.base;
    made.bytes = static_cast<std::int64_t>(place.end - place.base);
    return made;
}

std::int64_t KernelArguments::get(const char* name, std::int64_t fallback, std::int64_t least,
                                  std::int64_t most) {
    known_.emplace_back(name);
    for (const auto& [key, value] : spec_.arguments) {
        if (key != name) {
            continue;
        }
        if (value < least || value > most) {
            refuse_operator(
                spec_, fmt::format("argument '{}' of kernel '{}' is {}", name, spec_.kernel, value),
                fmt::format("{} to {}", least, most));
        }
        return value;
    }
    return fallback;
}

void KernelArguments::finish() const {
    for (const auto& [key, value] : spec_.arguments) {
        if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
            refuse_operator(spec_,
                            fmt::format("kernel '{}' has no argument '{}'", spec_.kernel, key),
                            fmt::format("{}", fmt::join(known_, ", ")));
        }
    }
}

}  // namespace vr
