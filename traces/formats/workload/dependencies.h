// SPDX-License-Identifier: Apache-2.0
// Dependencies between the operators of a workload: through tensors, their order, and how contents
// spread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/transport/workload.h"

namespace vr::workload_trace {

/// Adds to each operator's `depends` (indices in order of line) those that follow from tensors:
/// read after write, write after read, write after write. Afterwards each list is ascending and
/// without duplicates.
void add_data_flow(Workload& workload);

/// Order in which every operator stands after those it depends on; among the ready ones the
/// earliest line first. When there is none, returns nothing and puts the operators of one cycle
/// into `cycle`, each depending on the next.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> topological_order(
    const Workload& workload, std::vector<std::uint32_t>& cycle);

/// Renumbers the operators of `workload` in the given order.
void reorder(Workload& workload, const std::vector<std::uint32_t>& order);

/// Marks outputs of operators whose inputs all carry data as kProduced. Returns for each fault the
/// operator and what is wrong: contents that would be out of date, or that come too late.
struct ContentFault {
    std::uint32_t operator_number = 0;
    std::string what;
    std::string hint;
};
[[nodiscard]] std::vector<ContentFault> spread_contents(Workload& workload);

}  // namespace vr::workload_trace
