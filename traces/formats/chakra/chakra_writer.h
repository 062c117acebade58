// SPDX-License-Identifier: Apache-2.0
// Writer of Chakra execution traces. Each node carries what other readers look at, in exactly the
// slots where they look, and our own line of the operator in the attribute vr.operator, so that
// nothing is lost on the way back. Not modelled: more than one rank in a file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/transport/workload.h"

namespace vr {

/// What an operator does, for num_ops and tensor_size.
struct OperatorAmounts {
    std::int64_t flops = 0;
    std::int64_t bytes = 0;
};

/// The bytes of a .et file; `amounts` has an entry per operator. `folder` as in
/// WorkloadWriteOptions.
[[nodiscard]] std::string write_chakra(const Workload& workload,
                                       const std::vector<OperatorAmounts>& amounts,
                                       const std::string& folder = {});

}  // namespace vr
