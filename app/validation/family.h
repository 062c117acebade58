// SPDX-License-Identifier: Apache-2.0
// Families of measured experiments and how vrsim predicts their rows. A family is one file of its
// own that returns a Family; families.cpp lists them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/options.h"
#include "app/platform/platform.h"
#include "app/validation/measured.h"
#include "app/validation/simulations.h"
#include "models/base/configuration.h"

namespace vr {

/// What became of one row.
enum class RowState {
    kModelled,     ///< `simulated` is the machine's answer
    kNotModelled,  ///< counts with its roofline error; `why` says what is missing in vrsim
    kLeftOut,  ///< the row lacks a needed parameter, or its device has no preset; `why` names it
};

/// A prediction in the unit of the row's value.
struct Prediction {
    RowState state = RowState::kNotModelled;
    double simulated = 0;  ///< for kModelled
    double roofline = 0;   ///< for kModelled and kNotModelled; above 0
    std::string why;
};

/// Presets by device name, loaded once with the common options' profile and sets.
class Presets {
  public:
    explicit Presets(const CommonOptions& common) : common_(common) {}
    struct Entry {
        std::string name;
        Configuration configuration;
        PlatformPeaks peaks;
        std::shared_ptr<const PlatformConfig> config;
        Simulations* simulations;
    };
    /// The platform that stands for a measured device ("B200-SXM" is b200), or null when there is
    /// none.
    [[nodiscard]] Entry* find(const std::string& device);
    [[nodiscard]] const CommonOptions& common() const { return common_; }
    [[nodiscard]] Simulations& simulations() { return simulations_; }

  private:
    CommonOptions common_;
    Simulations simulations_;
    std::map<std::string, std::unique_ptr<Entry>> loaded_;
};

/// One family: the name of its CSV file without ".csv", and its model.
struct Family {
    std::string name;
    std::string description;
    /// Where several rows are the same device and case (other software), the fastest counts: rows
    /// with equal keys compete. Empty function: every row is a case of its own.
    std::function<std::string(const MeasuredRow&)> case_key;
    /// Whether a larger value is faster, for that choice.
    std::function<bool(const MeasuredRow&)> larger_is_faster;
    /// All its simulations are Presets::simulations(), so that prepare() can run them ahead: while
    /// planning, what they yield must not be kept.
    std::function<Prediction(const MeasuredRow&, Presets&)> predict;
    /// What the errors of each experiment must not exceed; 0: the family is printed only. The 90th
    /// percentile catches a wrong mechanism that shows in a minority of the rows.
    double median_limit = 0;
    double percentile90_limit = 0;
};

/// Runs ahead what the chosen rows of a family need, `jobs` simulations at a time: judging then
/// finds them. Rows are asked again as long as their answers lead to further simulations.
void prepare(const Family& family, const std::vector<MeasuredRow>& rows,
             const std::vector<bool>& chosen, Presets& presets, std::size_t jobs);

/// Every family that vrsim has a model for.
[[nodiscard]] std::vector<Family> families();

[[nodiscard]] Family gemm_dense_family();
[[nodiscard]] Family gemm_grouped_family();
/// attention, attention_kernel_h100.
[[nodiscard]] std::vector<Family> attention_families();
[[nodiscard]] Family umma_family();
[[nodiscard]] Family cutlass_mainloop_family();
[[nodiscard]] Family small_operations_family();
[[nodiscard]] Family llm_layers_family();
[[nodiscard]] Family moe_layers_family();
/// Rows of memory_stream_vs_occupancy and l2_stream on a whole GPU.
[[nodiscard]] Prediction predict_streams(const MeasuredRow& row, Presets& presets);
[[nodiscard]] Family cache_bandwidth_family();
[[nodiscard]] Family small_kernels_family();
[[nodiscard]] Family async_copy_family();
/// memory_latency_gpu, memory_latency_hopper_tma.
[[nodiscard]] std::vector<Family> latency_families();
/// l2_stream, memory_stream_vs_occupancy, p2p_c2c_cpu_misc.
[[nodiscard]] std::vector<Family> dram_bandwidth_families();

}  // namespace vr
