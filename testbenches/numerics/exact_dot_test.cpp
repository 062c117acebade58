// SPDX-License-Identifier: Apache-2.0
// FP64 chains against the host's fused multiply-add, all roundings against each other; integer sums
// against plain integers.
#include "models/numerics/exact_dot.h"

#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/base/error.h"
#include "models/base/random.h"

namespace {

using vr::NumberFormat;
using vr::Rounding;

/// Any bits, near exponents, few bits, subnormals.
std::uint64_t random_fp64(vr::SplitMix64& random, int kind) {
    const std::uint64_t word = random.next();
    constexpr std::uint64_t kSignAndFraction = 0x800fffffffffffff;
    switch (kind % 4) {
        case 0:
            return word;
        case 1:
            return (word & kSignAndFraction) | (1023 - 30 + random.next() % 60) << 52;
        case 2:
            return (word & 0xfff0000000000000) | (random.next() % 4) << 50;
        default:
            return word & 0x801fffffffffffff;
    }
}

bool is_nan(std::uint64_t code) {
    return std::isnan(std::bit_cast<double>(code));
}

TEST_CASE("a fused multiply-add has the bits of IEEE 754") {
    vr::SplitMix64 random(41);
    int finite = 0;
    for (int i = 0; i < 400'000; ++i) {
        const std::uint64_t a = random_fp64(random, i);
        const std::uint64_t b = random_fp64(random, i / 4);
        std::uint64_t c = random_fp64(random, i / 16);
        if (i % 3 == 0) {  // the product itself, rounded: what is left is its tail
            c = std::bit_cast<std::uint64_t>(
                -(std::bit_cast<double>(a) * std::bit_cast<double>(b)));
        }
        const double expected =
            std::fma(std::bit_cast<double>(a), std::bit_cast<double>(b), std::bit_cast<double>(c));
        const std::uint64_t got = vr::fused_multiply_add(a, b, c);
        CAPTURE(a, b, c);
        if (std::isnan(expected)) {
            REQUIRE(got == vr::kNanFp64);
        } else {
            REQUIRE(got == std::bit_cast<std::uint64_t>(expected));
            finite += std::isfinite(expected) ? 1 : 0;
        }
    }
    CHECK(finite > 200'000);
}

TEST_CASE("directed roundings of a fused multiply-add enclose the exact result") {
    vr::SplitMix64 random(43);
    int inexact = 0;
    for (int i = 0; i < 100'000; ++i) {
        const std::uint64_t a = random_fp64(random, 1);
        const std::uint64_t b = random_fp64(random, 1);
        const std::uint64_t c = random_fp64(random, 1 + i % 2 * 2);
        const auto value = [&](Rounding rounding) {
            return std::bit_cast<double>(vr::fused_multiply_add(a, b, c, rounding));
        };
        const double down = value(Rounding::kDown);
        const double up = value(Rounding::kUp);
        const double nearest = value(Rounding::kNearestEven);
        const double zero = value(Rounding::kTowardZero);
        REQUIRE((nearest == down || nearest == up));
        REQUIRE(zero == (nearest > 0 ? down : up));
        REQUIRE((up == down || up == std::nextafter(down, INFINITY)));
        inexact += up != down ? 1 : 0;
    }
    CHECK(inexact > 90'000);
    const std::uint64_t one = 0x3ff0000000000000;
    const std::uint64_t minus_one = 0xbff0000000000000;
    CHECK(vr::fused_multiply_add(one, one, minus_one) == 0);
    CHECK(vr::fused_multiply_add(one, one, minus_one, Rounding::kDown) == 0x8000000000000000);
}

TEST_CASE("an FP64 chain rounds once per element in ascending k") {
    const std::uint64_t one = 0x3ff0000000000000;
    const std::uint64_t tiny = 0x3c90000000000000;  // 2^-54: lost beside 1, one at a time
    const std::array<std::uint64_t, 3> small_last{one, tiny, tiny};
    const std::array<std::uint64_t, 3> ones{one, one, one};
    CHECK(vr::dot_fp64(small_last, ones, 0) == one);
    const std::uint64_t half = 0x3cb0000000000000;  // 2^-52
    const std::array<std::uint64_t, 3> enough{tiny, half, one};
    CHECK(vr::dot_fp64(enough, ones, 0) == one + 1);
    CHECK(is_nan(vr::dot_fp64(ones, ones, 0x7ff0000000000001)));
}

TEST_CASE("integer dot products wrap or clamp once at the end") {
    const std::vector<std::uint32_t> a{0x7f, 0x80, 0xff};
    const std::vector<std::uint32_t> b{0x7f, 0x80, 0x02};
    const auto dot = [&](std::uint32_t c, vr::IntegerOverflow overflow) {
        return vr::dot_integer(NumberFormat::kInt8, a, NumberFormat::kInt8, b, c, overflow);
    };
    CHECK(dot(0, vr::IntegerOverflow::kWrap) == 127 * 127 + 128 * 128 - 2);
    CHECK(dot(0x7fffffff, vr::IntegerOverflow::kWrap) == 0x7fffffffU + 32511U);
    CHECK(dot(0x7fffffff, vr::IntegerOverflow::kClamp) == 0x7fffffffU);
    CHECK(vr::dot_integer(NumberFormat::kUint8, a, NumberFormat::kInt8, b, 0,
                          vr::IntegerOverflow::kWrap) ==
          static_cast<std::uint32_t>(127 * 127 - 128 * 128 + 2 * 255));
    // Above the largest on the way, inside at the end: the clamp sees the end only.
    const std::vector<std::uint32_t> there_and_back{0x7f, 0x81};
    const std::vector<std::uint32_t> twice{0x7f, 0x7f};
    CHECK(vr::dot_integer(NumberFormat::kInt8, there_and_back, NumberFormat::kInt8, twice,
                          0x7fffffff, vr::IntegerOverflow::kClamp) == 0x7fffffffU);
    CHECK_THROWS_AS(vr::dot_integer(NumberFormat::kE4m3, a, NumberFormat::kInt8, b, 0,
                                    vr::IntegerOverflow::kWrap),
                    vr::InternalError);
}

TEST_CASE("ti16 multiplies sign and magnitude") {
    const std::vector<std::uint32_t> a{0x07ff, 0x87ff, 0x8000, 0x0003};
    const std::vector<std::uint32_t> b{0x07ff, 0x0001, 0x07ff, 0x8002};
    CHECK(vr::dot_integer(NumberFormat::kTi16, a, NumberFormat::kTi16, b, 5,
                          vr::IntegerOverflow::kWrap) ==
          static_cast<std::uint32_t>(2047 * 2047 - 2047 - 6 + 5));
}

TEST_CASE("exact kinds are known per architecture and Rubin's name their corner") {
    const vr::ExactRule* ti16 = vr::find_exact_rule(vr::Architecture::kRubin, vr::ExactKind::kTi16);
    REQUIRE(ti16 != nullptr);
    CHECK(ti16->instruction_k == 16);
    CHECK(ti16->assumptions.has(vr::Corner::kRubinExactKinds));
    CHECK(vr::find_exact_rule(vr::Architecture::kBlackwell, vr::ExactKind::kTi16) == nullptr);
    const vr::ExactRule* int8 =
        vr::find_exact_rule(vr::Architecture::kHopper, vr::ExactKind::kInt8);
    REQUIRE(int8 != nullptr);
    CHECK(int8->assumptions.empty());
    CHECK(vr::exact_rules().size() == 11);
}

}  // namespace
