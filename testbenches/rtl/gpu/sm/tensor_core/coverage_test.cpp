// SPDX-License-Identifier: Apache-2.0
// Line and toggle coverage of the leaf under its own tests: golden vectors and random tiles, merged
// by Verilator's tool. `cmake --build ... --target rtl_coverage` prints the table.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <iostream>

#include "testbenches/launcher/command.h"
#include "testbenches/rtl/gpu/sm/tensor_core/directed_steps.h"
#include "testbenches/rtl/gpu/sm/tensor_core/golden.h"
#include "testbenches/rtl/gpu/sm/tensor_core/stimuli.h"
#include "testbenches/rtl/support/coverage.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("golden vectors and random tiles reach the lines and toggle the signals", "[coverage]") {
    const test::TemporaryFolder folder;
    const auto file = [&](const char* name) { return (folder.path() / name).string(); };
    {
        RtlContext context;
        const auto counted = leaf("covered", context, LeafUse::kLockStep);
        for (const std::string& golden : golden_files()) {
            CHECK(run_golden(*counted, golden, 40).wrong == 0);
        }
        CHECK(run_integers(counted->leaf()).wrong == 0);
        context.write_coverage(file("golden.dat"));
    }
    {
        RtlContext context;
        const auto counted = leaf("covered", context, LeafUse::kLockStep);
        for (const DotContract& contract : contracts()) {
            for (std::uint64_t index = 0; index < 6; ++index) {
                (void)RandomTile(contract, index).through(*counted);
            }
        }
        for (const DotContract& contract : all_contracts()) {
            if (contract.rule.accumulator == AccumulatorRule::kAddedAfter) {
                for (const DotStimulus& step : tie_steps(contract)) {
                    std::uint32_t d = step.c;
                    (void)multiply_codes(*counted, contract, step.a_operand(), step.b_operand(), d);
                }
            }
        }
        context.write_coverage(file("random.dat"));
    }
    merge_coverage({file("golden.dat"), file("random.dat")}, file("all.dat"));

    const auto golden = read_coverage(file("golden.dat"));
    const auto random = read_coverage(file("random.dat"));
    const auto all = read_coverage(file("all.dat"));
    REQUIRE_FALSE(all.empty());
    std::cout << "coverage of the dot-product leaf            golden   random     both   points\n";
    for (const auto& [key, share] : all) {
        std::cout << fmt::format("  {:<8}{:<32} {:>6.1f} % {:>6.1f} % {:>6.1f} % {:>8}\n",
                                 key.first, key.second, golden.at(key).percent(),
                                 random.at(key).percent(), share.percent(), share.points);
    }
    CHECK(all.at({"line", "all"}).percent() >= 95.0);
    // What never moves: the mode of the rounding behind fp32_add, and the bits that only integer
    // accumulators have there.
    CHECK(all.at({"toggle", "all"}).percent() >= 89.0);
    // A merge keeps every point and loses no hit.
    for (const auto& [key, share] : all) {
        CHECK(share.points == golden.at(key).points);
        CHECK(share.hit >= std::max(golden.at(key).hit, random.at(key).hit));
    }
}
