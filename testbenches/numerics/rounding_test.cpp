// SPDX-License-Identifier: Apache-2.0
// Rounding of every kind to every format, against the grid of the format's own values; stochastic
// rounding against the share of random numbers that must round up; packed forms.
#include <algorithm>
#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/base/random.h"
#include "models/numerics/packed_convert.h"

namespace {

using vr::NumberFormat;
using vr::Rounding;

constexpr std::array kNarrow{NumberFormat::kE2m1,   NumberFormat::kE2m3, NumberFormat::kE3m2,
                             NumberFormat::kE4m3,   NumberFormat::kE5m2, NumberFormat::kUe4m3,
                             NumberFormat::kUe5m3,  NumberFormat::kInt8, NumberFormat::kUint8,
                             NumberFormat::kMxInt8, NumberFormat::kTi16};

struct Point {
    double value;
    std::uint64_t code;
};

/// The finite values of a format in ascending order, one code each (that of +0).
std::vector<Point> grid(NumberFormat format) {
    std::vector<Point> out;
    for (std::uint64_t code = 0; code < 1ULL << vr::properties(format).bits; ++code) {
        const vr::Decoded d = vr::decode(format, code);
        const bool unused = (format == NumberFormat::kMxInt8 && code == 0x80) ||
                            (format == NumberFormat::kTi16 && (code & 0x7800U) != 0) ||
                            (format == NumberFormat::kUe4m3 && code >= 0x80);
        if (d.kind == vr::NumberClass::kFinite || (d.kind == vr::NumberClass::kZero && code == 0)) {
            if (!unused) {
                out.push_back({vr::to_double(format, code), code});
            }
        }
    }
    std::sort(out.begin(), out.end(),
              [](const Point& a, const Point& b) { return a.value < b.value; });
    return out;
}

/// The value that must come out, by the grid alone.
double expected(const std::vector<Point>& points, double x, Rounding rounding) {
    if (x <= points.front().value) {
        return points.front().value;
    }
    if (x >= points.back().value) {
        return points.back().value;
    }
    const auto above = std::lower_bound(points.begin(), points.end(), x,
                                        [](const Point& p, double v) { return p.value < v; });
    if (above->value == x) {
        return x;
    }
    const auto below = above - 1;
    const double middle = (above->value + below->value) / 2;
    switch (rounding) {
        case Rounding::kTowardZero:
            return x > 0 ? below->value : above->value;
        case Rounding::kDown:
            return below->value;
        case Rounding::kUp:
            return above->value;
        case Rounding::kNearestAway:
        case Rounding::kNearestEven:
            break;
    }
    if (x != middle) {
        return x < middle ? below->value : above->value;
    }
    if (rounding == Rounding::kNearestAway) {
        return x > 0 ? above->value : below->value;
    }
    return (below->code & 1U) == 0 ? below->value : above->value;
}

TEST_CASE("every rounding to every narrow format lands on the right neighbour") {
    for (const NumberFormat format : kNarrow) {
        const std::vector<Point> points = grid(format);
        const double reach = std::fmax(std::fabs(points.front().value), points.back().value) * 1.5;
        vr::SplitMix64 random(static_cast<std::uint64_t>(format) + 1);
        std::vector<double> inputs;
        for (std::size_t i = 1; i < points.size(); ++i) {
            inputs.push_back((points[i - 1].value + points[i].value) / 2);
            inputs.push_back(points[i].value);
        }
        for (int i = 0; i < 4000; ++i) {
            const double share = static_cast<double>(random.next() >> 11) * 0x1p-53;
            inputs.push_back((share - 0.5) * 2 * reach * std::exp2(-(i % 20)));
        }
        for (const Rounding rounding : {Rounding::kNearestEven, Rounding::kNearestAway,
                                        Rounding::kTowardZero, Rounding::kDown, Rounding::kUp}) {
            CAPTURE(vr::properties(format).name, static_cast<int>(rounding));
            int wrong = 0;
            for (const double x : inputs) {
                if (!vr::properties(format).has_sign && x < 0) {
                    continue;
                }
                const std::uint64_t code = vr::convert(
                    NumberFormat::kFp64, std::bit_cast<std::uint64_t>(x), format, rounding);
                wrong += vr::to_double(format, code) == expected(points, x, rounding) ? 0 : 1;
            }
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("integers saturate and take NaN as zero") {
    const auto from = [](NumberFormat format, float x) {
        return vr::from_fp32(format, std::bit_cast<std::uint32_t>(x));
    };
    CHECK(from(NumberFormat::kInt8, 1e30F) == 0x7f);
    CHECK(from(NumberFormat::kInt8, -1e30F) == 0x80);
    CHECK(from(NumberFormat::kMxInt8, -2.0F) == 0x81);  // 80 stays unused
    CHECK(from(NumberFormat::kTi16, -5000.0F) == 0x87ff);
    CHECK(from(NumberFormat::kUint8, -1.0F) == 0);
    CHECK(from(NumberFormat::kInt8, -0.25F) == 0);
    CHECK(from(NumberFormat::kTi16, -0.25F) == 0);
    CHECK(from(NumberFormat::kInt8, std::nanf("")) == 0);
    CHECK(from(NumberFormat::kUe5m3, 1e30F) == 0xfe);
    CHECK(from(NumberFormat::kUe5m3, std::nanf("")) == 0xff);
}

TEST_CASE("stochastic rounding goes up for as many random numbers as the fraction says") {
    struct Row {
        NumberFormat to;
        int bits;
    };
    const std::array<Row, 7> rows{{{NumberFormat::kBf16, 16},
                                   {NumberFormat::kFp16, 13},
                                   {NumberFormat::kE4m3, 16},
                                   {NumberFormat::kE5m2, 16},
                                   {NumberFormat::kE2m3, 16},
                                   {NumberFormat::kE3m2, 16},
                                   {NumberFormat::kE2m1, 8}}};
    vr::SplitMix64 words(29);
    for (const Row& row : rows) {
        CHECK(vr::stochastic_bits(row.to) == row.bits);
        for (int i = 0; i < 60; ++i) {
            // From subnormals of the target to its largest binade.
            const double largest =
                std::fmin(vr::to_double(row.to, vr::from_fp32(row.to, 0x7f000000U)), 1e30);
            const double share = static_cast<double>(words.next() >> 11) * 0x1p-53;
            const auto x = static_cast<float>(std::fmin(largest, 1e4) * 0.9 * share *
                                              std::exp2(-(i % 12)) * (i % 2 == 0 ? 1 : -1));
            const std::uint32_t code = std::bit_cast<std::uint32_t>(x);
            const double down = vr::to_double(
                row.to, vr::convert(NumberFormat::kFp32, code, row.to, Rounding::kTowardZero));
            const double up =
                vr::to_double(row.to, vr::convert(NumberFormat::kFp32, code, row.to,
                                                  x > 0 ? Rounding::kUp : Rounding::kDown));
            std::uint32_t ups = 0;
            for (std::uint32_t r = 0; r < 1U << row.bits; ++r) {
                const double got = vr::to_double(
                    row.to, vr::convert_stochastic(NumberFormat::kFp32, code, row.to, r, row.bits));
                if (got == up && up != down) {
                    ++ups;
                } else {
                    REQUIRE(got == down);
                }
            }
            const double fraction = up == down ? 0 : (x - down) / (up - down);
            CHECK(ups == static_cast<std::uint32_t>(std::floor(std::ldexp(fraction, row.bits))));
        }
    }
}

TEST_CASE("stochastic rounding beyond the largest number saturates or overflows") {
    const std::uint32_t largest = 0x477fefffU;  // just below the middle of 65504 and 65536
    CHECK(vr::convert_stochastic(NumberFormat::kFp32, largest, NumberFormat::kFp16, 0, 13) ==
          0x7bff);
    CHECK(vr::convert_stochastic(NumberFormat::kFp32, largest, NumberFormat::kFp16, 0x1fff, 13) ==
          0x7bff);
    CHECK(vr::convert_stochastic(NumberFormat::kFp32, largest, NumberFormat::kFp16, 0x1fff, 13,
                                 vr::Overflow::kSpecial) == 0x7c00);
    CHECK(vr::convert_stochastic(NumberFormat::kFp32, 0xff800000U, NumberFormat::kE2m1, 7, 8) ==
          0xf);
    CHECK(vr::convert_stochastic(NumberFormat::kFp32, 0xffc00000U, NumberFormat::kE2m1, 7, 8) ==
          0x7);
}

TEST_CASE("packed conversions put the first operand uppermost") {
    const std::array<std::uint64_t, 2> two{0x3f800000, 0xc0000000};  // 1, -2
    CHECK(vr::convert_packed(NumberFormat::kFp32, two, NumberFormat::kE4m3) == 0x38c0);
    CHECK(vr::convert_packed(NumberFormat::kFp32, two, NumberFormat::kE2m1) == 0x2c);
    CHECK(vr::convert_packed(NumberFormat::kFp32, two, NumberFormat::kE2m3) == 0x0830);
    CHECK(vr::convert_packed(NumberFormat::kFp32, two, NumberFormat::kBf16) == 0x3f80c000);
    CHECK(vr::convert_packed(NumberFormat::kFp32, two, NumberFormat::kUe8m0, Rounding::kUp) ==
          0x7f80);
}

TEST_CASE("each element of a packed stochastic conversion takes its share of the random bits") {
    constexpr std::uint32_t kRandom = 0xa1b2c3d4;
    CHECK(vr::stochastic_share(NumberFormat::kBf16, kRandom, 0) == 0xa1b2);
    CHECK(vr::stochastic_share(NumberFormat::kBf16, kRandom, 1) == 0xc3d4);
    CHECK(vr::stochastic_share(NumberFormat::kFp16, kRandom, 0) == 0x01b2);
    CHECK(vr::stochastic_share(NumberFormat::kFp16, kRandom, 1) == 0x03d4);
    for (const std::size_t i : {0U, 1U}) {
        CHECK(vr::stochastic_share(NumberFormat::kE4m3, kRandom, i) == 0xa1b2);
        CHECK(vr::stochastic_share(NumberFormat::kE4m3, kRandom, i + 2) == 0xc3d4);
    }
    CHECK(vr::stochastic_share(NumberFormat::kE2m1, kRandom, 0) == 0xa1);
    CHECK(vr::stochastic_share(NumberFormat::kE2m1, kRandom, 1) == 0xc3);
    CHECK(vr::stochastic_share(NumberFormat::kE2m1, kRandom, 2) == 0xb2);
    CHECK(vr::stochastic_share(NumberFormat::kE2m1, kRandom, 3) == 0xd4);
    const std::array<std::uint64_t, 4> quarter(
        {0x3fa00000, 0x3fa00000, 0x3fa00000, 0x3fa00000});  // 1.25: half way from 1 to 1.5
    CHECK(vr::convert_packed_stochastic(quarter, NumberFormat::kE2m1, 0x80ff7f00) == 0x3232);
}

}  // namespace
