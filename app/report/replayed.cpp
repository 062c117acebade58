// SPDX-License-Identifier: Apache-2.0
#include "app/report/replayed.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace vr {

ReplayedResult replayed_share(const RunResult& result) {
    ReplayedResult out;
    std::vector<std::pair<Time, Time>> intervals;
    for (const OperatorResult& op : result.operators) {
        if (op.fidelity == "replayed") {
            ++out.operators;
            intervals.emplace_back(op.begin, op.end);
        }
    }
    std::sort(intervals.begin(), intervals.end());
    Time reached;
    for (const auto& [begin, end] : intervals) {
        const Time from = std::max(begin, reached);
        if (end > from) {
            out.covered += end - from;
            reached = end;
        }
    }
    for (const ChargeResult& charge : result.attribution) {
        if (charge.resource == "replayed") {
            out.owned += charge.amount;
        }
    }
    return out;
}

}  // namespace vr
