// SPDX-License-Identifier: Apache-2.0
// NVFP4 quantisation: E2M1 elements, a UE4M3 scale per block of 16, an FP32 scale per tensor, in
// the order of FP32 operations of Transformer Engine's reference (Apache 2.0), so that the bits are
// the same. Not modelled: requantising of a transposed copy (it is quantised from the original).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace vr {

inline constexpr std::int64_t kNvfp4Block = 16;  ///< elements along K that share a scale

/// The second-level scale of a tensor: block scales are stored times `encode`, and one over that is
/// `decode`. Without one both are 1.
struct Nvfp4TensorScale {
    float encode = 1;
    float decode = 1;
};
/// encode = largest_scale * 6 / amax, at most the largest FP32; 1 when amax or the quotient is 0.
/// `largest_scale` is that of a block: 448, or 256 where blocks choose between 4 and 6.
[[nodiscard]] Nvfp4TensorScale nvfp4_tensor_scale(float amax, float largest_scale = 448);

enum class Nvfp4Tile : std::uint8_t {
    k1x16,   ///< a scale per row and block: activations, gradients
    k16x16,  ///< a scale per 16 rows and block, stored for each row: weights
};

struct Nvfp4Options {
    Nvfp4Tile tile = Nvfp4Tile::k1x16;
    /// Blocks try 4 and 6 as the code of their largest element and keep what has the smaller sum of
    /// squared errors, 6 when equal (estimated: the published text does not say how it measures).
    bool four_over_six = false;
    /// Gives 8 random bits per element in row-major order: stochastic rounding. Empty: nearest
    /// even.
    std::function<std::uint8_t()> random{};
};

struct Nvfp4Tensor {
    float amax = 0;
    Nvfp4TensorScale scale;
    std::vector<std::uint8_t> codes;   ///< row-major, one E2M1 code each
    std::vector<std::uint8_t> scales;  ///< row-major, one UE4M3 code per row and block
};

/// Quantises rows x columns values. `columns` must be a multiple of 16, and so must `rows` with
/// tiles of 16x16. NaN gives +6 (cvt.rn.satfinite), and is left out of every maximum.
[[nodiscard]] Nvfp4Tensor quantise_nvfp4(std::span<const float> values, std::int64_t rows,
                                         std::int64_t columns, const Nvfp4Options& options = {});

/// Scale and codes of one block under a tensor's scale, nearest even: what a kernel does that knows
/// its block only. Returns the scale's code and writes one code per element. A block whose scale
/// rounds to 0 gets codes 0.
[[nodiscard]] std::uint8_t quantise_nvfp4_block(std::span<const float> block,
                                                const Nvfp4TensorScale& tensor,
                                                std::span<std::uint8_t> codes);

/// The value of an element: code * scale * amax / 2688 in the terms above, as FP32.
[[nodiscard]] float nvfp4_value(std::uint8_t code, std::uint8_t scale,
                                const Nvfp4TensorScale& tensor);

}  // namespace vr
