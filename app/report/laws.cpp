// SPDX-License-Identifier: Apache-2.0
#include "app/report/laws.h"

#include <algorithm>
#include <array>

#include "app/report/text.h"
#include "models/base/error.h"

namespace vr {

namespace {

// The smallest witness of a law and its size; empty when the law holds.
struct Witness {
    std::string text;
    std::int64_t size = 0;
    void offer(std::int64_t size_of_it, const std::string& what) {
        if (text.empty() || size_of_it < size) {
            text = what;
            size = size_of_it;
        }
    }
};

Witness attribution_sums(const RunResult& result) {
    Witness witness;
    Time sum;
    for (const ChargeResult& charge : result.attribution) {
        sum += charge.amount;
        if (charge.amount.value < 0) {
            witness.offer(0,
                          fmt::format("owner '{}' has {} fs", charge.owner, charge.amount.value));
        }
    }
    if (sum != result.makespan) {
        witness.offer(1,
                      fmt::format("charges sum to {} fs, the makespan is {} fs, the difference "
                                  "is {} fs",
                                  sum.value, result.makespan.value, (sum - result.makespan).value));
    }
    return witness;
}

Witness owners_are_real(const RunResult& result) {
    static constexpr std::array<std::string_view, 4> kNobody = {"", "other", "unknown", "idle"};
    Witness witness;
    for (const ChargeResult& charge : result.attribution) {
        for (const std::string* name : {&charge.owner, &charge.resource}) {
            if (std::find(kNobody.begin(), kNobody.end(), *name) != kNobody.end()) {
                witness.offer(charge.amount.value,
                              fmt::format("{} fs belong to '{}'", charge.amount.value, *name));
            }
        }
    }
    return witness;
}

Witness achieved_within_peak(const RunResult& result) {
    Witness witness;
    for (const ResourceResult& resource : result.resources) {
        if (exceeds(resource.amount, resource.peak_per_second, result.makespan)) {
            witness.offer(resource.amount,
                          fmt::format("{}: {} in {} fs is more than its peak of {} {}",
                                      resource.name, resource.amount, result.makespan.value,
                                      resource.peak_per_second, resource.unit));
        }
    }
    return witness;
}

Witness traffic_is_conserved(const RunResult& result) {
    Witness witness;
    for (const TensorResult& t : result.tensors) {
        if (t.requested_bytes != t.l2_hit_bytes + t.l2_miss_bytes) {
            witness.offer(t.requested_bytes,
                          fmt::format("tensor '{}': requested {} B, L2 hits {} B + misses {} B",
                                      t.name, t.requested_bytes, t.l2_hit_bytes, t.l2_miss_bytes));
        }
    }
    return witness;
}

Witness operators_lie_within(const RunResult& result) {
    Witness witness;
    for (const OperatorResult& op : result.operators) {
        const bool done = op.completed == op.total && op.total > 0;
        const bool inside = op.begin.value >= 0 && op.begin <= op.end && op.end <= result.makespan;
        if ((result.complete && (!done || !inside)) || op.completed > op.total) {
            witness.offer(op.begin.value,
                          fmt::format("operator '{}': {} of {} work items, {} to {} fs, makespan "
                                      "{} fs",
                                      op.id, op.completed, op.total, op.begin.value, op.end.value,
                                      result.makespan.value));
        }
    }
    return witness;
}

Witness read_tensors_came_from_hbm(const RunResult& result) {
    Witness witness;
    for (const TensorResult& t : result.tensors) {
        if (result.complete && t.read && !t.at_host && t.hbm_read_bytes < t.needed_bytes) {
            witness.offer(t.bytes, fmt::format("tensor '{}' has {} B that are read, but only {} B "
                                               "came from HBM",
                                               t.name, t.needed_bytes, t.hbm_read_bytes));
        }
    }
    return witness;
}

Witness requests_are_answered(const RunResult& result) {
    Witness witness;
    if (result.complete && result.unanswered_requests != 0) {
        witness.offer(result.unanswered_requests,
                      fmt::format("{} requests of L2 and memory", result.unanswered_requests));
    }
    return witness;
}

Witness host_tensors_crossed_c2c(const RunResult& result) {
    Witness witness;
    for (const TensorResult& t : result.tensors) {
        if (result.complete && t.at_host && t.read && t.c2c_read_bytes < t.bytes) {
            witness.offer(t.bytes, fmt::format("tensor '{}' lies at the host, has {} B and is "
                                               "read, but only {} B crossed C2C",
                                               t.name, t.bytes, t.c2c_read_bytes));
        }
    }
    return witness;
}

Witness credits_return(const RunResult& result) {
    Witness witness;
    if (result.complete && result.credits_out != 0) {
        witness.offer(result.credits_out,
                      fmt::format("{} B of the SMs' windows are still out", result.credits_out));
    }
    return witness;
}

bool has_host_tensors(const RunResult& result) {
    return std::any_of(result.tensors.begin(), result.tensors.end(),
                       [](const TensorResult& t) { return t.at_host; });
}

}  // namespace

void check_laws(RunResult& result) {
    struct Law {
        const char* name;
        Witness (*check)(const RunResult&);
    };
    static constexpr Law kLaws[] = {
        {"attribution sums to the makespan", attribution_sums},
        {"every charge has a named owner", owners_are_real},
        {"achieved is at most peak", achieved_within_peak},
        {"bytes requested are L2 hits plus misses", traffic_is_conserved},
        {"operators are complete and lie within the run", operators_lie_within},
        {"tensors that are read came from HBM", read_tensors_came_from_hbm},
        {"every request is answered", requests_are_answered},
        {"credits return", credits_return},
        {"tensors at the host that are read crossed C2C", host_tensors_crossed_c2c},
    };
    for (const Law& law : kLaws) {
        if (law.check == host_tensors_crossed_c2c && !has_host_tensors(result)) {
            continue;
        }
        const Witness witness = law.check(result);
        result.laws.push_back({law.name, witness.text.empty()});
        if (!witness.text.empty()) {
            throw LawBroken(
                fmt::format("a law is broken: {}\n  witness: {}", law.name, witness.text));
        }
    }
}

}  // namespace vr
