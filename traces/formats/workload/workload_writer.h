// SPDX-License-Identifier: Apache-2.0
// Writer of workload traces in our own format: what it writes, the reader reads back to the same
// workload (but for the line numbers). Not modelled: other formats; files above memory.
#pragma once

#include <string>
#include <vector>

#include "models/transport/workload.h"

namespace vr {

/// How a workload is written.
struct WorkloadWriteOptions {
    std::vector<std::string> comments;  ///< lines at the top, each with "# " before it
    /// Folder of the file to be written: relative paths of data files start there. "": the paths
    /// are written as they are.
    std::string folder;
};

/// The text of a trace file. Dependencies that follow from tensors are left out: the reader finds
/// them again.
[[nodiscard]] std::string write_workload(const Workload& workload,
                                         const WorkloadWriteOptions& options = {});

/// The line of one tensor, without a line end.
[[nodiscard]] std::string tensor_line(const TensorSpec& tensor, const std::string& folder = {});
/// The line of one operator, without a line end; `depends` are the operators that it names.
[[nodiscard]] std::string operator_line(const Workload& workload, const OperatorSpec& op,
                                        const std::vector<OperatorIndex>& depends);

}  // namespace vr
