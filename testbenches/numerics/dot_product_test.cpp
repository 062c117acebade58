// SPDX-License-Identifier: Apache-2.0
// The reference dot product: chaining, the Rubin assumptions against Blackwell, specials, and the
// contracts' names.
#include "models/numerics/dot_product.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "models/base/random.h"

namespace {

using vr::NumberFormat;

std::uint32_t run(const char* name, std::vector<std::uint32_t> a, std::vector<std::uint32_t> b,
                  std::uint32_t c, vr::Corners& corners, std::vector<std::uint32_t> sa = {},
                  std::vector<std::uint32_t> sb = {}) {
    const auto contract = vr::named_contract(name);
    REQUIRE(contract.has_value());
    return vr::dot(*contract, {a, sa}, {b, sb}, c, corners);
}

std::vector<std::uint32_t> codes(vr::SplitMix64& random, std::size_t count, std::uint32_t below) {
    std::vector<std::uint32_t> out(count);
    std::generate(out.begin(), out.end(),
                  [&] { return static_cast<std::uint32_t>(random.next() % below); });
    return out;
}

TEST_CASE("Rubin in two steps is Blackwell twice and fused it is another sum") {
    vr::SplitMix64 random(3);
    int different = 0;
    for (int i = 0; i < 400; ++i) {
        const auto a = codes(random, 64, 0x7f);
        const auto b = codes(random, 64, 0x7f);
        vr::Corners none;
        vr::Corners fused;
        vr::Corners two;
        const std::uint32_t c = 0x3f800001;
        const std::uint32_t blackwell = run("blackwell.e4m3", a, b, c, none);
        CHECK(run("rubin_two_steps.e4m3", a, b, c, two) == blackwell);
        different += run("rubin.e4m3", a, b, c, fused) != blackwell ? 1 : 0;
        CHECK(none.empty());
        CHECK(fused.has(vr::Corner::kRubinFusedStep));
        CHECK(two.has(vr::Corner::kRubinTwoSteps));
        CHECK_FALSE(two.has(vr::Corner::kRubinFusedStep));
    }
    CHECK(different > 20);
}

TEST_CASE("Rubin FP4 aligns eight groups together") {
    vr::SplitMix64 random(4);
    int different = 0;
    for (int i = 0; i < 2000; ++i) {
        const auto a = codes(random, 128, 16);
        const auto b = codes(random, 128, 16);
        const auto sa = codes(random, 8, 0x7f);
        const auto sb = codes(random, 8, 0x7f);
        vr::Corners corners;
        const std::uint32_t c = 0;
        const std::uint32_t blackwell = run("blackwell.nvfp4", a, b, c, corners, sa, sb);
        CHECK(run("rubin_two_steps.nvfp4", a, b, c, corners, sa, sb) == blackwell);
        different += run("rubin.nvfp4", a, b, c, corners, sa, sb) != blackwell ? 1 : 0;
    }
    CHECK(different > 100);
}

TEST_CASE("the first cut is made at 25 fraction bits and each step cuts its result") {
    // 1 * 1 + 2^-25 survives the alignment but not the cut to 23 bits; two of them in one step
    // carry nothing either, four make one unit in the last place of 1.
    vr::Corners corners;
    const std::uint32_t one = 0x3f80;             // bf16 1.0
    const std::uint32_t small = (127 - 25) << 7;  // bf16 2^-25
    const std::uint32_t tiny = (127 - 26) << 7;
    CHECK(run("blackwell.bf16", {one, small, small}, {one, one, one}, 0, corners) == 0x3f800000U);
    CHECK(run("blackwell.bf16", {one, small, small, small, small}, {one, one, one, one, one}, 0,
              corners) == 0x3f800001U);
    CHECK(run("blackwell.bf16", {one, tiny, tiny, tiny, tiny, tiny, tiny, tiny, tiny},
              {one, one, one, one, one, one, one, one, one}, 0, corners) == 0x3f800000U);
    // On Ampere the same products lie below the 24 fraction bits that are kept.
    CHECK(run("ampere.bf16", {one, small, small, small, small}, {one, one, one, one, one}, 0,
              corners) == 0x3f800000U);
}

TEST_CASE("infinities and NaNs in a dot product") {
    vr::Corners corners;
    const auto e5m2 = [&](std::vector<std::uint32_t> a, std::vector<std::uint32_t> b,
                          std::uint32_t c) { return run("blackwell.e5m2", a, b, c, corners); };
    CHECK(e5m2({0x7c}, {0x3c}, 0) == 0x7f800000U);
    CHECK(e5m2({0x7c}, {0xbc}, 0) == 0xff800000U);
    CHECK(e5m2({0x7c}, {0x00}, 0) == 0x7fffffffU);
    CHECK(e5m2({0x7c}, {0x3c}, 0xff800000U) == 0x7fffffffU);
    CHECK(e5m2({0x7d}, {0x00}, 0) == 0x7fffffffU);
    CHECK(e5m2({0x3c}, {0x3c}, 0x7f7fffffU) == 0x7f7fffffU);
    CHECK(run("blackwell.bf16", {0x7f7f}, {0x7f7f}, 0, corners) == 0x7f800000U);
    CHECK_FALSE(corners.has(vr::Corner::kInfiniteFp4Accumulator));
    const std::vector<std::uint32_t> zeros(16, 0);
    CHECK(run("blackwell.nvfp4", zeros, zeros, 0xff800000U, corners, {0x38}, {0x38}) ==
          0xff800000U);
    CHECK(corners.has(vr::Corner::kInfiniteFp4Accumulator));
    CHECK(run("blackwell.nvfp4", zeros, zeros, 0, corners, {0x7f}, {0x38}) == 0x7fffffffU);
}

TEST_CASE("contracts have names, and wrong operands are refused") {
    CHECK(vr::contract_names().size() == 63);
    CHECK_FALSE(vr::named_contract("volta.bf16").has_value());
    CHECK_FALSE(vr::named_contract("blackwell").has_value());
    const auto nvfp4 = vr::named_contract("rubin.nvfp4");
    REQUIRE(nvfp4.has_value());
    CHECK(nvfp4->rule.terms() == 8);
    CHECK(nvfp4->scale == NumberFormat::kUe4m3);
    vr::Corners corners;
    const std::vector<std::uint32_t> sixteen(16, 1);
    CHECK_THROWS_AS(vr::dot_step(*nvfp4, {sixteen, {}}, {sixteen, {}}, 0, corners),
                    vr::InternalError);
}

}  // namespace
