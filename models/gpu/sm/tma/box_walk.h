// SPDX-License-Identifier: Apache-2.0
// Expansion of a TMA box into bundles of cache lines, lazily and without allocation.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/gpu/messages.h"

namespace vr {

/// A rectangle of bytes in memory: `rows` rows of `row_bytes` bytes, `pitch` bytes apart. Addresses and sizes are multiples
/// of a sector (the memory layout sees to that).
struct MemoryBox {
    std::uint64_t address = 0;
    std::int64_t pitch = 0;
    std::int64_t rows = 0;
    std::int64_t row_bytes = 0;
    [[nodiscard]] std::int64_t bytes() const { return rows * row_bytes; }
};

/// Walks over a box; each next() gives one bundle of lines with equal sectors at a constant stride.
class BoxWalk {
  public:
    BoxWalk() = default;
    explicit BoxWalk(const MemoryBox& box) : box_(box) {
        if (box_.row_bytes == 0) {
            box_.rows = 0;
        }
    }
    [[nodiscard]] bool done() const { return row_ >= box_.rows; }
    /// Fills address, stride, count and sectors of the next bundle.
    void next(LineBundle& bundle) {
        const std::uint64_t begin = row_address(row_);
        const std::uint64_t end = begin + static_cast<std::uint64_t>(box_.row_bytes);
        const std::uint64_t first_line = begin / kLineBytes;
        const std::uint64_t last_line = (end - 1) / kLineBytes;
        const std::uint64_t line = first_line + line_;
        bundle.address = line * kLineBytes;
        bundle.sectors = sectors(line, begin, end);
        bundle.count = 1;
        bundle.stride = kLineBytes;
        if (first_line == last_line) {
            ++row_;
            gather_rows(bundle);
            return;
        }
        ++line_;
        while (bundle.count < kBundleLines && first_line + line_ <= last_line &&
               sectors(first_line + line_, begin, end) == bundle.sectors) {
            ++bundle.count;
            ++line_;
        }
        if (first_line + line_ > last_line) {
            line_ = 0;
            ++row_;
        }
    }

  private:
    [[nodiscard]] std::uint64_t row_address(std::int64_t row) const {
        return box_.address + static_cast<std::uint64_t>(row * box_.pitch);
    }
    static std::uint8_t sectors(std::uint64_t line, std::uint64_t begin, std::uint64_t end) {
        const std::uint64_t from = std::max(begin, line * kLineBytes);
        const std::uint64_t to = std::min(end, (line + 1) * kLineBytes);
        const auto first = static_cast<unsigned>(from % kLineBytes / kSectorBytes);
        const auto count = static_cast<unsigned>((to - from + kSectorBytes - 1) / kSectorBytes);
        return static_cast<std::uint8_t>(((1U << count) - 1U) << first);
    }
    // One line per row: following rows join the bundle while their line lies at the same distance.
    void gather_rows(LineBundle& bundle) {
        bool first = true;
        while (bundle.count < kBundleLines && row_ < box_.rows) {
            const std::uint64_t begin = row_address(row_);
            const std::uint64_t end = begin + static_cast<std::uint64_t>(box_.row_bytes);
            const std::uint64_t line = begin / kLineBytes;
            if (line != (end - 1) / kLineBytes || sectors(line, begin, end) != bundle.sectors) {
                return;
            }
            const std::int64_t expected = static_cast<std::int64_t>(
                line * kLineBytes - bundle.address -
                static_cast<std::uint64_t>((bundle.count - 1) * bundle.stride));
            if (first) {
                bundle.stride = static_cast<std::int64_t>(line * kLineBytes - bundle.address);
                first = false;
            } else if (expected != bundle.stride) {
                return;
            }
            ++bundle.count;
            ++row_;
        }
    }
    MemoryBox box_;
    std::int64_t row_ = 0;
    std::uint64_t line_ = 0;
};

}  // namespace vr
