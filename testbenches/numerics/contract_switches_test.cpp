// SPDX-License-Identifier: Apache-2.0
// Switches of accumulation rules: what they change, the corners they name, and what is refused.
#include "models/numerics/contract_switches.h"

#include <array>
#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/numerics/dot_product.h"

namespace {

vr::DotContract switched(const char* contract, const char* switches) {
    return vr::with_switches(*vr::named_contract(contract), vr::parse_rule_switches(switches));
}

std::string message_of(const char* contract, const char* switches) {
    try {
        (void)switched(contract, switches);
    } catch (const vr::UsageError& error) {
        return error.what();
    }
    return "no error";
}

TEST_CASE("each switch changes its own value") {
    const vr::DotContract all =
        switched("rubin.nvfp4", "K=96,L=48,F=34,floor=-126,zero_group=out,result=nearest");
    CHECK(all.rule.instruction_k == 96);
    CHECK(all.rule.products_per_step == 48);
    CHECK(all.rule.terms() == 3);
    CHECK(all.rule.fraction_bits == 34);
    CHECK(all.rule.zero_floor == -126);
    CHECK_FALSE(all.rule.zero_group_takes_part);
    CHECK(all.rule.output == vr::OutputRule::kFp32NearestEven);
    CHECK(all.name == "rubin.nvfp4 (K=96,L=48,F=34,floor=-126,zero_group=out,result=nearest)");
    const vr::DotContract none = switched("rubin.nvfp4", "");
    CHECK(none.name == "rubin.nvfp4");
    CHECK_FALSE(none.rule.assumptions.has(vr::Corner::kRuleSwitched));
}

TEST_CASE("L decides whether Rubin is fused or in steps") {
    const auto fused = [](const vr::DotContract& contract) {
        CHECK(contract.rule.assumptions.has(vr::Corner::kRubinFusedStep) !=
              contract.rule.assumptions.has(vr::Corner::kRubinTwoSteps));
        return contract.rule.assumptions.has(vr::Corner::kRubinFusedStep);
    };
    CHECK(fused(switched("rubin.nvfp4", "K=96,L=96")));
    CHECK_FALSE(fused(switched("rubin.nvfp4", "L=64")));
    CHECK(fused(switched("rubin_two_steps.e4m3", "L=64")));
    // The same bits as the contract that is named so.
    vr::SplitMix64 random(5);
    const vr::DotContract two = switched("rubin.e4m3", "L=32");
    const vr::DotContract named = *vr::named_contract("rubin_two_steps.e4m3");
    for (int i = 0; i < 200; ++i) {
        std::vector<std::uint32_t> a(64);
        std::vector<std::uint32_t> b(64);
        for (std::size_t j = 0; j < 64; ++j) {
            a[j] = static_cast<std::uint32_t>(random.next() % 0x7f);
            b[j] = static_cast<std::uint32_t>(random.next() % 0x7f);
        }
        vr::Corners corners;
        CHECK(vr::dot(two, {a, {}}, {b, {}}, 0x3f800001, corners) ==
              vr::dot(named, {a, {}}, {b, {}}, 0x3f800001, corners));
    }
}

TEST_CASE("a result to nearest differs from a cut one by at most one place") {
    vr::Corners corners;
    // 1 + 2^-24 + 2^-25 in one step: cut to 1, nearest is the next number.
    const std::vector<std::uint32_t> a{0x3f80, 0x3380, 0x3300};
    const std::vector<std::uint32_t> b{0x3f80, 0x3f80, 0x3f80};
    CHECK(vr::dot(switched("rubin.bf16", ""), {a, {}}, {b, {}}, 0, corners) == 0x3f800000U);
    CHECK(vr::dot(switched("rubin.bf16", "result=nearest"), {a, {}}, {b, {}}, 0, corners) ==
          0x3f800001U);
}

TEST_CASE("a switch that cannot be is refused with what can") {
    using Catch::Contains;
    CHECK_THAT(message_of("rubin.nvfp4", "G=4"), Contains("'G=4'; allowed: K=, L=, F=, floor="));
    CHECK_THAT(message_of("rubin.nvfp4", "F"), Contains("a whole number after '='"));
    CHECK_THAT(message_of("rubin.nvfp4", "F=12x"), Contains("a whole number after '='"));
    CHECK_THAT(message_of("rubin.nvfp4", "zero_group=maybe"), Contains("in or out after '='"));
    CHECK_THAT(message_of("rubin.nvfp4", "F=41"), Contains("'F=41'; allowed: 8 to 40"));
    CHECK_THAT(message_of("rubin.e4m3", "F=27"), Contains("'F=27'; allowed: 6 to 26"));
    CHECK_THAT(message_of("rubin.nvfp4", "L=24"),
               Contains("'L=24'; allowed: 16, 32, 48, 64, 96, 128 for rubin.nvfp4"));
    CHECK_THAT(message_of("rubin.mxfp4", "L=48"), Contains("allowed: 32, 64, 96, 128"));
    CHECK_THAT(message_of("rubin.nvfp4", "K=96,L=64"), Contains("a multiple of L = 64"));
    CHECK_THAT(message_of("rubin.nvfp4", "floor=128"), Contains("-1000 to 127"));
}

}  // namespace
