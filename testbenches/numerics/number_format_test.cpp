// SPDX-License-Identifier: Apache-2.0
// Number formats: properties and decoded values against the figures of the OCP MX specification and
// the PTX manual.
#include "models/numerics/number_format.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

namespace {

using vr::NumberFormat;

TEST_CASE("all sixteen e2m1 codes") {
    constexpr std::array<double, 8> kMagnitudes{0, 0.5, 1, 1.5, 2, 3, 4, 6};
    for (unsigned code = 0; code < 16; ++code) {
        const double value = vr::to_double(NumberFormat::kE2m1, code);
        CHECK(std::fabs(value) == kMagnitudes[code % 8]);
        CHECK(std::signbit(value) == (code >= 8));
    }
}

TEST_CASE("largest, smallest normal and smallest subnormal numbers") {
    struct Row {
        NumberFormat format;
        std::uint64_t code;
        double value;
    };
    const std::array<Row, 28> rows{{
        {NumberFormat::kE2m3, 0x1f, 7.5},
        {NumberFormat::kE2m3, 0x01, 0.125},
        {NumberFormat::kE3m2, 0x1f, 28},
        {NumberFormat::kE3m2, 0x01, 0.0625},
        {NumberFormat::kE4m3, 0x7e, 448},
        {NumberFormat::kE4m3, 0x08, std::ldexp(1, -6)},
        {NumberFormat::kE4m3, 0x81, -std::ldexp(1, -9)},
        {NumberFormat::kE5m2, 0x7b, 57344},
        {NumberFormat::kE5m2, 0x01, std::ldexp(1, -16)},
        {NumberFormat::kUe4m3, 0xfe, 448},  // the top bit is padding
        {NumberFormat::kUe8m0, 0x00, std::ldexp(1, -127)},
        {NumberFormat::kUe8m0, 0xfe, std::ldexp(1, 127)},
        {NumberFormat::kBf16, 0xbf80, -1},
        {NumberFormat::kFp16, 0x7bff, 65504},
        {NumberFormat::kTf32, 0x3f801fff, 1},  // the low 13 bits are ignored
        {NumberFormat::kFp32, 0x00000001, std::ldexp(1, -149)},
        {NumberFormat::kFp64, 0x3ff8000000000000, 1.5},
        {NumberFormat::kUe5m3, 0xfe, 114688},
        {NumberFormat::kUe5m3, 0x08, std::ldexp(1, -14)},
        {NumberFormat::kUe5m3, 0x01, std::ldexp(1, -17)},
        {NumberFormat::kUe5m3, 0x80, 2},  // the top bit belongs to the exponent
        {NumberFormat::kInt8, 0x80, -128},
        {NumberFormat::kInt8, 0xff, -1},
        {NumberFormat::kUint8, 0xff, 255},
        {NumberFormat::kMxInt8, 0x7f, 1.984375},
        {NumberFormat::kMxInt8, 0x80, -2},
        {NumberFormat::kTi16, 0x07ff, 2047},
        {NumberFormat::kTi16, 0x87ff, -2047},
    }};
    for (const Row& row : rows) {
        CAPTURE(vr::properties(row.format).name, row.code);
        CHECK(vr::to_double(row.format, row.code) == row.value);
    }
}

TEST_CASE("codes of infinities and NaNs") {
    const auto kind = [](NumberFormat format, std::uint64_t code) {
        return vr::decode(format, code).kind;
    };
    using vr::NumberClass;
    CHECK(kind(NumberFormat::kE4m3, 0x7f) == NumberClass::kNan);
    CHECK(kind(NumberFormat::kE4m3, 0xff) == NumberClass::kNan);
    CHECK(kind(NumberFormat::kE4m3, 0x78) == NumberClass::kFinite);
    CHECK(kind(NumberFormat::kE5m2, 0xfc) == NumberClass::kInfinity);
    CHECK(kind(NumberFormat::kE5m2, 0x7d) == NumberClass::kNan);
    CHECK(kind(NumberFormat::kUe4m3, 0x7f) == NumberClass::kNan);
    CHECK(kind(NumberFormat::kUe8m0, 0xff) == NumberClass::kNan);
    CHECK(kind(NumberFormat::kUe5m3, 0xff) == NumberClass::kNan);
    CHECK(kind(NumberFormat::kUe5m3, 0x7f) == NumberClass::kFinite);
    CHECK(kind(NumberFormat::kUe5m3, 0x00) == NumberClass::kZero);
    CHECK(kind(NumberFormat::kTi16, 0x8000) == NumberClass::kZero);
    CHECK(kind(NumberFormat::kBf16, 0x7f80) == NumberClass::kInfinity);
    CHECK(kind(NumberFormat::kFp32, 0x7f800001) == NumberClass::kNan);
    CHECK(kind(NumberFormat::kTf32, 0x7f800001) == NumberClass::kInfinity);
}

TEST_CASE("subnormals and zeros keep the minimum exponent") {
    const vr::Decoded d = vr::decode(NumberFormat::kE4m3, 0x03);
    CHECK(d.exponent == -6);
    CHECK(d.significand == 3);
    CHECK(vr::decode(NumberFormat::kBf16, 0x8000).exponent == -126);
}

TEST_CASE("names of formats") {
    CHECK(vr::parse_number_format("e4m3") == NumberFormat::kE4m3);
    CHECK(vr::parse_number_format("f16") == NumberFormat::kFp16);
    CHECK(vr::parse_number_format("fp32") == NumberFormat::kFp32);
    CHECK(vr::parse_number_format("s8") == NumberFormat::kInt8);
    CHECK(vr::parse_number_format("ti16") == NumberFormat::kTi16);
    CHECK_FALSE(vr::parse_number_format("e4m4").has_value());
}

}  // namespace
