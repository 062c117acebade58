// SPDX-License-Identifier: Apache-2.0
// The units in which a GPU's memory is moved and in which block scales are stored: what readers of
// traces, kernels and caches must agree on. Not modelled: other line or sector sizes; no NVIDIA GPU
// that is described here has any.
#pragma once

#include <cstdint>

namespace vr {

/// A line of L2 and the part of it that is moved by itself.
inline constexpr std::uint32_t kLineBytes = 128;
inline constexpr std::uint32_t kSectorBytes = 32;
inline constexpr std::uint32_t kSectorsPerLine = kLineBytes / kSectorBytes;

/// Block scales are stored in atoms of 128 rows x 4 scales (64 elements of K) = 512 B, atoms of one
/// block of rows in a row: the layout in which tcgen05.cp takes them (PTX ISA, scale factor layout
/// 4X; row r of an atom at 16 * (r mod 32) + 4 * (r / 32)).
inline constexpr std::int64_t kScaleAtomRows = 128;
inline constexpr std::int64_t kScaleAtomElements = 64;
inline constexpr std::int64_t kScaleAtomBytes = 512;

}  // namespace vr
