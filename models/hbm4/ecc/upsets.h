// SPDX-License-Identifier: Apache-2.0
// Random single-bit upsets of a whole memory: a Poisson process in integers, so that a seed gives
// the same upsets on every host. Not modelled: upsets of several neighbouring cells; a fault list
// has them.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/base/quantity.h"
#include "models/base/random.h"

namespace vr::hbm4 {

/// One upset: cell `bit` of the word at `address` turns over.
struct Upset {
    Time at = kNever;
    std::uint64_t address = 0;
    std::uint32_t bit = 0;
};

class UpsetSource {
  public:
    /// `rate` in FIT per Mbit; 0: none. `words` of `bits` cells each.
    UpsetSource(std::int64_t rate, std::uint64_t seed, std::string_view memory, std::uint64_t words,
                std::uint64_t bits);
    /// The next upset, in order of time; its time is kNever when there is none any more.
    [[nodiscard]] const Upset& peek() const { return next_; }
    void pop();
    /// Mean time from one upset of the memory to the next, in fs; 0 without upsets. At most 2^80.
    __extension__ using Wide = unsigned __int128;
    [[nodiscard]] Wide mean() const { return mean_; }

  private:
    RandomStream random_;
    std::uint64_t words_, bits_;
    Wide mean_ = 0;
    Wide now_ = 0;
    std::uint64_t index_ = 0;
    Upset next_;
};

}  // namespace vr::hbm4
