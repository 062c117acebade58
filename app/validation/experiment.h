// SPDX-License-Identifier: Apache-2.0
// Experiments of measured microbenchmarks on the machine: custom kernels on plain tensors, timed.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "app/validation/family.h"
#include "models/base/quantity.h"
#include "models/transport/workload.h"

namespace vr {

/// Attention of one layer; the keys of a sequence are all that memory holds of it.
struct AttentionExperiment {
    AttentionShape shape;
    std::int64_t queries = 1;  ///< per sequence
    TensorType type = TensorType::kBf16;
    bool own_values = false;  ///< V is a tensor of its own; else the first columns of K
    std::vector<std::pair<std::string, std::int64_t>> arguments;

    [[nodiscard]] std::int64_t query_rows() const;
    /// Of one head; all keys count for all queries.
    [[nodiscard]] std::int64_t query_key_pairs() const;
};

/// A workload under construction: tensors of bytes, kernels one after another.
class Experiment {
  public:
    explicit Experiment(std::string name) { workload_.name = std::move(name); }
    /// The host submits kernel by kernel, or all of them as a graph, as experiments do by
    /// themselves.
    void submit(Submission how) { workload_.submission = how; }
    /// A tensor of so many bytes.
    TensorIndex tensor(const char* name, std::int64_t bytes);
    TensorIndex matrix(const char* name, std::int64_t rows, std::int64_t columns, TensorType type);
    /// Any operator on tensors of this experiment, after the one before it.
    void add(OperatorSpec spec);
    using Arguments = std::vector<std::pair<std::string, std::int64_t>>;
    /// A custom kernel that begins when the one before it has ended.
    void kernel(const char* name, std::vector<TensorIndex> inputs, TensorIndex output,
                Arguments arguments);
    /// A product of tensor cores in one operator, likewise after the one before it: D[m, n] =
    /// A[m, k] x B[n, k] transposed, D in BF16.
    void product(std::int64_t m, std::int64_t n, std::int64_t k, TensorType type,
                 Arguments arguments = {});
    /// Products of groups with their own rows of A, `n` rows of B each, in one operator.
    void grouped_product(std::vector<std::int64_t> rows, std::int64_t n, std::int64_t k,
                         TensorType type);
    /// softmax(Q K^T) V, the output of the type of the operands.
    void attention(const AttentionExperiment& attention);
    /// The operator with this number once more, on the same tensors.
    void again(std::size_t number);
    [[nodiscard]] const Workload& workload() const { return workload_; }
    /// Runs all; how long each kernel took, from the end of the one before it to its own.
    [[nodiscard]] std::vector<Time> run(Presets::Entry& preset) const;
    /// The whole run, at the governed clock or at the given one.
    [[nodiscard]] SimulatedRun simulate(Presets::Entry& preset, Frequency clock = {}) const;
    /// The same as profilers of the device see it: each kernel from its own launch to its end.
    [[nodiscard]] std::vector<Time> run_on_device(Presets::Entry& preset) const;

  private:
    OperatorSpec& next(std::string id);
    Workload workload_;
};

/// Seconds of a time.
[[nodiscard]] double seconds_of(Time time);

}  // namespace vr
