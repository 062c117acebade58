// SPDX-License-Identifier: Apache-2.0
// Directed steps in lock step with the model: every format with every special value at every
// distance below the alignment exponent that a rule can make, counted. `cmake --build ... --target
// rtl_coverage` prints the table.
#include "testbenches/rtl/gpu/sm/tensor_core/alignment_coverage.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "testbenches/rtl/gpu/sm/tensor_core/directed_steps.h"
#include "testbenches/rtl/gpu/sm/tensor_core/stimuli.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("formats x special values x alignment distances: reached by every contract, in lock step",
          "[coverage]") {
    RtlContext context;
    const auto checked = leaf("fp_dot_step", context, LeafUse::kLockStep);
    AlignmentCoverage coverage;
    std::set<CoverageCell> reachable;
    std::vector<DotContract> rules = all_contracts();
    const std::vector<DotContract> switched = switched_contracts();
    rules.insert(rules.end(), switched.begin(), switched.end());
    for (const DotContract& contract : rules) {
        AlignmentCoverage here;
        DirectedSteps steps(contract, 1);
        const std::set<CoverageCell> cells = reachable_cells(contract);
        for (const CoverageCell& cell : cells) {
            // An aim can be missed: what counts is what the step turned out to be.
            for (int i = 0; i < 40 && (i < 2 || here.count(cell) == 0); ++i) {
                const auto step = steps.towards(cell);
                if (!step) {
                    continue;
                }
                std::uint32_t d = step->c;
                (void)multiply_codes(*checked, contract, step->a_operand(), step->b_operand(), d);
                here.add(contract, step->a_operand(), step->b_operand(), step->c);
                coverage.add(contract, step->a_operand(), step->b_operand(), step->c);
            }
        }
        for (const CoverageCell& cell : here.missing(cells)) {
            FAIL_CHECK(contract.name << " misses: " << cell_text(cell));
        }
        reachable.insert(cells.begin(), cells.end());
    }
    CHECK(coverage.missing(reachable).empty());
    std::cout << fmt::format(
        "dot-product leaf: operands by distance below the alignment exponent, {} contracts, {} "
        "steps "
        "in lock step\n{}",
        rules.size(), checked->steps(), coverage.table(reachable));
}

TEST_CASE("an accumulator that is added after the products is rounded at ties as the model's") {
    RtlContext context;
    const auto checked = leaf("fp_dot_step", context, LeafUse::kLockStep);
    int contracts = 0;
    for (const DotContract& contract : all_contracts()) {
        if (contract.rule.accumulator == AccumulatorRule::kAddedAfter) {
            ++contracts;
            for (const DotStimulus& step : tie_steps(contract)) {
                std::uint32_t d = step.c;
                (void)multiply_codes(*checked, contract, step.a_operand(), step.b_operand(), d);
            }
        }
    }
    CHECK(contracts == 4);
    CHECK(checked->steps() == 4000);
}

TEST_CASE("the coverage of a step is what its operands say") {
    const DotContract contract = *named_contract("blackwell.e4m3");  // F = 25, f = 6
    AlignmentCoverage coverage;
    const auto count = [&](OperandRole role, NumberFormat format, OperandClass kind,
                           DistanceBin bin) {
        return coverage.count({role, format, kind, bin});
    };
    // 1 x 1, the smallest subnormal x 1, 0 x 1 and c = 2^10.
    const std::vector<std::uint32_t> a{0x38, 0x01, 0x80};
    const std::vector<std::uint32_t> b{0x38, 0x38, 0x38};
    coverage.add(contract, {a, {}}, {b, {}}, 0x44800000);
    using B = DistanceBin;
    using C = OperandClass;
    constexpr auto kE4m3 = NumberFormat::kE4m3;
    CHECK(count(OperandRole::kElement, kE4m3, C::kNormal, B::kWhole) == 3);     // 10 below c
    CHECK(count(OperandRole::kElement, kE4m3, C::kSubnormal, B::kWhole) == 1);  // -6 - 10
    CHECK(count(OperandRole::kElement, kE4m3, C::kMinusZero, B::kNone) == 1);
    CHECK(count(OperandRole::kElement, kE4m3, C::kNormal, B::kNone) == 1);  // beside the zero
    CHECK(count(OperandRole::kAccumulator, NumberFormat::kFp32, C::kNormal, B::kZero) == 1);
    // With c = 2^20 the subnormal is 26 below, with NaN nothing is aligned.
    coverage.add(contract, {a, {}}, {b, {}}, 0x49800000);
    CHECK(count(OperandRole::kElement, kE4m3, C::kSubnormal, B::kCarry) == 1);
    coverage.add(contract, {a, {}}, {b, {}}, 0x7fc00000);
    CHECK(count(OperandRole::kElement, kE4m3, C::kSubnormal, B::kNone) == 1);
    // Most is missing.
    const std::set<CoverageCell> cells = reachable_cells(contract);
    CHECK(cells.size() == 41);
    CHECK(coverage.missing(cells).size() == 31);
    CHECK_THAT(coverage.table(cells), Catch::Contains("e4m3             zero "));
}
