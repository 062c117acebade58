// SPDX-License-Identifier: Apache-2.0
// Where vrsim's own files lie: presets, samples, measured data.
#pragma once

#include <string>

namespace vr {

/// A path inside vrsim's tree: the environment variable VRSIM_HOME, or the tree that the program
/// was built from.
[[nodiscard]] std::string tree_path(const std::string& relative);

}  // namespace vr
