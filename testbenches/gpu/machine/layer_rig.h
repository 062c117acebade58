// SPDX-License-Identifier: Apache-2.0
// Parts of a small model's decoder layer on a machine, with contents of the size that a model's
// tensors have, and what their results are checked by.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/platform/simulation.h"
#include "testbenches/gpu/machine/layer_trace.h"
#include "testbenches/gpu/machine/machine_rig.h"

namespace vr::testing {

/// A part of a layer on a machine, with its contents at the start.
class LayerRun {
  public:
    explicit LayerRun(const std::string& text, const std::string& platform = "tiny",
                      const Sets& sets = {}, Compose compose = Compose::kRegion);
    ~LayerRun();
    /// Contents at the start, of tensors that have some then.
    [[nodiscard]] const plain::Tensors& inputs() const { return inputs_; }
    [[nodiscard]] const Workload& workload() const { return request_.workload; }
    [[nodiscard]] const Machine& machine() const { return *machine_; }
    [[nodiscard]] Gpu& gpu() const;
    void run();
    /// Contents now.
    [[nodiscard]] TensorBytes bytes(const std::string& name) const;
    [[nodiscard]] plain::Matrix tensor(const std::string& name) const;
    [[nodiscard]] std::string_view type_name(const std::string& name) const;
    /// Contents for the run to come.
    void write(const std::string& name, const plain::Matrix& values);

  private:
    [[nodiscard]] std::size_t index(const std::string& name) const;
    [[nodiscard]] const TensorSpec& spec(std::size_t i) const {
        return request_.workload.tensors[i];
    }
    // Seeded values have a size of their own. Weights are made such that each product's results are
    // about as large as its inputs, biases small; angles are those of positions.
    void prepare(const std::string& name);
    PlatformConfig config_;
    RunRequest request_;
    std::unique_ptr<Machine> machine_;
    plain::Tensors inputs_;
};

/// Distance of neighbouring BF16 numbers, at most, relative to their size.
inline constexpr double kBf16Step = 1.0 / 128;

/// A tensor as it lies in memory against the reference, which rounds at the same places. Sums in
/// FP32, some 2^-20 off, bring a value to the other side of an edge between two numbers of its
/// format: once in some 2^12 values of BF16, 2^16 of FP8. What such a neighbour goes into moves
/// little: so few elements are off, and none by more than a step of the largest value's.
void check_equal(const LayerRun& run, const std::string& name, const plain::Matrix& wanted);

/// Runs the trace as one region and in the other way (with `sets`; without any: as modules): every
/// tensor has the same bytes.
void check_same_bytes(const std::string& text, const Sets& sets);

}  // namespace vr::testing
