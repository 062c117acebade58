// SPDX-License-Identifier: Apache-2.0
// Block quantisers beyond the vector files: options, scales at the ends of their range, errors.
#include <algorithm>
#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/numerics/convert.h"
#include "models/numerics/quantise/hadamard.h"
#include "models/numerics/quantise/mx.h"
#include "models/numerics/quantise/nvfp4.h"

namespace {

using vr::NumberFormat;

std::vector<float> bell(std::size_t count, std::uint64_t seed) {
    vr::SplitMix64 random(seed);
    std::vector<float> out(count);
    for (float& x : out) {
        double sum = -6;
        for (int i = 0; i < 12; ++i) {
            sum += static_cast<double>(random.next() >> 11) * 0x1p-53;
        }
        x = static_cast<float>(sum);
    }
    return out;
}

float largest_of(const std::vector<float>& values) {
    float out = 0;
    for (const float x : values) {
        out = std::fmax(out, std::fabs(x));
    }
    return out;
}

double squared_error(const std::vector<float>& values, const vr::Nvfp4Tensor& q) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double difference =
            static_cast<double>(values[i]) - vr::nvfp4_value(q.codes[i], q.scales[i / 16], q.scale);
        sum += difference * difference;
    }
    return sum;
}

TEST_CASE("an NVFP4 tensor comes back within a step of its grid") {
    const std::vector<float> values = bell(64 * 64, 1);
    const vr::Nvfp4Tensor q = vr::quantise_nvfp4(values, 64, 64);
    CHECK(q.amax == largest_of(values));
    for (std::size_t i = 0; i < values.size(); ++i) {
        float amax = 0;
        for (std::size_t j = i / 16 * 16; j < i / 16 * 16 + 16; ++j) {
            amax = std::fmax(amax, std::fabs(values[j]));
        }
        // Half of the widest step, 2 of 6, and what the scale's own rounding adds.
        const float error =
            std::fabs(values[i] - vr::nvfp4_value(q.codes[i], q.scales[i / 16], q.scale));
        REQUIRE(error <= amax * (1.0F / 6 + 1.0F / 15));
    }
}

TEST_CASE("a tile of 16x16 has one scale in all its rows") {
    const std::vector<float> values = bell(32 * 32, 2);
    const vr::Nvfp4Tensor q =
        vr::quantise_nvfp4(values, 32, 32, {vr::Nvfp4Tile::k16x16, false, {}});
    int different = 0;
    for (std::size_t row = 0; row < 32; ++row) {
        for (std::size_t block = 0; block < 2; ++block) {
            CHECK(q.scales[row * 2 + block] == q.scales[row / 16 * 32 + block]);
        }
        different += q.scales[row * 2] != q.scales[row * 2 + 1] ? 1 : 0;
    }
    CHECK(different > 0);
}

TEST_CASE("four over six never has the larger error and takes both choices") {
    const std::vector<float> values = bell(64 * 64, 3);
    vr::Nvfp4Options options;
    options.four_over_six = true;
    const vr::Nvfp4Tensor both = vr::quantise_nvfp4(values, 64, 64, options);
    CHECK(both.scale.encode == vr::nvfp4_tensor_scale(both.amax, 256).encode);
    int fours = 0;
    int sixes = 0;
    for (std::size_t block = 0; block < both.scales.size(); ++block) {
        std::uint8_t largest = 0;
        for (std::size_t i = 0; i < 16; ++i) {
            largest = std::max<std::uint8_t>(largest, both.codes[block * 16 + i] & 7U);
        }
        (largest == 6 ? fours : sixes) += 1;
    }
    CHECK(fours > 10);
    CHECK(sixes > 10);
    CHECK(squared_error(values, both) < squared_error(values, vr::quantise_nvfp4(values, 64, 64)));
}

TEST_CASE("stochastic rounding of an NVFP4 tensor has no bias") {
    std::vector<float> values(16 * 64, 1.25F);  // half way from 1 to 1.5
    for (std::size_t i = 0; i < values.size(); i += 16) {
        values[i] = 6;  // the scale: 1
    }
    vr::SplitMix64 random(9);
    vr::Nvfp4Options options;
    options.random = [&] { return static_cast<std::uint8_t>(random.next() >> 56); };
    double sum = 0;
    const int rounds = 20;
    for (int round = 0; round < rounds; ++round) {
        const vr::Nvfp4Tensor q = vr::quantise_nvfp4(values, 16, 64, options);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i % 16 != 0) {
                sum += vr::nvfp4_value(q.codes[i], q.scales[i / 16], q.scale);
            }
        }
    }
    CHECK(sum / (rounds * 960) == Approx(1.25).margin(0.01));
    const vr::Nvfp4Tensor nearest = vr::quantise_nvfp4(values, 16, 64);
    CHECK(vr::nvfp4_value(nearest.codes[1], nearest.scales[0], nearest.scale) ==
          Approx(1.0).margin(1e-6));  // a tie: to even
}

TEST_CASE("NVFP4 of zeros, of NaN, and of a wrong shape") {
    const std::vector<float> zeros(64, 0.0F);
    const vr::Nvfp4Tensor q = vr::quantise_nvfp4(zeros, 1, 64);
    CHECK(q.scale.encode == 1);
    CHECK(q.scales == std::vector<std::uint8_t>(4, 0));
    CHECK(q.codes == std::vector<std::uint8_t>(64, 0));
    std::vector<float> nan(16, 1.0F);
    nan[3] = std::numeric_limits<float>::quiet_NaN();
    const vr::Nvfp4Tensor with_nan = vr::quantise_nvfp4(nan, 1, 16);
    CHECK(with_nan.amax == 1);
    CHECK(with_nan.codes[3] == 7);
    CHECK(with_nan.codes[2] == 7);  // 1 is the largest: 6 of its scale
    CHECK_THROWS_AS(vr::quantise_nvfp4(zeros, 4, 15), vr::InternalError);
    CHECK_THROWS_AS(vr::quantise_nvfp4(zeros, 4, 16, {vr::Nvfp4Tile::k16x16, false, {}}),
                    vr::InternalError);
}

TEST_CASE("a block under its own scale alone") {
    std::array<float, 16> block{};
    std::array<std::uint8_t, 16> codes{};
    block[0] = 3;
    block[1] = -0.25F;
    CHECK(vr::quantise_nvfp4_block(block, {}, codes) == 0x30);  // 3 / 6 = 0.5
    CHECK(codes[0] == 7);
    CHECK(codes[1] == 9);
    CHECK(codes[2] == 0);
    block.fill(1e-30F);
    CHECK(vr::quantise_nvfp4_block(block, {}, codes) == 0);
    CHECK(codes[5] == 0);
}

TEST_CASE("MX scales: floor may saturate and up never does") {
    constexpr std::array kElements{NumberFormat::kE4m3, NumberFormat::kE5m2, NumberFormat::kE3m2,
                                   NumberFormat::kE2m3, NumberFormat::kE2m1, NumberFormat::kMxInt8};
    vr::SplitMix64 random(17);
    for (const NumberFormat element : kElements) {
        CAPTURE(vr::properties(element).name);
        const double largest =
            vr::to_double(element, vr::convert(NumberFormat::kFp32, 0x7f7fffff, element));
        int saturated = 0;
        for (int i = 0; i < 500; ++i) {
            const std::vector<float> values = bell(32, random.next());
            std::array<std::uint8_t, 32> codes{};
            const float amax = largest_of(values);
            const std::uint8_t floor =
                vr::quantise_mx(values, element, vr::MxScaleRule::kFloor, codes);
            const double x = std::ldexp(1.0, floor - 127);
            CHECK(x * std::exp2(std::ilogb(largest)) <= amax);
            CHECK(2 * x * std::exp2(std::ilogb(largest)) > amax);
            saturated += amax > x * largest ? 1 : 0;
            const std::uint8_t up = vr::quantise_mx(values, element, vr::MxScaleRule::kUp, codes);
            CHECK(amax <= std::ldexp(largest, up - 127) * (1 + 1e-7));
            CHECK(amax > std::ldexp(largest, up - 128) * (1 - 1e-7));
            for (std::size_t j = 0; j < 32; ++j) {
                const float back = vr::mx_value(element, codes[j], up);
                CHECK(std::fabs(back) <= amax * 1.2F);
            }
        }
        CHECK(saturated > 0);
    }
}

TEST_CASE("MX blocks at the ends: zeros, the smallest, the largest, NaN") {
    std::array<float, 32> block{};
    std::array<std::uint8_t, 32> codes{};
    const auto quantise = [&](vr::MxScaleRule rule) {
        return vr::quantise_mx(block, NumberFormat::kE4m3, rule, codes);
    };
    CHECK(quantise(vr::MxScaleRule::kFloor) == 0);
    CHECK(quantise(vr::MxScaleRule::kUp) == 0);
    block[0] = std::numeric_limits<float>::denorm_min();
    CHECK(quantise(vr::MxScaleRule::kFloor) == 0);
    CHECK(codes[0] == 0);  // 2^-149 is 2^-22 of the smallest scale
    block[0] = std::numeric_limits<float>::max();
    CHECK(quantise(vr::MxScaleRule::kFloor) == 127 + 127 - 8);
    CHECK(codes[0] == 0x7e);
    block[1] = std::numeric_limits<float>::infinity();
    CHECK(quantise(vr::MxScaleRule::kUp) == 0xff);
    CHECK(std::isnan(vr::mx_value(NumberFormat::kE4m3, codes[0], 0xff)));
    CHECK_THROWS_AS(vr::quantise_mx(block, NumberFormat::kBf16, vr::MxScaleRule::kUp, codes),
                    vr::InternalError);
}

TEST_CASE("the rotation keeps lengths and spreads an outlier evenly") {
    std::array<float, 16> in{};
    std::array<float, 16> out{};
    in[5] = 8;
    vr::rotate_hadamard(in, out);
    for (std::size_t i = 0; i < 16; ++i) {
        CHECK(std::fabs(out[i]) == 2);
    }
    CHECK(out[0] == -2);  // the sign of point 5 is minus
    CHECK(out[1] == 2);   // 5 AND 1 has one bit
    for (std::size_t i = 0; i < 16; ++i) {
        in[i] = static_cast<float>(i) - 7.5F;
    }
    vr::rotate_hadamard(in, out);
    const auto square = [](const std::array<float, 16>& x) {
        return std::inner_product(x.begin(), x.end(), x.begin(), 0.0F);
    };
    CHECK(square(out) == Approx(square(in)));
    // H is symmetric and its own inverse; what is left are the signs.
    std::array<float, 16> back{};
    for (std::size_t i = 0; i < 16; ++i) {
        back[i] = out[i] * vr::kHadamardSigns[i];
    }
    vr::rotate_hadamard(back, back);
    for (std::size_t i = 0; i < 16; ++i) {
        CHECK(back[i] == Approx(in[i] * vr::kHadamardSigns[i]).margin(1e-5));
    }
}

TEST_CASE("the reference's sum in BF16 stays near the rotation in FP32") {
    const std::vector<float> values = bell(16 * 200, 5);
    double worst = 0;
    int different = 0;
    for (std::size_t begin = 0; begin < values.size(); begin += 16) {
        std::array<float, 16> in{};
        std::array<float, 16> wide{};
        std::array<float, 16> narrow{};
        for (std::size_t i = 0; i < 16; ++i) {  // as BF16
            in[i] =
                std::bit_cast<float>(std::bit_cast<std::uint32_t>(values[begin + i]) & 0xffff0000U);
        }
        vr::rotate_hadamard(in, wide);
        vr::rotate_hadamard_bf16(in, narrow);
        const float largest = largest_of({wide.begin(), wide.end()});
        for (std::size_t i = 0; i < 16; ++i) {
            CHECK((std::bit_cast<std::uint32_t>(narrow[i]) & 0xffffU) == 0);
            worst = std::fmax(worst, std::fabs(wide[i] - narrow[i]) / largest);
            different += wide[i] != narrow[i] ? 1 : 0;
        }
    }
    CHECK(worst < 0.03);
    CHECK(different > 1000);
}

}  // namespace
