// SPDX-License-Identifier: Apache-2.0
// Where a memory driver's accesses come from: a list, one of four patterns, or several at once.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "models/base/random.h"
#include "models/transport/memory_access.h"

namespace vr {

class AccessSource {
  public:
    virtual ~AccessSource() = default;
    /// Puts the next access into `access`, or returns false at the end.
    virtual bool next(MemoryAccess& access) = 0;
};

/// A list, in its order; arrival cycles that are not relative must not fall.
class AccessList final : public AccessSource {
  public:
    explicit AccessList(std::vector<MemoryAccess> accesses) : accesses_(std::move(accesses)) {}
    bool next(MemoryAccess& access) override {
        if (place_ == accesses_.size()) {
            return false;
        }
        access = accesses_[place_++];
        return true;
    }

  private:
    std::vector<MemoryAccess> accesses_;
    std::size_t place_ = 0;
};

/// Request i of n goes to slot i (sequential) or to a random slot of a region; slots are `stride`
/// apart. The mixed patterns have the same addresses and a write at every third request.
enum class AccessPattern : std::uint8_t { kSequential, kRandom, kMixedSequential, kMixedRandom };

/// "seq", "rand", "mixseq", "mixrand"; false when the word is none of them.
[[nodiscard]] bool parse_access_pattern(std::string_view word, AccessPattern& pattern);

/// A fraction of whole numbers.
struct Ratio {
    std::int64_t over = 0;
    std::int64_t under = 1;
};

class PatternSource final : public AccessSource {
  public:
    struct Shape {
        AccessPattern pattern = AccessPattern::kSequential;
        std::uint64_t requests = 0;
        std::uint32_t bytes = 0;  ///< of one access
        std::uint64_t region_bytes = 0;
        std::uint64_t seed = 1;
        std::uint64_t base = 0;    ///< of the region
        std::uint64_t stride = 0;  ///< from slot to slot; 0: `bytes`
        /// Writes among the requests, spread evenly: request i is one when floor((i + 1) writes)
        /// is above floor(i writes). Under 0: as the pattern says, none or 1/3.
        Ratio writes{0, 0};
        Ratio interval{0, 1};  ///< ticks from arrival to arrival, rounded up for each; 0: no pacing
    };
    explicit PatternSource(const Shape& shape);
    bool next(MemoryAccess& access) override;

  private:
    Shape shape_;
    SplitMix64 random_;
    std::uint64_t index_ = 0;
};

/// Patterns side by side: of their next accesses the one that arrives first, then the one of the
/// earliest turn of its pattern, then that of the first pattern. A turn is `turn` accesses, at
/// least one; so unpaced patterns give as many each in turn.
class PatternStreams final : public AccessSource {
  public:
    explicit PatternStreams(const std::vector<PatternSource::Shape>& shapes,
                            std::uint64_t turn = 1);
    bool next(MemoryAccess& access) override;

  private:
    struct Stream {
        PatternSource source;
        MemoryAccess access;
        std::uint64_t index = 0;
        bool has_access = false;
    };
    std::vector<Stream> streams_;
    std::uint64_t turn_;
};

/// A sequential stream from `base` on.
struct StreamStart {
    std::uint64_t base = 0;
    bool write = false;
};

/// Streams that share `requests` accesses of `bytes`, the first ones taking what cannot be shared
/// evenly; each ends where its accesses do.
[[nodiscard]] std::vector<PatternSource::Shape> sequential_streams(
    const std::vector<StreamStart>& starts, std::uint64_t requests, std::uint32_t bytes);

}  // namespace vr
