// SPDX-License-Identifier: Apache-2.0
// A 64-bit hash of a sequence of words. It finds candidates; equality is always decided by a full
// compare.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/random.h"

namespace vr {

/// The words of a normal form, or of a list of inputs.
using Words = std::vector<std::uint64_t>;

/// Takes words one by one; the value depends on all of them and on their order.
class DigestSink {
  public:
    void push(std::uint64_t word) {
        hash_ = (hash_ ^ word) * 0x9e3779b97f4a7c15ULL;
        hash_ ^= hash_ >> 29;
        ++count_;
    }
    [[nodiscard]] std::uint64_t value() const { return mix64(hash_ ^ count_); }

  private:
    std::uint64_t hash_ = 0x243f6a8885a308d3ULL;  // so that leading zeros count
    std::uint64_t count_ = 0;
};

/// Digest of a whole sequence.
inline std::uint64_t digest_of(const Words& words) {
    DigestSink sink;
    for (const std::uint64_t word : words) {
        sink.push(word);
    }
    return sink.value();
}

}  // namespace vr
