// SPDX-License-Identifier: Apache-2.0
// Next ticks of many machines that mostly run together: cheaper to change than a TickWheel, cheaper
// to scan than a list. Not modelled: an order among the due; the caller runs all of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace vr {

/// A tick for each number, and the least of each block of 32.
class NextTable {
  public:
    static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

    /// Makes room for one more number; it has no tick yet.
    void add() {
        if (ticks_.size() % kBlock == 0) {
            blocks_.push_back(kNone);
        }
        ticks_.push_back(kNone);
    }
    /// Makes `tick` the next tick of `number` if it is earlier.
    void advance(std::uint32_t number, std::int64_t tick) {
        ticks_[number] = std::min(ticks_[number], tick);
        blocks_[number / kBlock] = std::min(blocks_[number / kBlock], tick);
        least_ = std::min(least_, tick);
    }
    /// Takes the next tick of `number` away.
    void remove(std::uint32_t number) {
        ticks_[number] = kNone;
        refresh(number / kBlock);
        least_ = *std::min_element(blocks_.begin(), blocks_.end());
    }
    /// The least tick, or kNone.
    [[nodiscard]] std::int64_t least() const { return least_; }
    /// Appends all numbers with a tick before `horizon` to `due`, ascending, and takes their ticks
    /// away.
    void take_before(std::int64_t horizon, std::vector<std::uint32_t>& due) {
        if (least_ >= horizon) {
            return;
        }
        least_ = kNone;
        for (std::uint32_t block = 0; block < blocks_.size(); ++block) {
            if (blocks_[block] < horizon) {
                for (std::uint32_t number = block * kBlock; number < end_of(block); ++number) {
                    if (ticks_[number] < horizon) {
                        due.push_back(number);
                        ticks_[number] = kNone;
                    }
                }
                refresh(block);
            }
            least_ = std::min(least_, blocks_[block]);
        }
    }

  private:
    static constexpr std::uint32_t kBlock = 32;
    [[nodiscard]] std::uint32_t end_of(std::uint32_t block) const {
        return std::min((block + 1) * kBlock, static_cast<std::uint32_t>(ticks_.size()));
    }
    void refresh(std::uint32_t block) {
        std::int64_t least = kNone;
        for (std::uint32_t number = block * kBlock; number < end_of(block); ++number) {
            least = std::min(least, ticks_[number]);
        }
        blocks_[block] = least;
    }
    std::vector<std::int64_t> ticks_;
    std::vector<std::int64_t> blocks_;
    std::int64_t least_ = kNone;
};

}  // namespace vr
