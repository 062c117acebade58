// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/workload/dependencies.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <queue>

namespace vr::workload_trace {

namespace {

void sort_unique(std::vector<OperatorIndex>& depends) {
    std::sort(depends.begin(), depends.end());
    depends.erase(std::unique(depends.begin(), depends.end()), depends.end());
}

}  // namespace

void add_data_flow(Workload& workload) {
    struct Use {
        std::optional<std::uint32_t> writer;
        std::vector<std::uint32_t> readers;  // since the last write
    };
    std::vector<Use> uses(workload.tensors.size());
    for (std::uint32_t i = 0; i < workload.operators.size(); ++i) {
        OperatorSpec& op = workload.operators[i];
        if (is_recorded(op.kind)) {
            sort_unique(op.depends);
            continue;
        }
        for (const TensorIndex input : op.inputs) {
            Use& use = uses[input.value];
            if (use.writer) {
                op.depends.push_back({*use.writer});
            }
            use.readers.push_back(i);
        }
        Use& use = uses[op.output.value];
        if (use.writer) {
            op.depends.push_back({*use.writer});
        }
        for (const std::uint32_t reader : use.readers) {
            if (reader != i) {
                op.depends.push_back({reader});
            }
        }
        use.writer = i;
        use.readers.clear();
        sort_unique(op.depends);
    }
}

namespace {

// Every operator left over waits for another one left over: following any such edge ends in a
// cycle.
std::vector<std::uint32_t> find_cycle(const Workload& workload,
                                      const std::vector<std::uint32_t>& missing) {
    std::uint32_t at = 0;
    while (missing[at] == 0) {
        ++at;
    }
    std::vector<std::uint32_t> path;
    while (std::find(path.begin(), path.end(), at) == path.end()) {
        path.push_back(at);
        for (const OperatorIndex before : workload.operators[at].depends) {
            if (missing[before.value] > 0) {
                at = before.value;
                break;
            }
        }
    }
    path.erase(path.begin(), std::find(path.begin(), path.end(), at));
    return path;
}

}  // namespace

std::optional<std::vector<std::uint32_t>> topological_order(const Workload& workload,
                                                            std::vector<std::uint32_t>& cycle) {
    const std::size_t count = workload.operators.size();
    std::vector<std::vector<std::uint32_t>> followers(count);
    std::vector<std::uint32_t> missing(count, 0);
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
    for (std::uint32_t i = 0; i < count; ++i) {
        missing[i] = static_cast<std::uint32_t>(workload.operators[i].depends.size());
        for (const OperatorIndex before : workload.operators[i].depends) {
            followers[before.value].push_back(i);
        }
        if (missing[i] == 0) {
            ready.push(i);
        }
    }
    std::vector<std::uint32_t> order;
    while (!ready.empty()) {
        const std::uint32_t i = ready.top();
        ready.pop();
        order.push_back(i);
        for (const std::uint32_t follower : followers[i]) {
            if (--missing[follower] == 0) {
                ready.push(follower);
            }
        }
    }
    if (order.size() < count) {
        cycle = find_cycle(workload, missing);
        return std::nullopt;
    }
    return order;
}

void reorder(Workload& workload, const std::vector<std::uint32_t>& order) {
    std::vector<std::uint32_t> place(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        place[order[i]] = i;
    }
    std::vector<OperatorSpec> sorted;
    sorted.reserve(order.size());
    for (const std::uint32_t old : order) {
        sorted.push_back(std::move(workload.operators[old]));
        for (OperatorIndex& before : sorted.back().depends) {
            before.value = place[before.value];
        }
        std::sort(sorted.back().depends.begin(), sorted.back().depends.end());
    }
    workload.operators = std::move(sorted);
}

std::vector<ContentFault> spread_contents(Workload& workload) {
    std::vector<ContentFault> faults;
    std::vector<bool> carried(workload.operators.size());
    const auto carries = [&](const OperatorSpec& op) {
        // Without inputs nothing says what the output's contents would be.
        return !op.inputs.empty() &&
               std::all_of(op.inputs.begin(), op.inputs.end(), [&](TensorIndex input) {
                   return workload.tensors[input.value].data != TensorData::kNone;
               });
    };
    for (std::uint32_t i = 0; i < workload.operators.size(); ++i) {
        const OperatorSpec& op = workload.operators[i];
        if (is_recorded(op.kind)) {
            continue;
        }
        TensorSpec& output = workload.tensors[op.output.value];
        carried[i] = carries(op);
        if (carried[i] && output.data == TensorData::kNone) {
            output.data = TensorData::kProduced;
        } else if (!carried[i] && output.data != TensorData::kNone) {
            faults.push_back({i,
                              fmt::format("operator '{}' has no data but writes tensor '{}', whose "
                                          "contents would be out of date",
                                          op.id, output.name),
                              "give its inputs \"data\": \"seeded\", or write another tensor"});
        }
    }
    for (std::uint32_t i = 0; i < workload.operators.size(); ++i) {
        if (!carried[i] && !is_recorded(workload.operators[i].kind) &&
            carries(workload.operators[i])) {
            faults.push_back({i,
                              fmt::format("operator '{}' reads a tensor before an operator gives "
                                          "it contents",
                                          workload.operators[i].id),
                              "give the tensor \"data\": \"seeded\", or change the order"});
        }
    }
    return faults;
}

}  // namespace vr::workload_trace
