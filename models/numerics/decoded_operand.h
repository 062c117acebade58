// SPDX-License-Identifier: Apache-2.0
// One operand of a matrix multiplication, taken apart once for all the dot products that use it.
// Not modelled: swizzled layouts; the view gives plain rows.
#pragma once

#include <cstdint>
#include <vector>

#include "models/numerics/contract.h"

namespace vr {

/// Rows of packed elements in memory, K along the row. E2M1: two elements a byte, low nibble first.
/// 6-bit elements: the low bits of a byte each.
/// Block scales: one byte per block along K.
struct OperandView {
    const std::uint8_t* elements = nullptr;
    std::int64_t row_bytes = 0;  ///< from one row to the next
    std::int64_t rows = 0;
    std::int64_t k = 0;  ///< elements per row
    const std::uint8_t* scales = nullptr;
    std::int64_t scale_row_bytes = 0;
};

enum class OperandSide : std::uint8_t { kA, kB };

/// What the fast path needs to know about the L elements of one row in one step.
struct StepSummary {
    std::int16_t largest_exponent = 0;  ///< of the non-zero elements
    bool special = false;               ///< has an infinity or a NaN (a scale's counts)
    bool has_zero = false;              ///< padding beyond K does not count
};

/// Decoded rows. K is padded to whole steps with zeros, which take no part in any step.
class DecodedOperand {
  public:
    /// Exponent of a zero element: so low that no product with it can be the largest or survive the
    /// alignment.
    static constexpr std::int16_t kZeroExponent = -8192;
    static constexpr std::int16_t kInfinityExponent = 12288;
    static constexpr std::int16_t kNanExponent = 12289;

    DecodedOperand(const DotContract& contract, OperandSide side, const OperandView& view);

    [[nodiscard]] std::int64_t rows() const { return rows_; }
    [[nodiscard]] std::int64_t k() const { return k_; }
    [[nodiscard]] std::int64_t steps() const { return steps_; }
    /// Open corners that lie in the codes themselves.
    [[nodiscard]] Corners corners() const { return corners_; }

    /// Signed significands of a step; of a grouped kind, signed fixed-point values in units of the
    /// smallest element.
    [[nodiscard]] const std::int16_t* significands(std::int64_t row, std::int64_t step) const {
        return significands_.data() + (row * steps_ + step) * step_length_;
    }
    /// Exponents of a step, block scales included. Not for grouped kinds.
    [[nodiscard]] const std::int16_t* exponents(std::int64_t row, std::int64_t step) const {
        return exponents_.data() + (row * steps_ + step) * step_length_;
    }
    /// Significands and exponents of the scales of a step's groups (grouped kinds).
    [[nodiscard]] const std::int16_t* scale_significands(std::int64_t row,
                                                         std::int64_t step) const {
        return scale_significands_.data() + (row * steps_ + step) * groups_;
    }
    [[nodiscard]] const std::int16_t* scale_exponents(std::int64_t row, std::int64_t step) const {
        return scale_exponents_.data() + (row * steps_ + step) * groups_;
    }
    [[nodiscard]] const StepSummary& summary(std::int64_t row, std::int64_t step) const {
        return summaries_[static_cast<std::size_t>(row * steps_ + step)];
    }

  private:
    void decode_plain(const DotContract& contract, NumberFormat format, const OperandView& view);
    void decode_grouped(const DotContract& contract, NumberFormat format, const OperandView& view);

    std::int64_t rows_;
    std::int64_t k_;
    std::int64_t step_length_;
    std::int64_t steps_;
    std::int64_t groups_;
    std::vector<std::int16_t> significands_;
    std::vector<std::int16_t> exponents_;
    std::vector<std::int16_t> scale_significands_;
    std::vector<std::int16_t> scale_exponents_;
    std::vector<StepSummary> summaries_;
    Corners corners_;
};

/// The code of element (row, k) of packed rows.
[[nodiscard]] std::uint32_t packed_code(const OperandView& view, NumberFormat format,
                                        std::int64_t row, std::int64_t k);

}  // namespace vr
