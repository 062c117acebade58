// SPDX-License-Identifier: Apache-2.0
// The parameters of a GPU from a preset, with changes as --set takes them.
#pragma once

#include <string>
#include <vector>

#include "models/base/configuration.h"
#include "models/gpu/gpu_config.h"

namespace vr::testing {

Configuration load_configuration(const std::string& platform, std::vector<std::string> sets);

GpuConfig load_gpu(const std::string& platform, std::vector<std::string> sets = {});

}  // namespace vr::testing
