// SPDX-License-Identifier: Apache-2.0
#include "app/validation/experiment.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

namespace vr {

TensorIndex Experiment::matrix(const char* name, std::int64_t rows, std::int64_t columns,
                               TensorType type) {
    TensorSpec spec;
    spec.name = name;
    spec.type = type;
    spec.rows = rows;
    spec.columns = columns;
    workload_.tensors.push_back(spec);
    return {static_cast<std::uint32_t>(workload_.tensors.size() - 1)};
}

TensorIndex Experiment::tensor(const char* name, std::int64_t bytes) {
    return matrix(name, 1, bytes, TensorType::kFp8E4m3);  // a byte per element
}

OperatorSpec& Experiment::next(std::string id) {
    OperatorSpec spec;
    const auto number = static_cast<std::uint32_t>(workload_.operators.size());
    spec.id = fmt::format("{} {}", id, number);
    if (number > 0) {
        spec.depends = {{number - 1}};
    }
    workload_.operators.push_back(std::move(spec));
    return workload_.operators.back();
}

void Experiment::add(OperatorSpec spec) {
    OperatorSpec& placed = next(std::string(operator_name(spec)));
    spec.id = placed.id;
    spec.depends = placed.depends;
    placed = std::move(spec);
}

void Experiment::kernel(const char* name, std::vector<TensorIndex> inputs, TensorIndex output,
                        Arguments arguments) {
    OperatorSpec& spec = next(name);
    spec.kind = OperatorKind::kCustom;
    spec.kernel = name;
    spec.inputs = std::move(inputs);
    spec.output = output;
    spec.arguments = std::move(arguments);
}

void Experiment::product(std::int64_t m, std::int64_t n, std::int64_t k, TensorType type,
                         Arguments arguments) {
    const TensorIndex a = matrix("a", m, k, type);
    const TensorIndex b = matrix("b", n, k, type);
    const TensorIndex d = matrix("d", m, n, TensorType::kBf16);
    OperatorSpec& spec = next("product");
    spec.kind = OperatorKind::kGemm;
    spec.inputs = {a, b};
    spec.output = d;
    spec.arguments = std::move(arguments);
}

void Experiment::grouped_product(std::vector<std::int64_t> rows, std::int64_t n, std::int64_t k,
                                 TensorType type) {
    const std::int64_t all = std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
    const TensorIndex a = matrix("a", all, k, type);
    const TensorIndex b = matrix("b", static_cast<std::int64_t>(rows.size()) * n, k, type);
    const TensorIndex d = matrix("d", all, n, TensorType::kBf16);
    OperatorSpec& spec = next("grouped product");
    spec.kind = OperatorKind::kGroupedGemm;
    spec.inputs = {a, b};
    spec.output = d;
    spec.rows = std::move(rows);
}

std::int64_t AttentionExperiment::query_rows() const {
    return shape.query_rows.empty()
               ? shape.sequences * queries
               : std::accumulate(shape.query_rows.begin(), shape.query_rows.end(), std::int64_t{0});
}

std::int64_t AttentionExperiment::query_key_pairs() const {
    std::int64_t pairs = 0;
    for (std::int64_t i = 0; i < shape.sequences; ++i) {
        pairs += shape.queries_of(i, query_rows()) * shape.keys_of(i);
    }
    return pairs;
}

void Experiment::attention(const AttentionExperiment& attention) {
    const AttentionShape& shape = attention.shape;
    const std::int64_t keys = shape.sequences * shape.context;
    const std::int64_t queries = attention.query_rows();
    std::vector<TensorIndex> inputs = {
        matrix("q", queries, shape.heads * shape.head_columns, attention.type),
        matrix("k", keys, shape.kv_heads * shape.head_columns, attention.type)};
    if (attention.own_values) {
        inputs.push_back(matrix("v", keys, shape.kv_heads * shape.value_columns, attention.type));
    }
    const TensorIndex output =
        matrix("output", queries, shape.heads * shape.value_columns, attention.type);
    OperatorSpec& spec = next("attention");
    spec.kind = OperatorKind::kAttention;
    spec.inputs = std::move(inputs);
    spec.output = output;
    spec.attention = shape;
    spec.attention.values = {shape.value_columns, 0};
    spec.attention.scale = 1 / std::sqrt(static_cast<float>(shape.head_columns));
    spec.arguments = attention.arguments;
}

void Experiment::again(std::size_t number) {
    const OperatorSpec before = workload_.operators.at(number);
    OperatorSpec& spec = next("again");
    const std::string id = spec.id;
    const std::vector<OperatorIndex> depends = spec.depends;
    spec = before;
    spec.id = id;
    spec.depends = depends;
}

SimulatedRun Experiment::simulate(Presets::Entry& preset, Frequency clock) const {
    return preset.simulations->run(preset.name, preset.config, workload_, clock);
}

std::vector<Time> Experiment::run(Presets::Entry& preset) const {
    std::vector<Time> spans;
    Time before;
    for (const SimulatedRun::Kernel& kernel : simulate(preset).kernels) {
        spans.push_back(kernel.ended - before);
        before = kernel.ended;
    }
    return spans;
}

std::vector<Time> Experiment::run_on_device(Presets::Entry& preset) const {
    std::vector<Time> spans;
    for (const SimulatedRun::Kernel& kernel : simulate(preset).kernels) {
        spans.push_back(kernel.ended - kernel.launched);
    }
    return spans;
}

double seconds_of(Time time) {
    return static_cast<double>(time.value) / static_cast<double>(kFemtosecondsPerSecond);
}

}  // namespace vr
