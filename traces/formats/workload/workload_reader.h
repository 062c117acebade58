// SPDX-License-Identifier: Apache-2.0
// Reader of workload traces: text, one JSON object a line; the grammar stands in traces/README.md.
// Not modelled: other trace formats, and files that do not fit into memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/transport/workload.h"

namespace vr {

/// Version of the format that this reader takes, as in {"vrsim_trace": 1, ...}.
inline constexpr std::int64_t kWorkloadTraceVersion = 1;

/// A trace file as read.
struct WorkloadTrace {
    Workload workload;         ///< operators in a topological order, stable by line
    std::uint64_t digest = 0;  ///< FNV-1a of the file's bytes
};

/// Reads a trace file. Throws InputError with every problem of the file, each with line and (where
/// one place is at fault) column. Data files of tensors are looked for beside the trace.
[[nodiscard]] WorkloadTrace read_workload(const std::string& path);

/// The same for a text in memory; `file` names it in messages and is the base of relative data
/// paths.
[[nodiscard]] WorkloadTrace parse_workload(std::string_view text, const std::string& file);

}  // namespace vr
