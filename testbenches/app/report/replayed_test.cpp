// SPDX-License-Identifier: Apache-2.0
// The share of a run that was replayed: overlaps count once, charges are summed apart.
#include "app/report/replayed.h"

#include <catch2/catch.hpp>

using namespace vr;

namespace {

OperatorResult op(std::int64_t begin, std::int64_t end, const char* fidelity) {
    OperatorResult out;
    out.begin = {begin};
    out.end = {end};
    out.fidelity = fidelity;
    return out;
}

}  // namespace

TEST_CASE("replayed time: overlapping, nested, apart, and what was simulated beside it") {
    RunResult result;
    result.makespan = {1000};
    result.operators = {op(300, 400, "replayed"),   op(0, 100, "replayed"),
                        op(50, 150, "replayed"),    op(60, 70, "replayed"),
                        op(0, 1000, "timing only"), op(500, 500, "replayed")};
    result.attribution = {{"replayed operator", "replayed", {120}}, {"kernel", "launch", {880}}};
    const ReplayedResult replayed = replayed_share(result);
    CHECK(replayed.operators == 5);
    CHECK(replayed.covered == Time{250});
    CHECK(replayed.owned == Time{120});
}

TEST_CASE("a run without replayed operators") {
    RunResult result;
    result.operators = {op(0, 10, "exact (reference)")};
    CHECK(replayed_share(result).operators == 0);
    CHECK(replayed_share(result).covered == Time{});
}
