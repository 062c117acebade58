// SPDX-License-Identifier: Apache-2.0
// A run beside that of the same trace on another platform: what the one machine is to the other.
#pragma once

#include <string>

#include "app/options.h"
#include "app/report/run_result.h"

namespace vr {

/// Runs the trace of `common` on the platform `other`, as that stands in its file: profile and
/// `--set` are for the platform of `result`. Throws InputError when the trace cannot be run there.
/// Kernels that only one of the two machines has (cut otherwise) are left out of the list.
[[nodiscard]] BesideResult run_beside(const CommonOptions& common, const std::string& trace,
                                      const std::string& other, const RunResult& result);

}  // namespace vr
