// SPDX-License-Identifier: Apache-2.0
// Every planted fault of faults.cmake is found: by the golden vectors against the results in the
// files, by random tiles and directed steps in lock step, or by an assertion of the leaf.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <functional>
#include <iostream>

#include "models/base/error.h"
#include "testbenches/rtl/gpu/sm/tensor_core/directed_steps.h"
#include "testbenches/rtl/gpu/sm/tensor_core/golden.h"
#include "testbenches/rtl/gpu/sm/tensor_core/stimuli.h"

using namespace vr;
using namespace vr::testing;

namespace {

/// How a fault was found; empty when it was not.
std::string found(const std::function<bool()>& finds) {
    try {
        return finds() ? "found" : "";
    } catch (const CheckFailed& error) {
        const std::string text = error.what();
        return text.find("the RTL stopped") != std::string::npos ? "assertion" : "found";
    }
}

bool golden_finds(const PlantedFault& fault) {
    RtlContext context;
    choose_fault(context, fault);
    const auto faulty = leaf("fault", context, LeafUse::kAlone);
    for (const std::string& file : golden_files()) {
        if (run_golden(*faulty, file, 40).wrong > 0) {
            return true;
        }
    }
    return run_integers(faulty->leaf()).wrong > 0 || run_zero_groups(*faulty, true).wrong > 0 ||
           run_zero_groups(*faulty, false).wrong > 0;
}

/// In lock step: the first difference throws.
bool tiles_find(const PlantedFault& fault) {
    RtlContext context;
    choose_fault(context, fault);
    const auto faulty = leaf("fault", context, LeafUse::kLockStep);
    std::vector<DotContract> rules = contracts();
    const std::vector<DotContract> switched = switched_contracts();
    rules.insert(rules.end(), switched.begin(), switched.end());
    for (std::uint64_t index = 0; index < 6; ++index) {
        for (const DotContract& contract : rules) {
            (void)RandomTile(contract, index).through(*faulty);
        }
    }
    return false;
}

bool directed_steps_find(const PlantedFault& fault) {
    RtlContext context;
    choose_fault(context, fault);
    const auto faulty = leaf("fault", context, LeafUse::kLockStep);
    const auto drive = [&](const DotContract& contract, const DotStimulus& step) {
        std::uint32_t d = step.c;
        (void)multiply_codes(*faulty, contract, step.a_operand(), step.b_operand(), d);
    };
    std::vector<DotContract> rules = switched_contracts();
    const std::vector<DotContract> all = all_contracts();
    rules.insert(rules.end(), all.begin(), all.end());
    for (const DotContract& contract : rules) {
        DirectedSteps steps(contract, 2);
        for (const CoverageCell& cell : reachable_cells(contract)) {
            if (const auto step = steps.towards(cell)) {
                drive(contract, *step);
            }
        }
        if (contract.rule.accumulator == AccumulatorRule::kAddedAfter) {
            for (const DotStimulus& step : tie_steps(contract)) {
                drive(contract, step);
            }
        }
    }
    return false;
}

}  // namespace

TEST_CASE("every planted fault of the leaf is found") {
    std::string table =
        fmt::format("{:<44}{:>11}{:>11}{:>11}\n", "planted fault", "golden", "tiles", "directed");
    std::vector<std::string> unknown_to_golden;
    std::vector<std::string> unknown_to_directed;
    for (const PlantedFault& fault : planted_faults()) {
        const std::string golden = found([&] { return golden_finds(fault); });
        const std::string tiles = found([&] { return tiles_find(fault); });
        const std::string directed = found([&] { return directed_steps_find(fault); });
        table += fmt::format("{:<44}{:>11}{:>11}{:>11}\n", fault.name, golden, tiles, directed);
        INFO(fault.number << ": " << fault.name);
        CHECK((golden + tiles + directed) != "");
        if (golden.empty()) {
            unknown_to_golden.emplace_back(fault.name);
        }
        if (directed.empty()) {
            unknown_to_directed.emplace_back(fault.name);
        }
    }
    std::cout << table;
    // No file has NaN scales or UE5M3, cut negative sums were left out, and ties of the adder after
    // are rare; directed steps have no integers.
    CHECK((unknown_to_golden ==
           std::vector<std::string>{"minus zero from a cut sum", "no sticky bit in the adder after",
                                    "NaN of a scale ignored", "UE5M3 scales with bias 16"}));
    CHECK((unknown_to_directed ==
           std::vector<std::string>{"no clamp of integers", "int8 -128 is 0"}));
}

TEST_CASE("without a fault nothing is found") {
    const PlantedFault none{0, "none"};
    CHECK(found([&] { return golden_finds(none); }).empty());
    CHECK(found([&] { return tiles_find(none); }).empty());
    CHECK(found([&] { return directed_steps_find(none); }).empty());
}
