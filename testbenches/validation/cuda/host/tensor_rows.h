// SPDX-License-Identifier: Apache-2.0
// What times of 1, 2, 3 ... matrix instructions in a row say: latency, interval, rate by depth. The
// rows are those of family umma_tensor_core_b200.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "testbenches/validation/cuda/host/rows.h"
#include "testbenches/validation/cuda/host/statistics.h"

namespace vr::kit {

/// Depths that are timed.
inline const std::vector<std::int64_t>& tensor_depths() {
    static const std::vector<std::int64_t> depths = {1, 2, 3, 4, 16, 32, 64, 256, 512, 1024};
    return depths;
}

/// One instruction as the family's columns name it.
struct TensorInstruction {
    std::string format;
    std::string ab_layout;
    std::int64_t cta_group = 1;
    std::int64_t m = 0;
    std::int64_t n = 0;
    std::int64_t k = 0;

    [[nodiscard]] double flops() const { return 2.0 * static_cast<double>(m * n * k); }
    /// The row's parameters; depth 0 is an empty cell.
    [[nodiscard]] std::vector<std::string> parameters(std::int64_t depth) const {
        return {format,
                ab_layout,
                cell(cta_group),
                cell(m),
                cell(n),
                cell(k),
                depth == 0 ? "" : cell(depth)};
    }
};

/// One row to be.
struct TensorRow {
    std::string experiment;  ///< without the instruction's name in front
    std::int64_t depth = 0;
    Sample sample;
    std::string unit;
};

/// The rows of one instruction. `cycles[i]` are the repetitions for tensor_depths()[i]: from the
/// first issue to the moment when the last result is known to be there.
inline std::vector<TensorRow> tensor_rows(const TensorInstruction& instruction,
                                          const std::vector<std::vector<double>>& cycles) {
    const std::vector<std::int64_t>& depths = tensor_depths();
    if (cycles.size() != depths.size()) {
        throw Error(kFailed, "times of " + std::to_string(cycles.size()) + " depths instead of " +
                                 std::to_string(depths.size()));
    }
    constexpr std::int64_t kSteady = 16;  // depths from here on lie on a line
    std::vector<TensorRow> rows;
    rows.push_back({"latency", 0, summarise(cycles.front()), "cycles"});
    std::vector<double> x;
    std::vector<double> y;
    double spread = 0;
    TensorRow best{"max_throughput", 0, {}, "FLOP/cycle/CTA_group"};
    std::vector<TensorRow> rates;
    for (std::size_t i = 0; i < depths.size(); ++i) {
        const Sample taken = summarise(cycles[i]);
        const double rate = instruction.flops() * static_cast<double>(depths[i]) / taken.median;
        rates.push_back(
            {"throughput_vs_depth", depths[i], {rate, taken.spread}, "FLOP/cycle/CTA_group"});
        if (rate > best.sample.median) {
            best.depth = depths[i];
            best.sample = rates.back().sample;
        }
        if (depths[i] >= kSteady) {
            x.push_back(static_cast<double>(depths[i]));
            y.push_back(taken.median);
            spread = std::max(spread, taken.spread);
        }
    }
    rows.push_back({"initiation_interval_fit", 0, {slope_of(x, y), spread}, "cycles"});
    rows.push_back(best);
    rows.insert(rows.end(), rates.begin(), rates.end());
    return rows;
}

}  // namespace vr::kit
