// SPDX-License-Identifier: Apache-2.0
// Open corners: places where no published source settles what the hardware does. A computation
// notes which of them it touched, so that a report can name them and a later check on hardware
// knows where to look.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace vr {

enum class Corner : std::uint8_t {
    kZeroAccumulatorFloor,  ///< c = 0 and every product below the smallest normal fp32: models
                            ///< differ on the floor
    kZeroGroup,             ///< an FP4 group that sums to zero set the largest exponent
    kZeroElement,  ///< a zero element times a huge one (8-bit exponents): the product is dropped
                   ///< here
    kZeroSign,  ///< sign of a zero from cutting a negative sum, or from all zeros with c = -0: +0
                ///< here
    kInfiniteFp4Accumulator,  ///< FP4 instruction with c = +-infinity: the result is c here
    kTf32Payload,        ///< a TF32 NaN whose payload is only in the ignored bits: infinity here
    kRubinFusedStep,     ///< Rubin: all products of a longer instruction in one alignment
    kRubinTwoSteps,      ///< Rubin: a longer instruction as Blackwell's steps in a row
    kRubinRule,          ///< Rubin: fraction bits, rounding and specials taken over from Blackwell
    kNarrowElement,      ///< 4- or 6-bit elements in an 8-bit kind: no published model covers them
    kF8HalfAccumulator,  ///< FP8 with fp16 accumulators on Hopper and Blackwell: rows measured
                         ///< through mma.sync do not fit the rule
    kUe5m3Scale,         ///< UE5M3: bias, NaN and subnormals assumed
    kRubinNarrow,        ///< Rubin: mixed or narrow elements at the K-doubled rate
    kRubinExactKinds,    ///< Rubin: FP64 and integer instructions
    kRuleSwitched,       ///< a switch changed the rule (contract_switches.h)
    kCount,
};

/// A small set of corners.
class Corners {
  public:
    constexpr void add(Corner corner) { bits_ |= 1U << static_cast<unsigned>(corner); }
    constexpr void add(Corners other) { bits_ |= other.bits_; }
    constexpr void remove(Corner corner) { bits_ &= ~(1U << static_cast<unsigned>(corner)); }
    [[nodiscard]] constexpr bool has(Corner corner) const {
        return (bits_ >> static_cast<unsigned>(corner) & 1U) != 0;
    }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
    friend constexpr bool operator==(Corners, Corners) = default;

  private:
    std::uint32_t bits_ = 0;
};

/// One line for a report.
[[nodiscard]] std::string_view corner_text(Corner corner);
/// The corners of a set, in order.
[[nodiscard]] std::vector<Corner> corner_list(Corners corners);

}  // namespace vr
