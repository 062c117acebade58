// SPDX-License-Identifier: Apache-2.0
// NVFP4 quantisation. The order of the FP32 operations decides bits: do not reassociate.
// Not modelled: see nvfp4.h.
#include "models/numerics/quantise/nvfp4.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "models/base/error.h"
#include "models/numerics/convert.h"

namespace vr {
namespace {

constexpr float kLargestElement = 6;
constexpr float kLargestFp32 = std::numeric_limits<float>::max();
constexpr int kRandomBits = 8;

float from_code(NumberFormat format, std::uint8_t code) {
    return std::bit_cast<float>(to_fp32(format, code));
}

float largest_of(std::span<const float> values, float start = 0) {
    for (const float x : values) {
        start = std::fabs(x) > start ? std::fabs(x) : start;  // NaN is never above
    }
    return start;
}

/// The block scale that puts `amax` on the element `target`.
std::uint8_t scale_code(float amax, float target, const Nvfp4TensorScale& tensor) {
    const float factor = tensor.encode * (1.0F / target);
    return static_cast<std::uint8_t>(from_fp32(
        NumberFormat::kUe4m3, std::bit_cast<std::uint32_t>(std::min(amax * factor, kLargestFp32))));
}

float element_factor(std::uint8_t scale, const Nvfp4TensorScale& tensor) {
    return std::min(1.0F / (from_code(NumberFormat::kUe4m3, scale) * tensor.decode), kLargestFp32);
}

std::uint8_t element_code(float x, float factor, const std::function<std::uint8_t()>& random) {
    const float scaled = x * factor;
    if (scaled == 0) {
        return 0;  // the reference has no -0
    }
    const float clamped =
        std::isnan(scaled) ? scaled : std::clamp(scaled, -kLargestElement, kLargestElement);
    const auto fp32 = std::bit_cast<std::uint32_t>(clamped);
    return static_cast<std::uint8_t>(random ? convert_stochastic(NumberFormat::kFp32, fp32,
                                                                 NumberFormat::kE2m1, random(),
                                                                 kRandomBits)
                                            : from_fp32(NumberFormat::kE2m1, fp32));
}

void encode_block(std::span<const float> block, std::uint8_t scale, const Nvfp4TensorScale& tensor,
                  const std::function<std::uint8_t()>& random, std::span<std::uint8_t> codes) {
    const float factor = element_factor(scale, tensor);
    for (std::size_t i = 0; i < block.size(); ++i) {
        codes[i] = element_code(block[i], factor, random);
    }
}

/// Sum of squared errors of a block at nearest even, in doubles from the first element on.
double error_of(std::span<const float> block, std::uint8_t scale, const Nvfp4TensorScale& tensor) {
    const float factor = element_factor(scale, tensor);
    double sum = 0;
    for (const float x : block) {
        const double difference =
            static_cast<double>(x) - nvfp4_value(element_code(x, factor, {}), scale, tensor);
        sum += difference * difference;
    }
    return sum;
}

/// The rows and columns that share a scale.
struct Tile {
    std::int64_t row;
    std::int64_t rows;
    std::int64_t column;
};

std::uint8_t tile_scale(std::span<const float> values, std::int64_t columns, const Tile& tile,
                        bool four_over_six, const Nvfp4TensorScale& tensor) {
    const auto block = [&](std::int64_t row) {
        return values.subspan(static_cast<std::size_t>((tile.row + row) * columns + tile.column),
                              kNvfp4Block);
    };
    float amax = 0;
    for (std::int64_t row = 0; row < tile.rows; ++row) {
        amax = largest_of(block(row), amax);
    }
    const std::uint8_t six = scale_code(amax, kLargestElement, tensor);
    if (!four_over_six) {
        return six;
    }
    const std::uint8_t four = scale_code(amax, 4, tensor);
    double six_error = 0;
    double four_error = 0;
    for (std::int64_t row = 0; row < tile.rows; ++row) {
        six_error += error_of(block(row), six, tensor);
        four_error += error_of(block(row), four, tensor);
    }
    return four_error < six_error ? four : six;
}

}  // namespace

Nvfp4TensorScale nvfp4_tensor_scale(float amax, float largest_scale) {
    float encode = std::min(largest_scale * kLargestElement / amax, kLargestFp32);
    if (amax == 0 || encode == 0) {
        encode = 1;
    }
    return {encode, 1.0F / encode};
}

std::uint8_t quantise_nvfp4_block(std::span<const float> block, const Nvfp4TensorScale& tensor,
                                  std::span<std::uint8_t> codes) {
    const std::uint8_t scale = scale_code(largest_of(block), kLargestElement, tensor);
    if (scale == 0) {
        std::fill(codes.begin(), codes.end(), std::uint8_t{0});
    } else {
        encode_block(block, scale, tensor, {}, codes);
    }
    return scale;
}

Nvfp4Tensor quantise_nvfp4(std::span<const float> values, std::int64_t rows, std::int64_t columns,
                           const Nvfp4Options& options) {
    const std::int64_t tile_rows = options.tile == Nvfp4Tile::k16x16 ? 16 : 1;
    ensure(columns % kNvfp4Block == 0 && rows % tile_rows == 0 &&
               static_cast<std::int64_t>(values.size()) == rows * columns,
           "NVFP4: {} values are not {} x {} in tiles of {} x {}", values.size(), rows, columns,
           tile_rows, kNvfp4Block);
    const std::int64_t blocks = columns / kNvfp4Block;
    Nvfp4Tensor out;
    out.amax = largest_of(values);
    out.scale = nvfp4_tensor_scale(out.amax, options.four_over_six ? 256.0F : 448.0F);
    out.codes.resize(values.size());
    out.scales.resize(static_cast<std::size_t>(rows * blocks));
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t block = 0; block < blocks; ++block) {
            const auto at = static_cast<std::size_t>(row * blocks + block);
            out.scales[at] =
                row % tile_rows != 0
                    ? out.scales[at - static_cast<std::size_t>(blocks)]
                    : tile_scale(values, columns, {row, tile_rows, block * kNvfp4Block},
                                 options.four_over_six, out.scale);
            encode_block(values.subspan(at * kNvfp4Block, kNvfp4Block), out.scales[at], out.scale,
                         options.random,
                         std::span(out.codes).subspan(at * kNvfp4Block, kNvfp4Block));
        }
    }
    return out;
}

float nvfp4_value(std::uint8_t code, std::uint8_t scale, const Nvfp4TensorScale& tensor) {
    return from_code(NumberFormat::kE2m1, code) * from_code(NumberFormat::kUe4m3, scale) *
           tensor.decode;
}

}  // namespace vr
