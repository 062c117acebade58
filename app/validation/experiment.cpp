// SPDX-License-Identifier: Apache-2.0
#include "app/validation/experiment.h"

#include <fmt/format.h>

#include "app/platform/simulation.h"

namespace vr {

TensorIndex Experiment::tensor(const char* name, std::int64_t bytes) {
    TensorSpec spec;
    spec.name = name;
    spec.type = TensorType::kFp8E4m3;  // a byte per element
    spec.rows = 1;
    spec.columns = bytes;
    workload_.tensors.push_back(spec);
    return {static_cast<std::uint32_t>(workload_.tensors.size() - 1)};
}

void Experiment::kernel(const char* name, std::vector<TensorIndex> inputs, TensorIndex output,
                        Arguments arguments) {
    OperatorSpec spec;
    const auto number = static_cast<std::uint32_t>(workload_.operators.size());
    spec.id = fmt::format("{} {}", name, number);
    spec.kind = OperatorKind::kCustom;
    spec.kernel = name;
    spec.inputs = std::move(inputs);
    spec.output = output;
    spec.arguments = std::move(arguments);
    if (number > 0) {
        spec.depends = {{number - 1}};
    }
    workload_.operators.push_back(std::move(spec));
}

std::vector<Time> Experiment::run(Presets::Entry& preset) const {
    RunRequest request;
    request.workload = workload_;
    const RunResult result = run_detailed(preset.configuration, request);
    std::vector<Time> spans;
    Time before;
    for (const OperatorResult& op : result.operators) {
        spans.push_back(op.end - before);
        before = op.end;
    }
    return spans;
}

double seconds_of(Time time) {
    return static_cast<double>(time.value) / static_cast<double>(kFemtosecondsPerSecond);
}

}  // namespace vr
