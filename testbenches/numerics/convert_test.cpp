// SPDX-License-Identifier: Apache-2.0
// Conversions beyond what the vectors cover: fp32 addition against the host's, round trips, UE4M3,
// and the two ways of cutting to fp32 against each other.
#include "models/numerics/convert.h"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/base/random.h"
#include "models/numerics/step_result.h"

namespace {

using vr::NumberFormat;

TEST_CASE("every finite code survives the way through fp32") {
    for (const NumberFormat format :
         {NumberFormat::kE2m1, NumberFormat::kE2m3, NumberFormat::kE3m2, NumberFormat::kE4m3,
          NumberFormat::kE5m2, NumberFormat::kBf16, NumberFormat::kFp16, NumberFormat::kUe5m3,
          NumberFormat::kInt8, NumberFormat::kUint8, NumberFormat::kMxInt8, NumberFormat::kTi16}) {
        CAPTURE(vr::properties(format).name);
        std::uint64_t wrong = 0;
        for (std::uint64_t code = 0; code < 1ULL << vr::properties(format).bits; ++code) {
            if (vr::decode(format, code).kind == vr::NumberClass::kNan) {
                continue;
            }
            if (vr::decode(format, code).kind == vr::NumberClass::kInfinity &&
                vr::properties(format).bits == 8) {
                continue;  // saturates
            }
            if ((format == NumberFormat::kMxInt8 && code == 0x80) ||
                (format == NumberFormat::kTi16 && (code & 0x7800U) != 0) ||
                (format == NumberFormat::kTi16 && code == 0x8000U)) {
                continue;  // codes that no conversion gives
            }
            wrong += vr::from_fp32(format, vr::to_fp32(format, code)) == code ? 0 : 1;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("ue4m3 is e4m3 without a sign") {
    vr::SplitMix64 random(7);
    for (int i = 0; i < 20'000; ++i) {
        const auto fp32 = static_cast<std::uint32_t>(0x3a000000U + random.next() % 0x0a000000U);
        CHECK(vr::from_fp32(NumberFormat::kUe4m3, fp32) ==
              vr::from_fp32(NumberFormat::kE4m3, fp32));
    }
    CHECK(vr::from_fp32(NumberFormat::kUe4m3, 0xc0000000U) == 0);
    CHECK(vr::from_fp32(NumberFormat::kUe4m3, 0x7f800000U) == 0x7e);
    CHECK(vr::from_fp32(NumberFormat::kUe4m3, 0xffc00000U) == 0x7f);
}

TEST_CASE("fp32 addition has the bits of IEEE 754") {
    vr::SplitMix64 random(11);
    for (int i = 0; i < 400'000; ++i) {
        const std::uint64_t word = random.next();
        const auto a = static_cast<std::uint32_t>(word);
        auto b = static_cast<std::uint32_t>(word >> 32);
        if (i % 2 == 0) {  // near exponents, so that bits cancel
            b = (b & 0x807fffffU) |
                ((a & 0x7f800000U) + (static_cast<std::uint32_t>(i % 7) << 23) & 0x7f800000U);
        }
        const float sum = std::bit_cast<float>(a) + std::bit_cast<float>(b);
        const std::uint32_t expected =
            std::isnan(sum) ? 0x7fffffffU : std::bit_cast<std::uint32_t>(sum);
        REQUIRE(vr::add_fp32(a, b) == expected);
    }
    CHECK(vr::add_fp32(0x80000000U, 0x80000000U) == 0x80000000U);
    CHECK(vr::add_fp32(0x80000000U, 0) == 0);
    CHECK(vr::add_fp32(0x7f7fffffU, 0x7f7fffffU) == 0x7f800000U);
}

TEST_CASE("cutting to fp32 agrees with the general rounding") {
    vr::SplitMix64 random(13);
    for (int i = 0; i < 200'000; ++i) {
        const std::uint64_t word = random.next();
        const auto sum = static_cast<std::int64_t>(word) >> (word % 61 + 3);
        const int unit = static_cast<int>(random.next() % 330) - 200;
        const vr::ExactValue value{sum < 0, static_cast<std::uint64_t>(sum < 0 ? -sum : sum), unit};
        auto expected = static_cast<std::uint32_t>(vr::encode(
            NumberFormat::kFp32, value, vr::Rounding::kTowardZero, vr::Overflow::kSpecial));
        if ((expected & 0x7fffffffU) == 0x7f7fffffU &&
            std::ilogb(static_cast<double>(static_cast<std::uint64_t>(sum < 0 ? -sum : sum))) +
                    unit >
                127) {
            expected += 1;  // the tensor core overflows to infinity although it cuts
        }
        if ((expected & 0x7fffffffU) == 0) {
            expected = 0;
        }
        REQUIRE(vr::cut_to_fp32(sum, unit) == expected);
    }
}

}  // namespace
