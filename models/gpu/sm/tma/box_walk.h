// SPDX-License-Identifier: Apache-2.0
// Expansion of a TMA box into bundles of cache lines, lazily and without allocation.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/gpu/messages.h"

namespace vr {

/// A rectangle of bytes in memory: `rows` rows of `row_bytes` bytes, `pitch` bytes apart. Addresses
/// and sizes are multiples of a sector (the memory layout sees to that).
struct MemoryBox {
    std::uint64_t address = 0;
    std::int64_t pitch = 0;
    std::int64_t rows = 0;
    std::int64_t row_bytes = 0;
    [[nodiscard]] std::int64_t bytes() const { return rows * row_bytes; }
    static constexpr auto state_members() {
        using B = MemoryBox;
        return vr::state_members(&B::address, &B::pitch, &B::rows, &B::row_bytes);
    }
};

/// Walks over a box; each next() gives one bundle of lines with equal sectors at a constant stride.
/// Boxes of several rows are walked column of lines by column of lines, boxes of one row along the
/// row.
class BoxWalk {
  public:
    BoxWalk() = default;
    /// `bundle_lines`: lines per bundle at most.
    BoxWalk(const MemoryBox& box, std::uint32_t bundle_lines)
        : box_(box), bundle_lines_(bundle_lines) {
        if (box_.row_bytes == 0) {
            box_.rows = 0;
        }
        by_column_ = box_.rows > 1 && box_.pitch % kLineBytes == 0;
    }
    [[nodiscard]] bool done() const { return row_ >= box_.rows; }
    static constexpr auto state_members() {
        using B = BoxWalk;
        return vr::state_members(&B::box_, &B::row_, &B::line_, &B::bundle_lines_, &B::by_column_);
    }
    /// Fills address, stride, count and sectors of the next bundle.
    void next(LineBundle& bundle) {
        const std::uint64_t begin = box_.address + static_cast<std::uint64_t>(row_ * box_.pitch);
        const std::uint64_t end = begin + static_cast<std::uint64_t>(box_.row_bytes);
        const std::uint64_t first = begin / kLineBytes;
        const std::uint64_t last = (end - 1) / kLineBytes;
        bundle.address = (first + line_) * kLineBytes;
        bundle.sectors = sectors(first + line_, begin, end);
        bundle.count = 1;
        if (by_column_) {  // every row begins at the same place within its line
            bundle.stride = box_.pitch;
            bundle.count =
                static_cast<std::uint32_t>(std::min<std::int64_t>(box_.rows - row_, bundle_lines_));
            row_ += bundle.count;
            if (row_ == box_.rows && first + line_ < last) {
                row_ = 0;
                ++line_;
            }
            return;
        }
        bundle.stride = kLineBytes;
        ++line_;
        while (bundle.count < bundle_lines_ && first + line_ <= last &&
               sectors(first + line_, begin, end) == bundle.sectors) {
            ++bundle.count;
            ++line_;
        }
        if (first + line_ > last) {
            line_ = 0;
            ++row_;
        }
    }

  private:
    static std::uint8_t sectors(std::uint64_t line, std::uint64_t begin, std::uint64_t end) {
        const std::uint64_t from = std::max(begin, line * kLineBytes);
        const std::uint64_t to = std::min(end, (line + 1) * kLineBytes);
        const auto first = static_cast<unsigned>(from % kLineBytes / kSectorBytes);
        const auto count = static_cast<unsigned>((to - from + kSectorBytes - 1) / kSectorBytes);
        return static_cast<std::uint8_t>(((1U << count) - 1U) << first);
    }
    MemoryBox box_;
    std::int64_t row_ = 0;
    std::uint64_t line_ = 0;  // within the rows
    std::uint32_t bundle_lines_ = 1;
    bool by_column_ = false;
};

}  // namespace vr
