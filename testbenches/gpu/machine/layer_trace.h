// SPDX-License-Identifier: Apache-2.0
// Traces of parts of a small model's decoder layer, cut from what `vrsim workload` writes, and the
// same figures for the plain reference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "testbenches/gpu/machine/plain_layer.h"
#include "traces/generate/layer_request.h"

namespace vr::testing {

/// The same figures for the reference; the scale of attention is 1 / sqrt(64), times YaRN's
/// (0.1 ln 4 + 1)^2.
plain::LayerSizes sizes_of(Precision precision, std::int64_t context);

/// The trace of a decode step's operators from `first` to `last`; every tensor that none of them
/// writes, and every cache, has seeded contents.
std::string part_of_layer(Precision precision, std::int64_t batch, std::int64_t context,
                          const std::string& first, const std::string& last);

/// The same with other counts of the experts' rows.
std::string with_rows(const std::string& text, const std::vector<std::int64_t>& rows);

}  // namespace vr::testing
