// SPDX-License-Identifier: Apache-2.0
// A dot-product leaf as C++ sees it: the pins of fp_dot_step.sv, one clock at a time. Whoever
// brings SystemVerilog of his own behind impl = rtl brings another object of this kind. Not
// modelled: back-pressure; a leaf takes a step in every clock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "models/numerics/corner.h"

namespace vr {

inline constexpr std::size_t kLeafBytes = 64;  ///< of one operand: 64 FP8 or 128 FP4 elements
inline constexpr std::size_t kLeafGroups = 8;  ///< 16 FP4 or 8 other elements each, with a scale

/// Numbers as in fp_dot_pkg.sv.
enum class LeafKind : std::uint8_t {
    kProducts = 0,  ///< every product is a term
    kGroups = 1,    ///< 16 FP4 products are summed exactly into one
};
enum class LeafFormat : std::uint8_t {
    kE2m1 = 0,
    kE2m3 = 1,
    kE3m2 = 2,
    kE4m3 = 3,
    kE5m2 = 4,
    kFp16 = 5,
    kBf16 = 6,
    kTf32 = 7,
    kInt8 = 8,
    kUint8 = 9,
    kTi16 = 10,
};
enum class LeafScale : std::uint8_t { kNone = 0, kUe4m3 = 1, kUe8m0 = 2, kUe5m3 = 3 };
/// How the sum becomes the result, and thereby the format of c and d.
enum class LeafOutput : std::uint8_t {
    kFp32Cut = 0,
    kE8m13Cut = 1,  ///< 13 fraction bits, stored as FP32
    kFp32Nearest = 2,
    kFp16Nearest = 3,
    kInt32Wrap = 4,
    kInt32Clamp = 5,
};

/// What goes into a leaf in one clock.
struct LeafStep {
    bool valid = false;  ///< nothing else matters when it is not
    LeafKind kind = LeafKind::kProducts;
    LeafFormat a_format = LeafFormat::kE4m3;
    LeafFormat b_format = LeafFormat::kE4m3;  ///< as wide as a's
    LeafScale scale = LeafScale::kNone;
    std::uint8_t count = 0;  ///< elements that take part
    LeafOutput output = LeafOutput::kFp32Cut;
    std::uint8_t fraction_bits = 0;      ///< F
    std::int16_t zero_floor = 0;         ///< smallest alignment exponent
    bool zero_group_takes_part = false;  ///< a group that sums to zero enters the largest exponent
    bool added_after = false;            ///< c is added in FP32, nearest even
    /// Little-endian, zeros beyond `count`. E2M1: two a byte in groups, low nibble first; elsewhere
    /// one a byte, as are 6-bit elements.
    std::array<std::uint8_t, kLeafBytes> a{};
    std::array<std::uint8_t, kLeafBytes> b{};
    std::array<std::uint8_t, kLeafGroups> a_scales{};
    std::array<std::uint8_t, kLeafGroups> b_scales{};
    std::uint32_t c = 0;  ///< FP32, FP16 or a 32-bit integer
};

/// What comes out of it.
struct LeafResult {
    bool valid = false;
    std::uint32_t d = 0;  ///< as c
    Corners corners;
};

class DotLeaf {
  public:
    virtual ~DotLeaf() = default;
    /// One clock. Results come in order, some clocks later.
    virtual LeafResult clock(const LeafStep& step) = 0;
    /// Clocks of all leaves of this run so far: the time in the waveforms, in ns.
    [[nodiscard]] virtual std::int64_t clocks() const = 0;
    /// Everything that the leaf holds, as one number; 0 before its reset, in the first clock.
    [[nodiscard]] virtual std::uint64_t digest() = 0;
};

}  // namespace vr
