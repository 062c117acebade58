// SPDX-License-Identifier: Apache-2.0
// Operators of a decoder layer that are no products, as kernels of plain threads: what each thread
// loads, computes and stores follows the kernels of vLLM and PyTorch that the measured libraries
// call (normalisation in two passes over a row; rotation, gated unit and embedding element by
// element).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/platform/platform_config.h"
#include "app/validation/experiment.h"

namespace vr {

struct LayerShape {
    std::int64_t tokens = 0, tp = 1;
    std::int64_t hidden = 0, expanded = 0;
    std::int64_t heads = 0, kv_heads = 0;
    bool gated = true;
};

struct LayerKernel {
    std::int64_t tokens = 0;
    std::int64_t bytes = 0;  ///< of operands, each once
    std::function<Time(std::int64_t tokens, Presets::Entry&)> whole_time;

    /// The time of all tokens. Where their operands are several times as large as L2, it is
    /// continued on the line through two smaller numbers of tokens (powers of two), the smaller of
    /// which moves at least kSampledCapacities as much as L2 holds: a block of threads does the
    /// same for every token. Error against whole ones: DEVIATIONS.md.
    [[nodiscard]] Time time(Presets::Entry& preset) const;
};

inline constexpr double kSampledCapacities = 3;

/// The kernel of an experiment of llm_layer_times_fp16; nothing for one that is none.
[[nodiscard]] std::optional<LayerKernel> layer_kernel(const std::string& experiment,
                                                      const LayerShape& shape,
                                                      const PlatformConfig& config);

}  // namespace vr
