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
inline constexpr std::size_t kLeafGroups = 8;  ///< 8 FP8 or 16 FP4 elements each, with a scale

/// Numbers as in fp_dot_pkg.sv.
enum class LeafKind : std::uint8_t { kFp8 = 0, kFp4 = 1 };
enum class LeafScale : std::uint8_t { kNone = 0, kUe4m3 = 1, kUe8m0 = 2 };

/// What goes into a leaf in one clock.
struct LeafStep {
    bool valid = false;  ///< nothing else matters when it is not
    LeafKind kind = LeafKind::kFp8;
    bool a_e5m2 = false;  ///< otherwise E4M3
    bool b_e5m2 = false;
    LeafScale scale = LeafScale::kNone;
    std::uint8_t groups = 0;                   ///< bit g: group g takes part
    std::array<std::uint8_t, kLeafBytes> a{};  ///< packed as in memory, zeros beyond K
    std::array<std::uint8_t, kLeafBytes> b{};
    std::array<std::uint8_t, kLeafGroups> a_scales{};
    std::array<std::uint8_t, kLeafGroups> b_scales{};
    std::uint32_t c = 0;  ///< FP32
};

/// What comes out of it.
struct LeafResult {
    bool valid = false;
    std::uint32_t d = 0;  ///< FP32
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
